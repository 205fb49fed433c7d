import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { logKinds, readLogLine, withoutStamp } from './read-log-line.ts'

const stamp = 'L 12/26/2011 - 02:16:00: '

describe('readLogLine', () => {
  it.each([
    ['"Pulse<8><STEAM_1:1:41900001><>" entered the game', { type: 'joined', name: 'Pulse' }],
    [
      '"Pulse<8><STEAM_1:1:41900001><Survivor>" disconnected (reason "Disconnect by user.")',
      { type: 'left', name: 'Pulse', reason: 'Disconnect by user.' },
    ],
    ['"Pulse<8><STEAM_1:1:41900001><Survivor>" disconnected', { type: 'left', name: 'Pulse', reason: null }],
    [
      '"Pulse<8><STEAM_1:1:41900001><Survivor>" say "gl "hf""',
      { type: 'said', name: 'Pulse', text: 'gl "hf"' },
    ],
    [
      '"Pulse<8><STEAM_1:1:41900001><Survivor>" say_team "left side"',
      { type: 'said', name: 'Pulse', text: 'left side' },
    ],
    [
      '"a<1><BOT><>" b<8><STEAM_1:1:41900001><>" entered the game',
      { type: 'joined', name: 'a<1><BOT><>" b' },
    ],
    ['"A<8><STEAM_1:1:4><Survivor>" changed name to "B"', { type: 'renamed', name: 'A', to: 'B' }],
    ['Started map "c4m2_sugarmill_a" (CRC "-431283537")', { type: 'map', map: 'c4m2_sugarmill_a' }],
    ['World triggered "Round_Start"', { type: 'round-started' }],
  ])('reads %s', (text, event) => {
    expect(readLogLine(stamp + text).event).toEqual(event)
    expect(readLogLine(text).event).toEqual(event)
  })

  it.each([
    ['Segmentation fault (core dumped)', 'crashed'],
    ['Your server needs to be restarted in order to receive the latest update.', 'outdated'],
  ])('sees trouble in %s', (text, type) => {
    expect(readLogLine(text)).toMatchObject({ kind: 'problems', event: { type } })
  })

  it.each([
    ['"Nick<34><BOT><>" entered the game', 'players'],
    ['Loading map "c4m2_sugarmill_a"', 'game'],
    ['"Pulse<8><STEAM_1:1:4><Survivor><Producer><ALIVE><100+0>" killed "infected" with "smg"', 'game'],
    ['rcon from "198.51.100.9:51234": command "status"', 'commands'],
    ['rcon from "198.51.100.9:51240": Bad Password', 'problems'],
    ['Host_Error: something', 'other'],
    ['Error: something', 'problems'],
    ['[S_API FAIL] SteamAPI_Init() failed; create pipe failed.', 'other'],
    ['failed to dlopen /x/left4dead2_dlc3/bin/server_srv.so error=none', 'other'],
    ['#Console initialized.', 'other'],
  ])('tells no event of %s', (text, kind) => {
    expect(readLogLine(text)).toEqual({ kind, event: null })
  })

  it('takes chat that imitates a log line for chat', () => {
    const said = '"Liar<8><STEAM_1:1:4><Survivor>" say "Started map "c1m1_hotel""'
    expect(readLogLine(said)).toMatchObject({ kind: 'chat', event: { type: 'said', name: 'Liar' } })
  })

  it('reads any text without failing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text =>
        logKinds.includes(readLogLine(text).kind),
      ),
    )
  })

  it('ends in no long search on names made to cause one', () => {
    expect(readLogLine(`"${'<1><BOT><x'.repeat(2000)}`).kind).toBe('other')
  })
})

describe('withoutStamp', () => {
  it('takes the time of the log away and nothing else', () => {
    expect(withoutStamp(`${stamp}say L 12/26/2011`)).toBe('say L 12/26/2011')
    expect(withoutStamp('Listening')).toBe('Listening')
  })
})
