import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { removeTree } from '../files/remove-tree.ts'
import type { Host } from '../host.ts'
import { createProcessHost, type ProcessHostOptions } from '../process/process-host.ts'
import { readProcess, readProcessTable } from '../process/process-table.ts'
import type { DriverHarness } from './driver/driver-harness.ts'
import { eventually } from './eventually.ts'
import { writeFakeInstallation } from './fake-game.ts'

export interface ProcessHarness extends DriverHarness {
  readonly root: string
  readonly options: ProcessHostOptions
  /** Another driver on the same data directory, open; closed by `dispose`. */
  another(): Promise<Host>
  /** Pids of the supervisor and of its guard. */
  supervisor(): Promise<{ supervisor: number; guard: number }>
}

/** Long enough for every path below it to exceed what mount(2) or unix(7) take at once. */
const longName = 'a-data-directory-with-a-name-that-is-long-enough-'.repeat(4).slice(0, 180)

export async function openProcessHarness(given: Partial<ProcessHostOptions> = {}): Promise<ProcessHarness> {
  const temporary = given.root === undefined ? await mkdtemp(join(tmpdir(), 'left4me-host-')) : null
  const root = given.root ?? join(temporary ?? '', longName)
  const options: ProcessHostOptions = {
    root,
    node: process.execPath,
    steamcmd: null,
    timings: {
      restartDelay: 20,
      restartDelayLimit: 200,
      crashLimit: 5,
      // A slow machine needs as long as it needs: five crashes are too many, however far they are apart.
      crashWindow: 600_000,
      launch: 120_000,
      idleExit: 50,
      supervisorRestart: 50,
    },
    startPatience: 120_000,
    ...given,
  }
  await mkdir(root, { recursive: true, mode: 0o700 })
  await writeFakeInstallation(join(root, 'installation'))
  const opened: Host[] = []
  const open = async () => {
    const host = createProcessHost(options)
    opened.push(host)
    await host.open()
    return host
  }
  const host = await open()
  return {
    root,
    options,
    host,
    another: open,
    supervisor: () => eventually('the supervisor runs', () => findSupervisor(root)),
    leftovers: () => leftovers(root),
    uninstall: () => rm(join(root, 'installation'), { recursive: true }),
    reset: async () => {
      for (const { instanceId } of await host.list()) {
        await host.stop(instanceId, { patience: { quit: 0, interrupt: 0, terminate: 0 } })
        await host.remove(instanceId)
      }
      await rm(join(root, 'overlays'), { recursive: true, force: true })
      await rm(join(root, 'runtime'), { recursive: true, force: true })
      await rm(join(root, 'installation'), { recursive: true, force: true })
      await writeFakeInstallation(join(root, 'installation'))
    },
    dispose: async () => {
      await host.open()
      for (const { instanceId } of await host.list())
        await host.stop(instanceId, { patience: { quit: 0, interrupt: 0, terminate: 0 } })
      for (const each of opened) await each.close()
      // It ends by itself when nobody is connected and nothing runs.
      await eventually('the supervisor ends', async () => (await processesOf(root)).length === 0)
      if (temporary !== null) await removeTree(temporary)
    },
  }
}

async function findSupervisor(root: string): Promise<{ supervisor: number; guard: number } | null> {
  const found = await processesOf(root)
  const supervisor = found.find(
    ({ text }) => text.includes('supervisor/main.ts') && !text.includes('guard.sh'),
  )
  if (!supervisor) return null
  return { supervisor: supervisor.pid, guard: readProcess(supervisor.pid)?.parent ?? 0 }
}

/** Every process that names the data directory on its command line. */
async function processesOf(root: string): Promise<{ pid: number; text: string }[]> {
  const found: { pid: number; text: string }[] = []
  for (const name of await readdir('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid) || pid === process.pid) continue
    const text = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ')
    if (text.includes(root) && readProcess(pid)?.state !== 'Z') found.push({ pid, text })
  }
  return found
}

async function leftovers(root: string): Promise<string[]> {
  const stages = (await processesOf(root)).filter(({ text }) => text.includes('stage.sh'))
  const found = stages.map(({ pid, text }) => `process ${pid}: ${text}`)
  for (const { pid } of readProcessTable().values()) {
    const mounts = await readFile(`/proc/${pid}/mountinfo`, 'utf8').catch(() => '')
    if (mounts.includes(root)) found.push(`mount, seen by process ${pid}`)
    const folder = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
    if (folder.includes(`${root}/runtime`)) found.push(`process ${pid} in the folder of a server`)
  }
  return found
}
