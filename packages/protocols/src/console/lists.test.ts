import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseCvarList } from './cvar-list.ts'
import { parseSourceModPlugins } from './plugins.ts'
import { parseStats } from './stats.ts'
import { parseUsers } from './users.ts'

describe('stats', () => {
  test('are read by the names of their columns', () => {
    expect(
      parseStats(
        'CPU    In (KB/s)  Out (KB/s)  Uptime  Map changes  FPS      Players  Connects\n24.88  35.29      54.48       6       2            66.67    9        12\n',
      ),
    ).toEqual({
      cpu: 24.88,
      inRate: 35.29,
      outRate: 54.48,
      uptimeMinutes: 6,
      mapChanges: 2,
      framesPerSecond: 66.67,
      players: 9,
      connects: 12,
    })
    expect(
      parseStats(
        'CPU   NetIn   NetOut    Uptime  Maps   FPS   Players  Svms    +-ms   ~tick\r\n10.0      11.0      12.0     883     2   127.31       0  243.12    4.45    4.46\r\nL something',
      ),
    ).toMatchObject({
      cpu: 10,
      inRate: 11,
      mapChanges: 2,
      framesPerSecond: 127.31,
      players: 0,
      connects: null,
    })
  })

  test.each([
    '',
    'CPU    In (KB/s)  Out (KB/s)  Uptime  Map changes  FPS      Players  Connects',
    'CPU  FPS\n1.0',
    'CPU  FPS\n1.0 fast',
    'Unknown command "stats"',
  ])('are unknown, not zero, when the row is missing or broken: %j', text => {
    expect(parseStats(text)).toBeNull()
  })
})

describe('users', () => {
  test('are read with their ids, quotes in names included', () => {
    expect(parseUsers('<slot:userid:"name">\r\n0:2:"a"b""\r\n1:3:"Ellis"\r\n2 users\r\n')).toEqual({
      complete: true,
      users: [
        { slot: 0, userId: 2, name: 'a"b"' },
        { slot: 1, userId: 3, name: 'Ellis' },
      ],
    })
    expect(parseUsers('<slot:userid:"name">\n0 users')).toEqual({ users: [], complete: true })
  })

  test.each([
    '',
    '<slot:userid:"name">\n0:2:"a"',
    '<slot:userid:"name">\n0:2:"a"\n2 users',
    '0:2:"a"\n1 users',
  ])('are incomplete without their count: %j', text => {
    expect(parseUsers(text).complete).toBe(false)
  })
})

describe('plugins', () => {
  test('are read with version, author, state and the reason of a failure', () => {
    const list = parseSourceModPlugins(
      `[SM] Listing 6 plugins:
  1 "Admin Menu" (1.11.0.6905) by AlliedModders LLC
  2 <Failed> broken.smx
  3 <Error> "Say "hi" (now)" (1.0 (beta)) by me
  4 Disabled: "Quiet" by nobody
  5 "bare.smx"
  6 "Cut" (1.
Errors:
broken.smx: Required extension "x": not running
said.smx (Say "hi"): Error detected
`,
    )
    expect(list).toEqual({
      complete: true,
      plugins: [
        {
          number: 1,
          name: 'Admin Menu',
          version: '1.11.0.6905',
          author: 'AlliedModders LLC',
          status: null,
          disabled: false,
        },
        { number: 2, name: 'broken.smx', version: null, author: null, status: 'Failed', disabled: false },
        {
          number: 3,
          name: 'Say "hi',
          version: 'now)" (1.0 (beta)',
          author: 'me',
          status: 'Error',
          disabled: false,
        },
        { number: 4, name: 'Quiet', version: null, author: 'nobody', status: null, disabled: true },
        { number: 5, name: 'bare.smx', version: null, author: null, status: null, disabled: false },
        { number: 6, name: 'Cut', version: null, author: null, status: null, disabled: false },
      ],
      errors: [
        { file: 'broken.smx', message: 'Required extension "x": not running' },
        { file: 'said.smx', message: 'Error detected' },
      ],
    })
  })

  test('are none without SourceMod, and an empty list with it', () => {
    expect(parseSourceModPlugins('Unknown command "sm"\n')).toBeNull()
    expect(parseSourceModPlugins('[SM] No plugins loaded\n')).toEqual({
      plugins: [],
      errors: [],
      complete: true,
    })
  })

  test('are incomplete when rows are missing', () => {
    expect(parseSourceModPlugins('[SM] Listing 2 plugins:\n  1 "a"\n')?.complete).toBe(false)
  })
})

describe('cvarlist', () => {
  test('is read with values, commands, flags and help', () => {
    expect(
      parseCvarList(`cvar list
--------------
+attack                                  : cmd      :                  :
sv_cheats                                : 0        : , "sv", "nf", "rep" : Allow cheats : on server
z_difficulty                             : 0        : , "sv"           :
host_timescale                           : 1.500    : "cheat", "rep"   : Speed
--------------
  4 total convars/concommands
`),
    ).toEqual({
      complete: true,
      entries: [
        { name: '+attack', value: null, flags: [], help: '' },
        { name: 'sv_cheats', value: '0', flags: ['sv', 'nf', 'rep'], help: 'Allow cheats : on server' },
        { name: 'z_difficulty', value: '0', flags: ['sv'], help: '' },
        { name: 'host_timescale', value: '1.500', flags: ['cheat', 'rep'], help: 'Speed' },
      ],
    })
  })

  test('is complete with a prefix too, and incomplete without its count', () => {
    expect(parseCvarList('a : 0 :  : x\n--------------\n  1 convars/concommands for [a]\n').complete).toBe(
      true,
    )
    expect(parseCvarList('a : 0 :  : x\n--------------\n').complete).toBe(false)
    expect(parseCvarList('a : 0 :  : x\n  2 total convars/concommands').complete).toBe(false)
  })
})

test('no text makes any of them throw', () => {
  const line = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'CPU FPS',
      '1 2',
      '<slot:userid:"name">',
      '0:1:"',
      '1 users',
      '[SM] Listing 1 plugin:',
      '  1 "',
      'Errors:',
      ' : : :',
    ),
  )
  fc.assert(
    fc.property(fc.array(line), lines => {
      const text = lines.join('\n')
      parseStats(text)
      parseUsers(text)
      parseSourceModPlugins(text)
      parseCvarList(text)
    }),
  )
})
