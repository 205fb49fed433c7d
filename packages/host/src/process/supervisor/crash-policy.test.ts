import { describe, expect, it } from 'vitest'
import { defaultTimings } from './configuration.ts'
import { delayUntil, judgeCrash } from './crash-policy.ts'

const fresh = { crashes: [], consecutive: 0 }

describe('after a crash', () => {
  it('waits 1, 2, 4, 8 seconds and gives up at the fifth within a minute', () => {
    let history: { crashes: readonly number[]; consecutive: number } = fresh
    const delays: (number | null)[] = []
    let now = 1_000_000
    for (let crash = 0; crash < 5; crash++) {
      const verdict = judgeCrash(history, now, 500, defaultTimings)
      delays.push(verdict.action === 'restart' ? verdict.delay : null)
      history = verdict
      now += 500 + verdict.delay
    }
    expect(delays).toEqual([1000, 2000, 4000, 8000, null])
  })

  it('waits at most 30 seconds, for ever, where crashes are further apart', () => {
    let history: { crashes: readonly number[]; consecutive: number } = fresh
    const delays: number[] = []
    let now = 0
    for (let crash = 0; crash < 40; crash++) {
      const verdict = judgeCrash(history, now, 20_000, defaultTimings)
      expect(verdict.action).toBe('restart')
      delays.push(verdict.delay)
      history = verdict
      now += 20_000 + verdict.delay
    }
    expect(delays.slice(0, 7)).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
    expect(Math.max(...delays)).toBe(30_000)
    expect(history.crashes.length).toBeLessThan(5)
  })

  it('does not count crashes that were noted before the clock was set back', () => {
    const later = [5_000_000, 5_001_000, 5_002_000, 5_003_000]
    const verdict = judgeCrash({ crashes: later, consecutive: 4 }, 1_000_000, 500, defaultTimings)
    expect(verdict).toMatchObject({ action: 'restart', crashes: [1_000_000] })
  })

  it('begins anew after a run of a minute', () => {
    const verdict = judgeCrash({ crashes: [], consecutive: 6 }, 1_000_000, 60_000, defaultTimings)
    expect(verdict).toMatchObject({ action: 'restart', delay: 1000, consecutive: 1 })
  })
})

describe('a restart that an earlier supervisor announced', () => {
  it.each([
    ['comes when it said', 1_012_000, 12_000],
    ['comes at once when that is over', 900_000, 0],
    ['comes at once when no time is known', null, 0],
    ['does not wait for a clock that was set back', 8_200_000, 30_000],
  ])('%s', (_, restartAt, delay) => {
    expect(delayUntil(restartAt, 1_000_000, defaultTimings)).toBe(delay)
  })
})
