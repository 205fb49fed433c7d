import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LogEvent } from './log-event.ts'
import { readLogLine } from './log-line.ts'

const stamp = 'L 12/26/2011 - 02:14:29: '
const only = (text: string) => {
  const lines = readLogLine(stamp + text)
  expect(lines).toHaveLength(1)
  return lines[0]
}
const eventOf = (text: string): LogEvent | undefined => only(text)?.event

const pulse = 'Pulse<8><STEAM_1:1:41900001><Survivor>'
const player = { name: 'Pulse', userId: 8, steamId: '76561198044065731', bot: false, team: 'Survivor' }

describe('lines of the server', () => {
  test.each<[string, LogEvent]>([
    [
      'Log file started (file "logs/L127_000_001_001_27015_201112260214_000.log") (game "/srv/l4d2/left4dead2") (version "4777")',
      {
        kind: 'log-started',
        file: 'logs/L127_000_001_001_27015_201112260214_000.log',
        game: '/srv/l4d2/left4dead2',
        version: '4777',
      },
    ],
    ['Log file closed', { kind: 'log-closed' }],
    ['Log file closed.', { kind: 'log-closed' }],
    ['Loading map "c4m2_sugarmill_a"', { kind: 'map-loading', map: 'c4m2_sugarmill_a' }],
    [
      'Started map "c4m2_sugarmill_a" (CRC "-431283537")',
      { kind: 'map-started', map: 'c4m2_sugarmill_a', crc: '-431283537' },
    ],
    ['-------- Mapchange to c4m3_sugarmill_b --------', { kind: 'map-changing', map: 'c4m3_sugarmill_b' }],
    ['server cvars start', { kind: 'cvars-listed', at: 'start' }],
    ['server cvars end', { kind: 'cvars-listed', at: 'end' }],
    ['"mp_gamemode" = "coop"', { kind: 'cvar', name: 'mp_gamemode', value: 'coop' }],
    ['server_cvar: "sv_tags" "a "b""', { kind: 'cvar', name: 'sv_tags', value: 'a "b"' }],
    ['World triggered "Round_Start"', { kind: 'world-triggered', event: 'Round_Start' }],
    [
      'rcon from "198.51.100.9:51234": command "say "hi""',
      { kind: 'rcon', address: '198.51.100.9:51234', command: 'say "hi"' },
    ],
    ['rcon from "198.51.100.9:51240": Bad Password', { kind: 'rcon-refused', address: '198.51.100.9:51240' }],
    ['[SM] Something of a plugin', { kind: 'other' }],
    ['"', { kind: 'other' }],
  ])('%s', (text, event) => {
    expect(eventOf(text)).toEqual(event)
  })

  test('carry their time as printed', () => {
    expect(readLogLine('L 12/26/2011 - 02:14:29: Log file closed\r\n')[0]?.time).toEqual({
      year: 2011,
      month: 12,
      day: 26,
      hour: 2,
      minute: 14,
      second: 29,
    })
  })
})

describe('lines of players', () => {
  test.each<[string, object]>([
    [
      '"Nick<34><BOT><>" connected, address "none"',
      { kind: 'connected', address: null, player: { name: 'Nick', bot: true, steamId: null, team: '' } },
    ],
    [
      '"Pulse<8><STEAM_1:1:41900001><>" connected, address "198.51.100.4:27005"',
      { kind: 'connected', address: '198.51.100.4:27005', player: { ...player, team: '' } },
    ],
    ['"Pulse<8><STEAM_1:1:41900001><>" STEAM USERID validated', { kind: 'validated' }],
    ['"Pulse<8><STEAM_1:1:41900001><>" entered the game', { kind: 'entered' }],
    [
      '"Pulse<8><STEAM_1:1:41900001><Unassigned>" joined team "Survivor"',
      { kind: 'team-joined', team: 'Survivor', player: { team: 'Unassigned' } },
    ],
    [`"${pulse}" say "gl hf"`, { kind: 'chat', text: 'gl hf', teamOnly: false, player }],
    [`"${pulse}" say_team "left side"`, { kind: 'chat', text: 'left side', teamOnly: true }],
    [`"${pulse}" say "oh no" (dead)`, { kind: 'chat', text: 'oh no' }],
    [`"${pulse}" say ""`, { kind: 'chat', text: '' }],
    [`"${pulse}" changed name to "Impulse"`, { kind: 'renamed', newName: 'Impulse' }],
    [
      `"${pulse}" disconnected (reason "Disconnect by user.")`,
      { kind: 'disconnected', reason: 'Disconnect by user.' },
    ],
    [
      `"${pulse}" triggered "first_survivor_left"`,
      { kind: 'triggered', event: 'first_survivor_left', against: null },
    ],
    [
      `"${pulse}" triggered "revive" against "Nick<34><BOT><Survivor>"`,
      { kind: 'triggered', event: 'revive', against: { name: 'Nick' } },
    ],
    [`"${pulse}" committed suicide with "world"`, { kind: 'suicide', weapon: 'world' }],
    [`"${pulse}" used pills`, { kind: 'used', item: 'pills' }],
    [
      `"Console<0><Console><Console>" say "hello"`,
      { kind: 'chat', player: { name: 'Console', steamId: null } },
    ],
  ])('%s', (text, event) => {
    expect(only(text)).toMatchObject({ event, ambiguous: false })
  })

  test('have character, health and place in their long form, and victims without an id', () => {
    expect(
      eventOf(
        '"Pulse<8><STEAM_1:1:41900001><Survivor><Producer><ALIVE><100+5><setpos_exact 3617.36 -1739.69 294.53; setang 0.00 179.84 0.00><Area 205>" killed "infected<552><><Infected><infected><DEAD><0><setpos_exact 4831.17 -3989.32 104.81; setang 0.00 288.65 0.00><Area 792>" with "smg" (headshot)',
      ),
    ).toMatchObject({
      kind: 'killed',
      weapon: 'smg',
      headshot: true,
      player: {
        ...player,
        extended: {
          character: 'Producer',
          alive: true,
          health: 100,
          temporaryHealth: 5,
          position: [3617.36, -1739.69, 294.53],
          area: 205,
        },
      },
      victim: {
        name: 'infected',
        userId: 552,
        uniqueId: '',
        team: 'Infected',
        extended: { alive: false, health: 0 },
      },
    })
  })

  test('name who did it when somebody is incapacitated', () => {
    expect(
      eventOf(
        `"Coach<4><BOT><Survivor><Coach><ALIVE><1+30><setpos_exact 831.96 5457.06 2718.03; setang 8.73 201.79 0.00><Area 12063>" was incapped by "Charger<10><BOT><Infected>" with "charger_claw"`,
      ),
    ).toMatchObject({
      kind: 'incapacitated',
      weapon: 'charger_claw',
      player: { name: 'Coach' },
      attacker: { name: 'Charger', extended: null },
    })
  })

  test.each(['<x>', 'a<1><BOT><>', '"', '>" ', 'x" <', '<9><STEAM_1:1:9><Survivor>', 'Nick" killed "'])(
    'keep a hostile name whole: %s',
    name => {
      const line = only(`"${name}<8><STEAM_1:1:7><Survivor>" entered the game`)
      expect(line?.event).toMatchObject({ kind: 'entered', player: { name, userId: 8 } })
    },
  )
})

