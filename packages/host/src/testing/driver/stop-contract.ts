import { expect, it } from 'vitest'
import type { InstanceStatus } from '../../host.ts'
import { eventually } from '../eventually.ts'
import { crash, patient, saysEventually, specification, textsOf } from '../instances.ts'
import type { DriverHarness } from './driver-harness.ts'

/** What every driver must show of the end of a server: asked, interrupted, terminated, killed. */
export function stopContract(current: () => DriverHarness): void {
  it('lets the program end by itself first', async () => {
    const { host } = current()
    const started = await host.start(specification(1, 'ignore-all'))
    const status = await host.stop(1, {
      patience: patient,
      // What `quit` by RCON does.
      quit: async () => crash(started),
    })
    expect(status).toMatchObject({ phase: 'stopped', pid: null, reason: null })
    expect(await textsOf(host, 1)).not.toContain('ignored SIGINT')
  })

  it('goes on to SIGINT at once when asking failed', async () => {
    const { host } = current()
    await host.start(specification(1, 'idle'))
    await saysEventually(host, 1, 'started with')
    await host.stop(1, { patience: patient, quit: () => Promise.reject(new Error('wrong password')) })
    await saysEventually(host, 1, 'caught SIGINT')
  })

  it('goes on to SIGINT when asking has no effect in time', async () => {
    const { host } = current()
    await host.start(specification(1, 'idle'))
    await saysEventually(host, 1, 'started with')
    await host.stop(1, { patience: { ...patient, quit: 50 }, quit: async () => undefined })
    await saysEventually(host, 1, 'caught SIGINT')
  })

  it('gives the game the time that it needs after SIGINT, although its runner is a shell', async () => {
    const { host } = current()
    await host.start(specification(1, 'slow-end'))
    await saysEventually(host, 1, 'ready')
    const { phase, lastExit } = await host.stop(1, { patience: patient })
    // Where the signal reaches the runner too, that passes it on once the game has ended.
    expect([phase, lastExit?.signal ?? lastExit?.code]).toBeOneOf([
      ['stopped', 0],
      ['stopped', 'SIGINT'],
    ])
    for (const line of ['saving', 'saved']) await saysEventually(host, 1, line)
  })

  it('ends with SIGTERM what ignores SIGINT', async () => {
    const { host } = current()
    await host.start(specification(1, 'ignore-interrupt'))
    await saysEventually(host, 1, 'ready')
    const { phase, lastExit } = await host.stop(1, { patience: { ...patient, interrupt: 3000 } })
    await saysEventually(host, 1, 'ignored SIGINT')
    // Where the signal reaches the runner too, its end is the game's, which may or may not have caught it first.
    expect([phase, lastExit?.signal ?? lastExit?.code]).toBeOneOf([
      ['stopped', 0],
      ['stopped', 'SIGTERM'],
    ])
  })

  it('kills what ignores every signal', async () => {
    const { host } = current()
    await host.start(specification(1, 'ignore-all'))
    await saysEventually(host, 1, 'ready')
    const status = await host.stop(1, { patience: { quit: 0, interrupt: 50, terminate: 50 } })
    expect(status).toMatchObject({ phase: 'stopped', pid: null })
    // Where its runner heeds SIGTERM, the kernel kills the game with that.
    expect(status.lastExit?.signal).toBeOneOf(['SIGKILL', 'SIGTERM'])
  })

  it('leaves no child behind that hides from signals', async () => {
    const harness = current()
    const { host } = harness
    await host.start(specification(1, 'stray-child'))
    await saysEventually(host, 1, 'hidden')
    // The runner, the game, and a sleeper of each of them.
    await eventually('all are there', async () => ((await host.usage(1))?.processes ?? 0) > 3)
    await host.stop(1)
    expect(await harness.leftovers()).toEqual([])
  })

  it('is no crash and is not followed by a restart', async () => {
    const { host } = current()
    const seen: InstanceStatus[] = []
    const { pid } = await host.start(specification(1, 'idle'))
    const unsubscribe = host.subscribe(status => seen.push(status))
    await host.stop(1)
    await eventually('it is told', () => seen.at(-1)?.phase === 'stopped')
    unsubscribe()
    // Of the run that ends, which may still be told to have begun, and then of nothing else.
    const others = seen.filter(status => status.phase !== 'stopping' && status.pid !== pid)
    expect([...new Set(others.map(({ phase }) => phase))]).toEqual(['stopped'])
  })

  it('changes nothing when nothing runs, but clears a failure', async () => {
    const { host } = current()
    expect(await host.stop(1)).toMatchObject({ phase: 'stopped' })
    await host.start(specification(1, 'idle', [7])).catch(() => undefined)
    expect(await host.stop(1)).toMatchObject({ phase: 'stopped', reason: null })
  })
}
