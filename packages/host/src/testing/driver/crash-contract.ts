import { expect, it } from 'vitest'
import type { InstanceStatus } from '../../host.ts'
import { crash, reaches, specification } from '../instances.ts'
import type { DriverHarness } from './driver-harness.ts'

/** What every driver must show of a server that ends by itself. */
export function crashContract(current: () => DriverHarness): void {
  it('starts the server again and counts it', async () => {
    const { host } = current()
    const first = await host.start(specification(1, 'idle'))
    crash(first)
    const again = await reaches(host, 1, status => status.phase === 'running' && status.restarts > 0)
    expect(again.pid).not.toBe(first.pid)
    expect(again.lastExit).toMatchObject({ code: null, signal: 'SIGKILL' })
  })

  it('takes an end with status 0 for a crash too', async () => {
    const { host } = current()
    await host.start(specification(1, 'end-zero')).catch(() => undefined)
    const status = await reaches(host, 1, ({ restarts }) => restarts > 0)
    expect(status.lastExit).toMatchObject({ code: 0, signal: null })
  })

  it('gives up after five, with the reason out of the console', async () => {
    const { host } = current()
    await host.start(specification(1, 'end-seven'))
    const status = await reaches(host, 1, ({ phase }) => phase === 'failed')
    expect(status).toMatchObject({
      pid: null,
      restarts: 4,
      restartAt: null,
      lastExit: { code: 7, signal: null },
      reason: { code: 'start-limit', remedy: expect.any(String) },
    })
    expect(status.reason?.message).toContain("Couldn't allocate dedicated server IP port")
    expect(status.reason?.message).toContain('status 7')
  })

  it('tells of the wait between, and why', async () => {
    const { host } = current()
    const seen: InstanceStatus[] = []
    host.subscribe(status => seen.push(status))
    await host.start(specification(1, 'segfault')).catch(() => undefined)
    await reaches(host, 1, ({ phase }) => phase === 'failed')
    const waiting = seen.filter(({ phase }) => phase === 'restarting')
    expect(waiting.length).toBeGreaterThanOrEqual(4)
    expect(waiting[0]).toMatchObject({ pid: null, reason: { code: 'crashed' } })
    expect(waiting[0]?.reason?.message).toContain('SIGSEGV')
    const delays = waiting.map(({ restartAt, since }) => (restartAt ?? 0) - since)
    expect(delays.some(delay => delay > (delays[0] ?? 0))).toBe(true)
  })

  it('does not restart what a person stops while it waits', async () => {
    const { host } = current()
    const stopped = Promise.withResolvers<InstanceStatus>()
    // The wait may be over before anybody who asks now and then sees it.
    const unsubscribe = host.subscribe(({ phase }) => {
      if (phase === 'restarting') stopped.resolve(host.stop(1))
    })
    try {
      await host.start(specification(1, 'crash-later'))
      expect(await stopped.promise).toMatchObject({ phase: 'stopped', restartAt: null, reason: null })
    } finally {
      unsubscribe()
    }
    expect(await host.status(1)).toMatchObject({ phase: 'stopped', pid: null })
  })
}