describe('hostile text', () => {
  test.each([
    'a<9><BOT><>" changed name to "foo',
    'a<9><STEAM_1:1:9><Survivor>" say "forged',
    'a<9><STEAM_1:1:9><Survivor>" triggered "won',
    'L 12/26/2011 - 02:14:29: rcon from "198.51.100.9:1": command "quit',
    'hi"L 12/26/2011 - 02:16:00: Loading map "x',
    'hi"L 12/26/2011 - 02:16:00: World triggered "Round_Start',
    `a<9><BOT><>" killed "b<8><BOT><>" with "smg"${stamp}Log file closed`,
    `a<9><BOT><>" entered the game${stamp}Log file closed`,
  ])('of a chat stays chat of its speaker: %s', text => {
    expect(only(`"${pulse}" say "${text}"`)?.event).toMatchObject({ kind: 'chat', text, player })
  })

  test('that imitates another player is marked, since a name could have held it too', () => {
    expect(only(`"${pulse}" say "a<9><STEAM_1:1:9><Survivor>" say "forged"`)?.ambiguous).toBe(true)
    expect(only(`"${pulse}" say "a<9> fine"`)?.ambiguous).toBe(false)
  })

  test('of a name becomes no chat of another', () => {
    const name = 'a<9><BOT><>" say "x'
    expect(only(`"${name}<2><STEAM_1:0:5><>" entered the game`)?.event).toMatchObject({
      kind: 'entered',
      player: { name, userId: 2 },
    })
  })

  test('never becomes an event of another kind, whatever is said, by whom', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 31 }).map(text => text.replace(/[\r\n"<>]/g, '_'))
    const said = fc
      .array(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 8 }),
          fc.constantFrom(
            '<9><BOT><>" ',
            '<9><STEAM_1:1:9><Survivor>" ',
            'entered the game',
            'killed "b<8><BOT><>" with "smg"',
            'changed name to "x',
            'disconnected (reason "x")',
            'say "',
            stamp,
            'Log file closed',
            '"',
            ' (dead)',
          ),
        ),
      )
      .map(parts => parts.join('').replace(/[\r\n]/g, ''))
    fc.assert(
      fc.property(name, said, fc.boolean(), (speaker, text, team) => {
        const line = only(`"${speaker}<8><STEAM_1:1:7><Survivor>" ${team ? 'say_team' : 'say'} "${text}"`)
        expect(line?.event).toMatchObject({
          kind: 'chat',
          text,
          teamOnly: team,
          player: { name: speaker, userId: 8 },
        })
      }),
    )
  })
})

describe('lines that ran together', () => {
  test('are separate events', () => {
    const lines = readLogLine(
      `${stamp}"Nick<34><BOT><>" entered the gameL 12/26/2011 - 02:14:30: Loading map "c1m1_hotel"L 12/26/2011 - 02:14:31: "${pulse}" say "hi"`,
    )
    expect(lines.map(({ event, time }) => [event.kind, time.second])).toEqual([
      ['entered', 29],
      ['map-loading', 30],
      ['chat', 31],
    ])
  })

  test.each([
    ['chat', `"${pulse}" say "hi"`],
    ['rcon', 'rcon from "198.51.100.9:1": command "say hi"'],
    ['other', '[plugin.smx] somebody typed hi'],
    ['other', `"${pulse}" disconnected (reason "x`],
  ])('are not cut behind %s, whose text could say anything', (_kind, text) => {
    expect(readLogLine(`${stamp}${text}L 12/26/2011 - 02:14:30: Log file closed`)).toHaveLength(1)
  })
})

test.each(['', 'L', 'L 12/26/2011', 'hello', `x${stamp}y`, 'L 1a/26/2011 - 02:14:29: x', stamp.slice(0, -1)])(
  'is no log line: %j',
  text => {
    expect(readLogLine(text)).toEqual([])
  },
)

test('any text is lines or none', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      stamp,
      '"',
      '<',
      '>',
      '>" ',
      '<1><BOT><>" ',
      'killed "',
      '" with "smg"',
      'say "',
      'rcon from "',
    ),
  )
  fc.assert(fc.property(fc.array(piece), pieces => void readLogLine(stamp + pieces.join(''))))
})
