import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hostPaths } from '@left4me/privileged'
import { removeTree } from '../files/remove-tree.ts'
import type { Host } from '../host.ts'
import { createSystemdHost } from '../systemd/systemd-host.ts'
import type { DriverHarness } from './driver/driver-harness.ts'
import { writeFakeInstallation } from './fake-game.ts'

const atOnce = { quit: 0, interrupt: 0, terminate: 0 }
/** Where systemd keeps the control groups of game servers, if it has any. */
const gameGroups = '/sys/fs/cgroup/l4d2.slice/l4d2-game.slice'

/**
 * The driver on this very machine, which must be a host that left4me was deployed to and that has nothing else to do;
 * to be called as the service user. Its units are to be given short delays between restarts.
 */
export async function openSystemdHarness(): Promise<DriverHarness & { another(): Promise<Host> }> {
  const opened: Host[] = []
  const open = async () => {
    const host = createSystemdHost({ steamcmd: null })
    opened.push(host)
    await host.open()
    return host
  }
  const host = await open()
  const reset = async () => {
    for (const { instanceId } of await host.list()) {
      await host.stop(instanceId, { patience: atOnce })
      await host.remove(instanceId)
    }
    await emptyFolder(hostPaths.overlays)
    await emptyFolder(hostPaths.installation)
    await writeFakeInstallation(hostPaths.installation)
  }
  await reset()
  return {
    host,
    another: open,
    leftovers,
    uninstall: () => emptyFolder(hostPaths.installation),
    reset,
    dispose: async () => {
      await host.open()
      for (const { instanceId } of await host.list()) {
        await host.stop(instanceId, { patience: atOnce })
        await host.remove(instanceId)
      }
      for (const each of opened) await each.close()
    },
  }
}

/** The folder itself is root's to make. */
async function emptyFolder(folder: string): Promise<void> {
  for (const name of await readdir(folder)) await removeTree(join(folder, name))
}

async function leftovers(): Promise<string[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .filter(line => line.includes(` ${hostPaths.runtime}/`))
  const groups = (await readdir(gameGroups).catch(() => [])).filter(name => name.endsWith('.service'))
  const occupied: string[] = []
  for (const name of groups) {
    const pids = await readFile(join(gameGroups, name, 'cgroup.procs'), 'latin1').catch(() => '')
    if (pids.trim() !== '') occupied.push(`${name} has processes: ${pids.trim().replaceAll('\n', ', ')}`)
  }
  return [...mounts.map(line => `mount: ${line}`), ...occupied]
}
