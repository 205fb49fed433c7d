import { describe, expect, test } from 'vitest'
import { quietLog } from '../testing/quiet-log.ts'
import { lastNight, NightlyRefresh } from './nightly-refresh.ts'

const at = (day: number, hour: number, minute = 0) => new Date(2026, 0, day, hour, minute).getTime()

function nights(lastFinishedAt: number | null, needed = true) {
  const clock = { now: at(10, 12), asked: 0, fails: false }
  const nightly = new NightlyRefresh({
    lastFinishedAt: async () => lastFinishedAt,
    needed: async () => needed,
    request: async () => {
      clock.asked += 1
      if (clock.fails) throw new Error('no')
    },
    log: quietLog,
    now: () => clock.now,
  })
  return { clock, look: () => nightly.look() }
}

describe('the nightly refresh', () => {
  test('is due at four in the morning, local time', () => {
    expect(lastNight(at(10, 3, 59))).toBe(at(9, 4))
    expect(lastNight(at(10, 4))).toBe(at(10, 4))
    expect(lastNight(at(10, 23))).toBe(at(10, 4))
  })

  test('is asked for once a night, also when it was missed', async () => {
    const { clock, look } = nights(at(9, 4, 1))
    await look()
    await look()
    expect(clock.asked).toBe(1)
    clock.now = at(11, 3, 59)
    await look()
    expect(clock.asked).toBe(1)
    clock.now = at(11, 4, 3)
    await look()
    expect(clock.asked).toBe(2)
  })

  test('is not asked for when somebody has refreshed since, nor without Workshop overlays', async () => {
    const done = nights(at(10, 4, 1))
    await done.look()
    const none = nights(null, false)
    await none.look()
    expect([done.clock.asked, none.clock.asked]).toEqual([0, 0])
  })

  test('that fails is not repeated before the next night', async () => {
    const { clock, look } = nights(null)
    clock.fails = true
    await look()
    await look()
    expect(clock.asked).toBe(1)
  })
})
