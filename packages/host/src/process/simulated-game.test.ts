import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { A2sClient, RconClient } from '@left4me/protocols/client'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { removeTree } from '../files/remove-tree.ts'
import type { Host, InstanceSpecification } from '../host.ts'
import { describeWithLayers } from '../testing/describe-with-layers.ts'
import { eventually } from '../testing/eventually.ts'
import { patient, reaches, textsOf } from '../testing/instances.ts'
import { createProcessHost } from './process-host.ts'

const steamcmd = join(import.meta.dirname, '..', '..', '..', 'simulator', 'bin', 'steamcmd')
const password = 'correcthorsebatterystaple'

describeWithLayers('the simulated game', () => {
  let root: string
  let host: Host
  let port: number

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'left4me-simulated-'))
    host = createProcessHost({
      root,
      node: process.execPath,
      steamcmd,
      steamcmdEnvironment: { LEFT4ME_SIMULATOR_SWITCHES: '-simulate-duration-ms 100' },
      timings: { restartDelay: 20, idleExit: 50, crashWindow: 600_000, launch: 120_000 },
      startPatience: 120_000,
    })
    await host.open()
    await host.installation.update({
      onProgress: () => undefined,
      onOutput: () => undefined,
      signal: new AbortController().signal,
    })
    port = await freePort()
  })

  afterEach(async () => {
    await host.stop(1, { patience: { quit: 0, interrupt: 0, terminate: 0 } })
    await host.remove(1)
  })

  afterAll(async () => {
    const { pid } = await supervisorOf(root)
    await host.close()
    await eventually('the supervisor ends', () => processIsGone(pid))
    await removeTree(root)
  })

  const specification = (...own: string[]): InstanceSpecification => ({
    instanceId: 1,
    port,
    arguments: ['-simulate-boot-ms', '0', '-simulate-players', '0', ...own, '+map', 'c2m1_highway'],
    layers: [],
  })

  async function startReady(...own: string[]): Promise<void> {
    await host.files(1).replace('left4dead2/cfg/server.cfg', `hostname "Test"\nrcon_password "${password}"\n`)
    const before = (await host.logTail(1, 1))[0]?.sequence ?? 0
    await host.start(specification(...own))
    await eventually('it is ready', async () =>
      (await host.logTail(1, 100)).some(({ sequence, text }) => sequence > before && text.includes('ready ')),
    )
  }

  it('answers a client as a server with the files of its layers', async () => {
    await startReady()
    const client = new A2sClient({ timeoutMs: 120_000 })
    await client.open()
    try {
      expect(await client.info({ host: '127.0.0.1', port })).toMatchObject({
        name: expect.stringContaining('Test'),
        map: 'c2m1_highway',
      })
    } finally {
      await client.close()
    }
    expect((await textsOf(host, 1)).join('\n')).toContain('simulated')
  })

  it('never shows the RCON password on a command line or in the log', async () => {
    await startReady()
    const { pid } = await host.status(1)
    expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain(password)
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toContain(password)
    expect((await textsOf(host, 1)).join('\n')).not.toContain(password)
  })

  it('ends by quit over RCON, before any signal', async () => {
    await startReady()
    await host.stop(1, {
      patience: patient,
      quit: async signal => {
        const rcon = new RconClient({ host: '127.0.0.1', port, password, timeoutMs: 120_000 })
        await rcon.connect()
        await rcon.execute('quit', { signal }).catch(() => undefined)
        await rcon.close()
      },
    })
    expect(await host.status(1)).toMatchObject({ phase: 'stopped', lastExit: { code: 0, signal: null } })
  })

  it('ends by SIGINT, and by SIGKILL where it ignores everything', async () => {
    await startReady()
    expect(await host.stop(1)).toMatchObject({ phase: 'stopped' })
    await startReady('-simulate-ignore-signals')
    const stopped = await host.stop(1, { patience: { quit: 0, interrupt: 100, terminate: 100 } })
    expect(stopped).toMatchObject({ phase: 'stopped', lastExit: { signal: 'SIGKILL' } })
  })

  it.each(['segfault', 'exit'])(
    'is started again after it crashed by %s, which srcds_run ends with 0',
    async how => {
      await host.start(specification('-simulate-crash', how, '-simulate-crash-after-ms', '100'))
      const status = await reaches(host, 1, ({ restarts }) => restarts > 0)
      expect(status.lastExit).toMatchObject({ code: 0 })
      const waiting = await reaches(host, 1, ({ phase }) => phase === 'restarting' || phase === 'failed')
      if (how === 'segfault') expect(waiting.reason?.message).toContain('Segmentation fault')
    },
  )

  it('fails with the words of the engine when its port is taken', async () => {
    await host.start(specification('-simulate-port-taken')).catch(() => undefined)
    const status = await reaches(host, 1, ({ phase }) => phase === 'failed')
    expect(status.reason).toMatchObject({ code: 'start-limit' })
    expect(status.reason?.message).toMatch(/port/i)
  })
})

async function supervisorOf(root: string): Promise<{ pid: number }> {
  for (const name of await readdir('/proc')) {
    const command = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
    if (command.includes('supervisor/main.ts') && command.includes(root) && !command.includes('guard.sh'))
      return { pid: Number(name) }
  }
  throw new Error('no supervisor')
}

async function processIsGone(pid: number): Promise<boolean> {
  return readFile(`/proc/${pid}/stat`, 'utf8').then(
    () => false,
    () => true,
  )
}

/**
 * Below those that the kernel gives to whoever wants any (32768 and up, ip(7)), so that none of them is taken while the
 * server isn't running; and away from those of the other suites. Its further ports lie up to 3000 above it.
 */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(12_000, 19_000)
    const server = createServer()
    const free = once(server.listen(port, '0.0.0.0'), 'listening').then(
      () => true,
      () => false,
    )
    if (!(await free)) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
