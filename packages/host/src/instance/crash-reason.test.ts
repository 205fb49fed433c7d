import { describe, expect, it } from 'vitest'
import { crashReason, startLimitReason } from './crash-reason.ts'

describe('the reason', () => {
  const at = 0

  it('quotes the lines that say why, not the noise around them', () => {
    const reason = crashReason({ code: null, signal: 'SIGSEGV', at }, [
      'failed to dlopen left4dead2_dlc3/bin/matchmaking_ds_srv.so error=(null)',
      'Network: IP 0.0.0.0, mode MP',
      "exec: couldn't exec banned_user.cfg",
      "exec: couldn't exec banned_ip.cfg",
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
    expect(
      startLimitReason('ended with status 7', ['no such map'], {
        crashLimit: 5,
        crashWindow: 60_000,
      }),
    ).toEqual({
      code: 'start-limit',
      message:
        'The server crashed 5 times within 60 seconds; the last time it ended with status 7. Its console said: “no such map”',
      remedy: 'Look at the log, change what it names, and start the server again.',
    })
  })
})
