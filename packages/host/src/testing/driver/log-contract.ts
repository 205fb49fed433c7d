import { expect, it } from 'vitest'
import type { LogLine } from '../../host.ts'
import { eventually } from '../eventually.ts'
import { saysEventually, specification } from '../instances.ts'
import type { DriverHarness } from './driver-harness.ts'

/** What every driver must show of the console. */
export function logContract(current: () => DriverHarness): void {
  it('follows from the first line on without losing or doubling one', async () => {
    const { host } = current()
    const lines: LogLine[] = []
    const end = new AbortController()
    await host.start(specification(1, 'flood'))
    const following = host.followLog(1, 0, batch => lines.push(...batch), end.signal)
    await eventually('the flood is over', () => lines.some(({ text }) => text === 'flooded'))
    end.abort()
    await following
    const printed = lines.map(({ text }) => text).filter(text => text.startsWith('line '))
    expect(printed).toEqual(Array.from({ length: 2000 }, (_, index) => `line ${index + 1}`))
    expect(lines.map(({ sequence }) => sequence)).toEqual(lines.map((_, index) => index + 1))
  })

  it('goes on after a given line, and counts on through restarts', async () => {
    const { host } = current()
    await host.start(specification(1, 'idle'))
    await saysEventually(host, 1, 'started with')
    await host.stop(1)
    await host.start(specification(1, 'idle'))
    const again = await eventually('it has started again', async () => {
      const starts = (await host.logTail(1, 100)).filter(({ text }) => text.includes('started with'))
      return starts[1]
    })
    const before = again.sequence - 1
    expect(before).toBeGreaterThan(1)
    const lines: LogLine[] = []
    const end = new AbortController()
    const following = host.followLog(1, before, batch => lines.push(...batch), end.signal)
    await eventually('a line comes', () => lines.length > 0)
    end.abort()
    await following
    expect(lines[0]).toMatchObject({
      sequence: before + 1,
      text: expect.stringContaining('started with'),
    })
  })

  it('gives the last lines, oldest first', async () => {
    const { host } = current()
    await host.start(specification(1, 'flood'))
    await saysEventually(host, 1, 'flooded')
    expect((await host.logTail(1, 3)).map(({ text }) => text)).toEqual(['line 1999', 'line 2000', 'flooded'])
  })

  it('ends only the following of a listener that throws, with what it threw', async () => {
    const { host } = current()
    const lines: LogLine[] = []
    const end = new AbortController()
    const good = host.followLog(1, 0, batch => lines.push(...batch), end.signal)
    const bad = host.followLog(
      1,
      0,
      () => {
        throw new Error('not mine')
      },
      end.signal,
    )
    bad.catch(() => undefined)
    await host.start(specification(1, 'idle'))
    await expect(bad).rejects.toThrow('not mine')
    await eventually('the other one goes on', () => lines.some(({ text }) => text.includes('started with')))
    end.abort()
    await good
  })

  it('does not keep one server from the others when it prints without end', async () => {
    const { host } = current()
    // A server of its own: what it prints may be cut for a while.
    await host.start(specification(9, 'flood-on'))
    await host.start(specification(2, 'tick'))
    await saysEventually(host, 2, 'tick 20')
    expect((await host.status(9)).phase).toBe('running')
  })
}
