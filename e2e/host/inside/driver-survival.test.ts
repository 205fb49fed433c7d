import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Host, InstanceStatus } from '../../../packages/host/src/host.ts'
import type { DriverHarness } from '../../../packages/host/src/testing/driver/driver-harness.ts'
import { eventually } from '../../../packages/host/src/testing/eventually.ts'
import {
  publishOverlay,
  reaches,
  saysEventually,
  specification,
  textsOf,
} from '../../../packages/host/src/testing/instances.ts'
import { openSystemdHarness } from '../../../packages/host/src/testing/systemd-harness.ts'

/** What an admin does by hand, as far as the service user may. */
function byHand(verb: 'start' | 'stop', instanceId: number): void {
  const helper = '/usr/local/libexec/left4me/left4me-systemctl'
  execFileSync('sudo', ['--non-interactive', helper, verb, String(instanceId)])
}

/** A game that takes as long to save as it needs: until there is a file. */
const endsWhenItMay = `trap 'trap "" INT; echo saving; until [ -e may-end ]; do sleep 0.05; done; echo saved; exit 0' INT
echo ready
while :; do sleep 1000 & wait $!; done
`

describe('the systemd driver', () => {
  let harness: DriverHarness & { another(): Promise<Host> }
  let host: Host

  beforeAll(async () => {
    harness = await openSystemdHarness()
    host = harness.host
  })

  afterAll(() => harness.dispose())

  afterEach(async () => {
    await harness.reset()
    expect(await harness.leftovers()).toEqual([])
  })

  /** A process of its own that opens the driver and calls it; says `open` when it is open. */
  function caller(script: string): ChildProcess {
    const modules = new URL('../../../packages/host/src/', import.meta.url).href
    return spawn(
      process.execPath,
      [
        '--input-type=module-typescript',
        '--eval',
        `import { createSystemdHost } from ${JSON.stringify(`${modules}systemd/systemd-host.ts`)}
const host = createSystemdHost({ steamcmd: null })
await host.open()
console.log('open')
${script}`,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
  }

  async function killAfter(child: ChildProcess, milliseconds: number): Promise<void> {
    if (child.stdout) await once(child.stdout, 'data')
    await delay(milliseconds)
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }

  const finished = ({ phase }: InstanceStatus) => phase !== 'stopping' && phase !== 'restarting'

  it.each([0, 30, 80, 150, 300])(
    'leaves nothing half done when it is killed %d ms into a start',
    async milliseconds => {
      const start = `await host.start(${JSON.stringify(specification(1, 'idle'))})`
      await killAfter(caller(`${start}; await new Promise(() => {})`), milliseconds)
      // Whatever systemd was asked for goes on: the truth is its, and it is told by whoever asks next.
      const other = await harness.another()
      const started = await other.start(specification(1, 'idle'))
      expect(started).toMatchObject({ phase: 'running', restarts: 0, reason: null })
      expect(await host.status(1)).toEqual(started)
      expect(await other.stop(1)).toMatchObject({ phase: 'stopped', pid: null })
      expect(await harness.leftovers()).toEqual([])
    },
  )

  it('carries a stop through when its caller is killed in the middle', async () => {
    await publishOverlay(host, 1, { 'fake-script.sh': endsWhenItMay })
    await host.start(specification(1, 'script', [1]))
    await saysEventually(host, 1, 'ready')
    const child = caller('await host.stop(1, { quit: () => new Promise(() => {}) })')
    await reaches(host, 1, ({ phase }) => phase === 'stopping')
    child.kill('SIGKILL')
    await once(child, 'exit')
    await host.files(1).replace('may-end', 'x')
    const status = await reaches(host, 1, finished)
    expect(status).toMatchObject({ phase: 'stopped', pid: null, reason: null })
    await saysEventually(host, 1, 'saved')
    await eventually('it is unmounted', async () => (await harness.leftovers()).length === 0)
    await delay(1000)
    expect(await host.status(1)).toMatchObject({ phase: 'stopped', restarts: 0 })
  })

  it('tells a program to quit only once systemd knows that it is no crash', async () => {
    const { pid } = await host.start(specification(1, 'ignore-all'))
    await saysEventually(host, 1, 'ready')
    const seen: InstanceStatus[] = []
    host.subscribe(status => seen.push(status))
    const phaseWhenAsked = Promise.withResolvers<string>()
    await host.stop(1, {
      quit: async () => {
        phaseWhenAsked.resolve((await host.status(1)).phase)
        process.kill(pid ?? 0, 'SIGKILL')
      },
    })
    expect(await phaseWhenAsked.promise).toBe('stopping')
    expect(seen.map(({ phase }) => phase)).not.toContain('restarting')
  })

  it('sees at once what is done behind its back', async () => {
    const seen: InstanceStatus[] = []
    await host.start(specification(1, 'idle'))
    const end = host.subscribe(status => seen.push(status))
    byHand('stop', 1)
    await eventually('the stop is told', () => seen.at(-1)?.phase === 'stopped')
    expect(seen.map(({ phase }) => phase)).not.toContain('failed')
    byHand('start', 1)
    await eventually('the start is told', () => seen.at(-1)?.phase === 'running')
    expect(await host.status(1)).toEqual(seen.at(-1))
    end()
  })

  it('is of one mind with a second driver beside it', async () => {
    const other = await harness.another()
    const started = await host.start(specification(1, 'idle'))
    await reaches(other, 1, ({ phase }) => phase === 'running')
    expect(await other.status(1)).toEqual(started)
    const [one, two] = await Promise.all([host.stop(1), other.stop(1)])
    expect([one.phase, two.phase]).toEqual(['stopped', 'stopped'])
    await host.start(specification(1, 'idle', [7])).catch(() => undefined)
    expect(await other.status(1)).toMatchObject({ phase: 'failed', reason: { code: 'mount-failed' } })
  })

  it('still knows after it was opened anew why a start was refused and that a server had crashed', async () => {
    await host.start(specification(1, 'idle', [7])).catch(() => undefined)
    await host.start(specification(2, 'end-seven')).catch(() => undefined)
    const before = [await host.status(1), await reaches(host, 2, ({ phase }) => phase === 'failed')]
    const other = await harness.another()
    expect(await Promise.all([other.status(1), other.status(2)])).toEqual(before)
    expect(before[1]?.reason?.message).toContain("Couldn't allocate dedicated server IP port")
  })

  it('starts ten servers at once and stops them again', async () => {
    const ids = Array.from({ length: 10 }, (_, index) => index + 1)
    const started = await Promise.all(ids.map(id => host.start(specification(id, 'idle'))))
    expect(started.map(({ phase }) => phase)).toEqual(ids.map(() => 'running'))
    expect(new Set(started.map(({ pid }) => pid)).size).toBe(10)
    expect(await host.list()).toEqual(started)
    await Promise.all(ids.map(id => host.stop(id)))
    expect(await harness.leftovers()).toEqual([])
  })

  it('says what root says when the game is not in the layers', async () => {
    await host.files(1).replace('srcds_run/not-a-program', 'x')
    await expect(host.start(specification(1, 'idle'))).rejects.toMatchObject({
      code: 'not-installed',
      remedy: expect.stringContaining('reset'),
    })
    expect(await host.status(1)).toMatchObject({ phase: 'failed', reason: { code: 'program-missing' } })
    expect(await harness.leftovers()).toEqual([])
    await host.reset(1)
    expect(await host.start(specification(1, 'idle'))).toMatchObject({ phase: 'running', reason: null })
  })

  it('refuses what the environment file of a server can not hold, with what to do', async () => {
    const wrong = { ...specification(1, 'idle'), port: 63_000 }
    await expect(host.start(wrong)).rejects.toMatchObject({ name: 'HostError', code: 'start-failed' })
    const twice = { ...specification(1, 'idle', [1, 1]) }
    await expect(host.start(twice)).rejects.toMatchObject({ name: 'HostError' })
  })

  it('finds nothing amiss with a deployed host but what a container lacks', async () => {
    // How full the disk is isn't left4me's doing.
    const amiss = (await host.checks()).filter(({ ok, name }) => !ok && name !== 'disk')
    expect(amiss.map(({ name }) => name)).toEqual(['limits', 'steamcmd'])
    for (const { remedy } of amiss) expect(remedy).toEqual(expect.any(String))
  })

  it('follows a console over the end of one driver and the beginning of the next', async () => {
    await host.start(specification(1, 'tick'))
    await saysEventually(host, 1, 'tick 5')
    const other = await harness.another()
    expect((await textsOf(other, 1)).slice(0, 5)).toEqual(['tick 0', 'tick 1', 'tick 2', 'tick 3', 'tick 4'])
  })
})
