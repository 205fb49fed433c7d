import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseStatus } from './status.ts'

const header = [
  'hostname: fixture-one',
  'version : 2.1.5.5 7311 secure  (unknown)',
  'udp/ip  : 192.0.2.14:27015 [ public 203.0.113.37:27015 ]',
  'os      : Linux Dedicated',
  'map     : c10m4_mainstreet',
  'players : 2 humans, 0 bots (30 max) (not hibernating) (unreserved)',
  '',
  '# userid name uniqueid connected ping loss state rate adr',
]
const vx = '# 603 1 "VX" STEAM_1:0:197500001 25:17 94 0 active 5000 198.51.100.113:11202'
const answer = (...rows: string[]) => [...header, ...rows, '#end', ''].join('\n')

describe('parseStatus', () => {
  test('reads a Linux server with humans and bots', () => {
    const report = parseStatus(answer(vx, '#677 "Smoker" BOT active', '# 4 "Zoey" BOT active'))
    expect(report).toMatchObject({
      complete: true,
      hostname: 'fixture-one',
      version: '2.1.5.5',
      build: '7311',
      secure: true,
      address: '192.0.2.14:27015',
      publicAddress: '203.0.113.37:27015',
      operatingSystem: 'Linux Dedicated',
      map: 'c10m4_mainstreet',
      humans: 2,
      bots: 0,
      maxPlayers: 30,
      hibernating: false,
      reservedFor: null,
      otherLines: 0,
    })
    expect(report.players).toEqual([
      {
        userId: 603,
        slot: 1,
        name: 'VX',
        steamId: '76561198355265730',
        uniqueId: 'STEAM_1:0:197500001',
        bot: false,
        connectedSeconds: 25 * 60 + 17,
        ping: 94,
        loss: 0,
        state: 'active',
        rate: 5000,
        address: '198.51.100.113:11202',
      },
      expect.objectContaining({
        userId: 677,
        slot: null,
        name: 'Smoker',
        bot: true,
        steamId: null,
        state: 'active',
      }),
      expect.objectContaining({ userId: 4, name: 'Zoey', bot: true }),
    ])
  })

  test('reads an empty hibernating server as nobody playing', () => {
    const text = [
      'hostname: Left 4 Dead 2 Server',
      'version : 2.2.2.6 8776 secure  (unknown)',
      'udp/ip  : 192.0.2.3:27015 [ public same ]',
      'os      : Windows Dedicated',
      'map     : c2m1_highway',
      'players : 0 humans, 0 bots (4 max) (hibernating) (unreserved)',
      '',
      '# userid name uniqueid connected ping loss state rate adr',
      '#end',
    ].join('\r\n')
    expect(parseStatus(text)).toMatchObject({
      complete: true,
      humans: 0,
      hibernating: true,
      publicAddress: '192.0.2.3:27015',
      players: [],
    })
  })

  test('reads a listen server with a position after the map, a lobby reservation and relayed players', () => {
    const text = [
      'hostname: host-player',
      'version : 2.1.5.5 7227 secure  ',
      'udp/ip  : 192.0.2.6:27015 [ public n/a ]',
      'os      : Windows Listen',
      'map     : c10m1_caves at ( -11836, -14471, -114 )',
      'players : 2 humans, 0 bots (4 max) (not hibernating) (reserved 186000000d26f34)',
      '',
      '# userid name uniqueid connected ping loss state rate adr',
      '#  2 1 "host-player" STEAM_1:1:25300001 1:01:24 33 0 active 30000 loopback',
      '#  6 5 "guestone" STEAM_1:0:21100002 00:20 125 0 spawning 30000 0.0.0.1:1',
      '#end',
    ].join('\n')
    expect(parseStatus(text)).toMatchObject({
      map: 'c10m1_caves',
      publicAddress: null,
      reservedFor: '186000000d26f34',
      players: [
        { connectedSeconds: 3684, address: 'loopback' },
        { state: 'spawning', address: '0.0.0.1:1' },
      ],
    })
  })

  test('reads the table without addresses that a player sees', () => {
    const report = parseStatus(answer('# 603 1 "VX" STEAM_1:0:197500001 25:17 94 0 active 5000'))
    expect(report.players).toMatchObject([{ name: 'VX', address: null, rate: 5000 }])
  })

  test.each([
    ['quotes', 'Wicket ’"'],
    ['only a quote', '"'],
    ['nothing', ''],
    ['a row', 'x" STEAM_1:0:1 00:10 50 0 active 30000 198.51.100.1:5'],
    ['a bot', 'x" BOT active'],
    ['the end', '#end'],
    ['the end of a row', '" STEAM_1:0:2 00:10 50 0 active'],
    ['a header', 'players : 9 humans, 0 bots (9 max)'],
    ['blanks', '  a  b  '],
    ['hashes and pipes', '# 1 1 "|'],
    ['other scripts', '你好 🧟'],
  ])('keeps a name whole that holds %s', (_name, name) => {
    const report = parseStatus(
      answer(`# 5 2 "${name}" STEAM_1:1:7 01:00 20 3 active 30000 198.51.100.9:27005`, vx),
    )
    expect(report.players).toHaveLength(2)
    expect(report.players[0]).toMatchObject({ userId: 5, name, steamId: '76561197960265743', loss: 3 })
  })

  test('lets no host name imitate another header', () => {
    const report = parseStatus(answer(vx).replace('fixture-one', 'map     : fake'))
    expect(report).toMatchObject({ hostname: 'map     : fake', map: 'c10m4_mainstreet' })
    // Out of order, a header is no header: what a plugin prints later changes nothing.
    expect(parseStatus(answer(vx).replace('\nos ', '\nhostname: later\nos '))).toMatchObject({
      hostname: 'fixture-one',
      otherLines: 1,
    })
  })

  test('knows no SteamID of players who are still unknown or on a LAN', () => {
    const report = parseStatus(
      answer(
        '# 5 2 "a" STEAM_ID_PENDING 00:01 20 0 connecting 30000 198.51.100.9:27005',
        '# 6 3 "b" STEAM_1:0:0 00:01 20 0 active 30000 198.51.100.9:27006',
      ),
    )
    expect(report.players).toMatchObject([
      { name: 'a', steamId: null, uniqueId: 'STEAM_ID_PENDING' },
      { name: 'b', steamId: null, uniqueId: 'STEAM_1:0:0' },
    ])
  })

  test('skips and counts lines that others print in between', () => {
    const report = parseStatus(answer('[SM] Plugin reloaded.', vx, 'L 12/26/2011 - 02:20:05: something'))
    expect(report).toMatchObject({ complete: true, otherLines: 2, players: [{ name: 'VX' }] })
  })

  test('tolerates a missing group at the end of the players line', () => {
    const report = parseStatus(answer().replace(' (not hibernating) (unreserved)', ''))
    expect(report).toMatchObject({ complete: true, hibernating: false, reservedFor: null })
    expect(parseStatus(answer().replace('(unreserved)', '(reserved)'))).toMatchObject({ reservedFor: '' })
  })

  test('is incomplete wherever it was cut, and then never says that nobody plays', () => {
    const whole = answer(vx).trimEnd()
    for (let length = 0; length < whole.length; length += 1) {
      const report = parseStatus(whole.slice(0, length))
      expect(report.complete, whole.slice(0, length)).toBe(false)
      expect(report.humans).not.toBe(0)
    }
    expect(parseStatus(whole).complete).toBe(true)
  })

  test('does not throw, whatever the text', () => {
    const line = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...header, vx, '#end', '# 1 2 "'))
    fc.assert(fc.property(fc.array(line), lines => void parseStatus(lines.join('\n'))))
  })

  test('reads any name that the engine can print', () => {
    const name = fc.string({ unit: 'grapheme', maxLength: 40 }).map(text => text.replace(/[\r\n\0]/g, ''))
    fc.assert(
      fc.property(name, text => {
        const report = parseStatus(
          answer(`#  5 2 "${text}" STEAM_1:1:7 01:00 20 3 active 30000 198.51.100.9:27005`),
        )
        expect(report.players.map(player => player.name)).toEqual([text])
      }),
    )
  })
})
