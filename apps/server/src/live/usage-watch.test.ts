import type { InstanceUsage } from '@left4me/host'
import { beforeEach, describe, expect, test } from 'vitest'
import { quietLog } from '../testing/quiet-log.ts'
import { UsageWatch } from './usage-watch.ts'

const used: InstanceUsage = {
  cpuSeconds: 10,
  memoryBytes: 200,
  processes: 4,
  memoryHighBytes: 1000,
  memoryLimitBytes: 2000,
  processLimit: 256,
  throttledSeconds: 1,
  readBytes: 5000,
  writtenBytes: 0,
  pressure: { cpu: 0.1, memory: 0, io: 0 },
}

/** What one server is said to use, and when it runs. */
class Example {
  usage: InstanceUsage | null = used
  running: number[] = [1]
  asked = 0
  /** Milliseconds. */
  now = 1000
  readonly watch = new UsageWatch({
    host: {
      usage: async () => {
        this.asked += 1
        return this.usage
      },
    },
    live: { runningIds: () => this.running },
    log: quietLog,
    now: () => this.now,
  })

  /** The next observation, ten seconds later. */
  async passes(change: Partial<InstanceUsage>): Promise<void> {
    this.usage = { ...(this.usage ?? used), ...change }
    this.now += 10_000
    await this.watch.tick()
  }
}

describe('usage', () => {
  let example: Example
  beforeEach(() => {
    example = new Example()
  })

  test('is told with limits at once, and with rates from the second observation on', async () => {
    await example.watch.tick()
    expect(await example.watch.current(1)).toMatchObject({
      cpu: null,
      throttled: null,
      read: null,
      memory: { used: 200, high: 1000, limit: 2000 },
      processes: { count: 4, limit: 256 },
      pressure: { cpu: 0.1 },
      cpuHistory: [],
    })
    await example.passes({ cpuSeconds: 11, throttledSeconds: 3, readBytes: 6000 })
    const usage = await example.watch.current(1)
    expect(usage).toMatchObject({ cpu: 0.1, read: 100, written: 0, throttled: 0.2, cpuHistory: [0.1] })
  })

  test('is never negative when a server was started anew, and leaves a gap in the history', async () => {
    await example.watch.tick()
    await example.passes({ cpuSeconds: 20 })
    await example.passes({ cpuSeconds: 1 })
    const again = await example.watch.current(1)
    expect(again).toMatchObject({ cpu: null, cpuHistory: [1, null] })
    await example.passes({ cpuSeconds: 1.5 })
    expect((await example.watch.current(1))?.cpu).toBe(0.05)
  })

  test('keeps ten minutes of history', async () => {
    await example.watch.tick()
    for (let second = 1; second <= 70; second += 1) {
      await example.passes({ cpuSeconds: 10 + second })
    }
    expect((await example.watch.current(1))?.cpuHistory).toHaveLength(60)
  })

  test('stays unknown where the host does not tell', async () => {
    const untold = { throttledSeconds: null, readBytes: null, pressure: null, memoryLimitBytes: null }
    example.usage = { ...used, ...untold }
    await example.watch.tick()
    await example.passes({ cpuSeconds: 11, ...untold })
    const usage = await example.watch.current(1)
    expect(usage).toMatchObject({ throttled: null, read: null, pressure: null, memory: { limit: null } })
  })

  test('is nothing of what does not run', async () => {
    await example.watch.tick()
    expect([...example.watch.all()]).toEqual([{ id: 1, usage: used }])
    example.running = []
    example.usage = null
    expect(await example.watch.current(1)).toBeNull()
    expect([...example.watch.all()]).toEqual([])
  })

  test('asks the host once for many who look at the same time', async () => {
    await Promise.all(Array.from({ length: 10 }, () => example.watch.current(1)))
    example.now += 1999
    await example.watch.current(1)
    expect(example.asked).toBe(1)
    example.now += 1
    await example.watch.current(1)
    expect(example.asked).toBe(2)
  })
})
