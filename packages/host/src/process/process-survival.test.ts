import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { InstancePhase, LogLine } from '../host.ts'
import { layoutOf } from '../layout.ts'
import { describeWithLayers } from '../testing/describe-with-layers.ts'
import { eventually } from '../testing/eventually.ts'
import { crash, reaches, saysEventually, specification } from '../testing/instances.ts'
import { openProcessHarness, type ProcessHarness } from '../testing/process-harness.ts'
import { readProcess } from './process-table.ts'

describeWithLayers('servers outlive what started them', () => {
  let harness: ProcessHarness

  beforeEach(async () => {
    harness = await openProcessHarness()
  })

  afterEach(async () => {
    await harness.dispose()
    expect(await harness.leftovers()).toEqual([])
  })

  const statePath = (instanceId: number) => layoutOf(harness.root).instance(instanceId).state

  async function killSupervisor(): Promise<number> {
    const { supervisor } = await harness.supervisor()
    process.kill(supervisor, 'SIGKILL')
    return supervisor
  }

  /** Server 1 is told to be in a phase, which may be over before anybody who asks now and then sees it. */
  function toldOf(phase: InstancePhase): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    harness.host.subscribe(status => {
      if (status.phase === phase) resolve()
    })
    return promise
  }

  it('keeps pid, log and follower through a kill -9 of the supervisor', async () => {
    const { host } = harness
    const before = await host.start(specification(1, 'tick'))
    const lines: LogLine[] = []
    const end = new AbortController()
    const following = host.followLog(1, 0, batch => lines.push(...batch), end.signal)
    await eventually('it ticks', () => lines.length > 5)
    const first = await killSupervisor()

    const after = await host.status(1)
    expect(after).toMatchObject({ pid: before.pid, processStart: before.processStart, restarts: 0 })
    expect((await harness.supervisor()).supervisor).not.toBe(first)
    const seen = lines.length
    await eventually('it goes on ticking', () => lines.length > seen + 40)
    end.abort()
    await following

    expect(lines.map(({ sequence }) => sequence)).toEqual(lines.map((_, index) => index + 1))
    const ticks = lines.map(({ text }) => Number(/^tick (\d+)$/.exec(text)?.[1]))
    expect(ticks).toEqual(ticks.toSorted((a, b) => a - b))
    expect(new Set(ticks).size).toBe(ticks.length)
  })

  it('restarts after a crash also once the supervisor was killed', async () => {
    const { host } = harness
    const first = await host.start(specification(1, 'tick'))
    await killSupervisor()
    await host.status(1)
    crash(first)
    const again = await reaches(host, 1, status => status.phase === 'running' && status.restarts === 1)
    expect(again.pid).not.toBe(first.pid)
  })

  it('restarts after a crash while no client is there', async () => {
    const { host } = harness
    const first = await host.start(specification(1, 'tick'))
    await host.close()
    crash(first)
    await eventually('the crashed one is gone', () => readProcess(first.pid ?? 0) === null)
    const record = () => readFile(statePath(1), 'utf8').then(text => JSON.parse(text))
    await eventually('it runs again', async () => {
      const { phase, restarts } = await record()
      return phase === 'running' && restarts === 1
    })
    await host.open()
    expect(await host.status(1)).toMatchObject({ phase: 'running', restarts: 1 })
  })

  it('notices a crash that happened while nobody was there', async () => {
    const { host } = harness
    const first = await host.start(specification(1, 'tick'))
    const { supervisor, guard } = await harness.supervisor()
    await host.close()
    process.kill(guard, 'SIGKILL')
    process.kill(supervisor, 'SIGKILL')
    crash(first, 'SIGSEGV')
    // Its stage writes down how it ended, and ends after it.
    await eventually('it is gone', async () => (await harness.leftovers()).length === 0)
    await host.open()
    const again = await reaches(host, 1, status => status.phase === 'running')
    expect(again).toMatchObject({ restarts: 1, lastExit: { signal: 'SIGSEGV' } })
  })

  it('is found again after supervisor, guard and client were killed', async () => {
    const { host } = harness
    const before = await Promise.all([1, 2, 3].map(id => host.start(specification(id, 'tick'))))
    const { supervisor, guard } = await harness.supervisor()
    await host.close()
    process.kill(guard, 'SIGKILL')
    process.kill(supervisor, 'SIGKILL')
    await eventually('both are gone', () => !readProcess(supervisor) && !readProcess(guard))
    for (const { pid } of before) expect(readProcess(pid ?? 0)).not.toBeNull()

    await host.open()
    for (const { instanceId, pid, processStart } of before)
      expect(await host.status(instanceId)).toMatchObject({
        phase: 'running',
        pid,
        processStart,
        restarts: 0,
      })
    const last = (await host.logTail(1, 1))[0]?.sequence ?? 0
    await eventually('the log goes on', async () => ((await host.logTail(1, 1))[0]?.sequence ?? 0) > last)
    expect(await host.stop(1)).toMatchObject({ phase: 'stopped', pid: null })
  })

  it('has one supervisor however many start at once', async () => {
    await harness.host.close()
    await eventually('the supervisor ends by itself', async () => {
      const names = await readdir('/proc')
      return !names.some(name => readProcess(Number(name)) && isSupervisor(Number(name)))
    })
    await Promise.all(Array.from({ length: 5 }, () => harness.another()))
    const pids = (await readdir('/proc')).map(Number).filter(isSupervisor)
    expect(pids).toHaveLength(1)

    function isSupervisor(pid: number): boolean {
      const command = commandOf(pid)
      return (
        command.includes('supervisor/main.ts') &&
        command.includes(harness.root) &&
        !command.includes('guard.sh')
      )
    }
  })

  it('carries a stop through when its caller is killed in the middle', async () => {
    const { host } = harness
    const { pid } = await host.start(specification(1, 'ignore-interrupt'))
    await saysEventually(host, 1, 'ready')
    const stopping = toldOf('stopping')
    const caller = spawn(
      process.execPath,
      [
        '--input-type=module-typescript',
        '--eval',
        `import { createProcessHost } from ${JSON.stringify(new URL('./process-host.ts', import.meta.url).href)}
const host = createProcessHost(${JSON.stringify(harness.options)})
await host.open()
await host.stop(1, { quit: () => new Promise(() => {}), patience: { quit: 1000, interrupt: 100, terminate: 20000 } })`,
      ],
      { stdio: 'inherit' },
    )
    await stopping
    caller.kill('SIGKILL')
    expect(await reaches(host, 1, ({ phase }) => phase === 'stopped')).toMatchObject({ reason: null })
    await saysEventually(host, 1, 'caught SIGTERM')
    expect(readProcess(pid ?? 0)).toBeNull()
  })

  it('carries a stop through when the supervisor is killed in the middle', async () => {
    const { host } = harness
    await host.start(specification(1, 'ignore-interrupt'))
    await saysEventually(host, 1, 'ready')
    const { supervisor } = await harness.supervisor()
    const stopping = toldOf('stopping')
    const stopped = host.stop(1, { patience: { quit: 0, interrupt: 1000, terminate: 20_000 } })
    await stopping
    process.kill(supervisor, 'SIGKILL')
    expect(await stopped).toMatchObject({ phase: 'stopped', pid: null })
  })

  it('leaves nothing unknown when the supervisor is killed at any moment of a start', async () => {
    const { host } = harness
    for (let round = 0; round < 12; round++) {
      const started = host.start(specification(1, 'idle')).catch(() => undefined)
      await delay(round * 4)
      await killSupervisor()
      await started
      const status = await reaches(host, 1, ({ phase, pid }) => phase === 'running' && pid !== null)
      expect(readProcess(status.pid ?? 0)).not.toBeNull()
      expect(stagesOf(await readdir('/proc'), harness.root)).toHaveLength(1)
      await host.stop(1)
      expect(await harness.leftovers()).toEqual([])
    }
  })

  it('neither believes nor signals a process that a record names wrongly', async () => {
    const { host } = harness
    await host.start(specification(1, 'idle'))
    await host.stop(1)
    const innocent = spawn('sleep', ['1000'])
    const { supervisor } = await harness.supervisor()
    await host.close()
    await eventually('the supervisor ends by itself', () => readProcess(supervisor) === null)
    const record = JSON.parse(await readFile(statePath(1), 'utf8'))
    const identity = { pid: innocent.pid, start: '1' }
    await writeFile(
      statePath(1),
      JSON.stringify({
        ...record,
        phase: 'running',
        run: {
          nonce: 'made-up',
          startedAt: Date.now(),
          holder: identity,
          main: identity,
        },
      }),
    )
    try {
      await host.open()
      expect(await host.status(1)).toMatchObject({ phase: 'stopped', pid: null })
      await host.stop(1, { patience: { quit: 0, interrupt: 0, terminate: 0 } })
      expect(innocent.exitCode).toBeNull()
      expect(innocent.signalCode).toBeNull()
    } finally {
      innocent.kill()
    }
  })

  it('finds a running server again although its record was destroyed', async () => {
    const { host } = harness
    const before = await host.start(specification(1, 'tick'))
    const { supervisor } = await harness.supervisor()
    await writeFile(statePath(1), '{"version":1,"desi')
    process.kill(supervisor, 'SIGKILL')
    const after = await reaches(host, 1, ({ phase }) => phase === 'running')
    expect(after).toMatchObject({ pid: before.pid, processStart: before.processStart })
    await host.stop(1)
  })

  it('replaces a supervisor of another configuration and keeps its servers', async () => {
    const before = await harness.host.start(specification(1, 'tick'))
    const first = await harness.supervisor()
    await harness.host.close()
    const other = await openProcessHarness({
      root: harness.root,
      timings: { ...harness.options.timings, restartDelay: 30 },
    })
    try {
      expect((await harness.supervisor()).supervisor).not.toBe(first.supervisor)
      expect(await other.host.status(1)).toMatchObject({ pid: before.pid, phase: 'running' })
    } finally {
      await other.host.close()
      await harness.host.open()
    }
  })

  it('lets no server inherit the lock of the supervisor', async () => {
    const { pid } = await harness.host.start(specification(1, 'idle'))
    const main = readProcess(pid ?? 0)
    const init = readProcess(readProcess(main?.parent ?? 0)?.parent ?? 0)
    const { supervisor } = await harness.supervisor()
    expect(await openFilesOf(supervisor)).toContainEqual(expect.stringContaining('supervisor.lock'))
    for (const { pid: holder } of [main, init, readProcess(init?.parent ?? 0)].filter(
      entry => entry !== null,
    )) {
      const files = await openFilesOf(holder)
      expect(files.length).toBeGreaterThan(0)
      expect(files).not.toContainEqual(expect.stringContaining('supervisor.lock'))
    }
  })
})

async function openFilesOf(pid: number): Promise<string[]> {
  const names = await readdir(`/proc/${pid}/fd`)
  return Promise.all(names.map(name => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

function stagesOf(names: readonly string[], root: string): number[] {
  return names
    .map(Number)
    .filter(pid => commandOf(pid).startsWith('/usr/bin/unshare') && commandOf(pid).includes(root))
    .filter(pid => commandOf(pid).includes('stage.sh'))
}
