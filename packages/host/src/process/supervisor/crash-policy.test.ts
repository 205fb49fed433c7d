import { describe, expect, it } from 'vitest'
import { defaultTimings } from './configuration.ts'
import { crashReason, judgeCrash, startLimitReason } from './crash-policy.ts'

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

  it('begins anew after a run of a minute', () => {
    const verdict = judgeCrash({ crashes: [], consecutive: 6 }, 1_000_000, 60_000, defaultTimings)
    expect(verdict).toMatchObject({ action: 'restart', delay: 1000, consecutive: 1 })
  })
})

describe('the reason', () => {
  const at = 0

  it('quotes the lines that say why, not the noise around them', () => {
    const reason = crashReason({ code: null, signal: 'SIGSEGV', at }, [
      'failed to dlopen left4dead2_dlc3/bin/matchmaking_ds_srv.so error=(null)',
      'Network: IP 0.0.0.0, mode MP',
      'FATAL ERROR (shutting down): Model missing',
      'Segmentation fault (core dumped)',
      'Add "-debug" to the ./srcds_run command line to generate a debug.log to help with solving this problem',
      '',
    ])
    expect(reason).toEqual({
      code: 'crashed',
      message:
        'The server was ended by SIGSEGV. Its console said: “FATAL ERROR (shutting down): Model missing” “Segmentation fault (core dumped)”',
      remedy: null,
    })
  })

  it('quotes the last line where none says why, and none where there is none', () => {
    expect(crashReason({ code: 0, signal: null, at }, ['one', 'two', '   ']).message).toBe(
      'The server ended with status 0. Its console said: “two”',
    )
    expect(crashReason({ code: 3, signal: null, at }, []).message).toBe('The server ended with status 3.')
    expect(crashReason(null, []).message).toBe('The server ended.')
  })

  it('says how often it crashed and what to do', () => {
    expect(startLimitReason({ code: 7, signal: null, at }, ['no such map'], defaultTimings)).toEqual({
      code: 'start-limit',
      message:
        'The server crashed 5 times within 60 seconds; the last time it ended with status 7. Its console said: “no such map”',
      remedy: 'Look at the log, change what it names, and start the server again.',
    })
  })
})
