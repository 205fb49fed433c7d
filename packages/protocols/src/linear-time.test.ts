import { describe, expect, test } from 'vitest'
import { decodeA2sReply } from './a2s/replies.ts'
import { LineSplitter } from './bytes/line-splitter.ts'
import { readConsoleLine } from './console/console-line.ts'
import { parseCvarList } from './console/cvar-list.ts'
import { parseSourceModPlugins } from './console/plugins.ts'
import { parseStats } from './console/stats.ts'
import { parseStatus } from './console/status.ts'
import { parseUsers } from './console/users.ts'
import { findConflicts } from './content/conflicts/find-conflicts.ts'
import { foldersOf, type LayerIndex, vpkFoldersOf } from './content/layers/layer-index.ts'
import { MergedTree } from './content/layers/merged-tree.ts'
import { parseMission } from './content/mission.ts'
import { parseSteamInf } from './content/steam-inf.ts'
import { conditionHolds } from './keyvalues/condition.ts'
import { parseKeyValues } from './keyvalues/parse.ts'
import { readLogLine } from './logs/log-line.ts'
import { ProtocolError } from './protocol-error.ts'
import { RconFrameReader } from './rcon/frame.ts'
import { stripLogEcho } from './rcon/log-echo.ts'
import { SteamcmdReader } from './steamcmd/steamcmd-reader.ts'
import { endsInTime, manyParts } from './testing/ends-in-time.ts'
import { hex } from './testing/udp-peer.ts'
import { readVpkTree } from './vpk/tree.ts'

const stamp = 'L 12/26/2011 - 02:14:29: '
const unlimited = { maxLength: 1e9, maxPairs: 1e9, maxTokenLength: 1e9 }

function quietly(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error
  }
}

type Case = readonly [
  name: string,
  parse: (text: string) => unknown,
  unit: string,
  before?: string,
  after?: string,
]

const keyValues = (text: string) => parseKeyValues(text, unlimited)
const escaped = (text: string) => parseKeyValues(text, { ...unlimited, escapes: true })
const steamcmd = (text: string) => new SteamcmdReader().push(text)
const inPieces = (text: string) => {
  const reader = new SteamcmdReader()
  for (const character of text) reader.push(character)
}

const texts: readonly Case[] = [
  ['KeyValues, pairs', keyValues, '"a" "b"\n'],
  ['KeyValues, one text', keyValues, 'a', '"k" "', '"'],
  ['KeyValues, a text that is never closed', keyValues, 'a\n', '"k" "'],
  ['KeyValues, escapes', escaped, '\\"', '"k" "', '"'],
  ['KeyValues, comments', keyValues, '// x\n'],
  ['KeyValues, slashes', keyValues, '/'],
  ['KeyValues, braces that close nothing', keyValues, '}'],
  ['KeyValues, conditions', keyValues, 'a b [$X]\n'],
  ['KeyValues, a condition that is never closed', keyValues, '$x', 'a b [$'],
  ['KeyValues, brackets', keyValues, '[[ '],
  ['KeyValues, negations', keyValues, '!', 'a b ['],
  ['a condition', text => conditionHolds(text, new Set()), '$a||', '', '$a'],
  ['a mission', parseMission, '"1" { Map "m" }', 'mission { Name a modes { coop {'],
  ['steam.inf', parseSteamInf, 'a=b\n'],
  ['steam.inf, one line', parseSteamInf, '='],
  [
    'status, rows',
    parseStatus,
    '# 1 2 "a" STEAM_1:1:7 01:00 20 3 active 30000 198.51.100.9:1\n',
    '# userid name x\n',
  ],
  ['status, one row', parseStatus, '" STEAM_1:1:7 01:00 ', '# userid name x\n# 1 2 "'],
  ['status, blanks', parseStatus, ' ', '# userid name x\n# 1 2', 'x"'],
  ['status, a header', parseStatus, 'map : x ', 'hostname: '],
  ['stats', parseStats, 'CPU FPS\n1 2\n'],
  ['users', parseUsers, '0:1:"a"\n', '<slot:userid:"name">\n'],
  ['plugins', parseSourceModPlugins, '  1 "a" (1) by b\n', '[SM] Listing 1 plugin:\n'],
  ['plugins, one row', parseSourceModPlugins, '" (a" by ', '[SM] Listing 1 plugin:\n  1 "'],
  ['plugins, one error', parseSourceModPlugins, '.smx (', '[SM] Listing 1 plugin:\nErrors:\n', ': x'],
  ['cvarlist', parseCvarList, 'a : 0 : , "sv" : help\n'],
  ['cvarlist, one row', parseCvarList, ' : ', 'a'],
  ['cvarlist, flags', parseCvarList, ', "a"', 'a : 0 : ', ' : x'],
  ['console lines', readConsoleLine, 'CPackedStore: ', ''],
  ['log line, ends of entities', readLogLine, '>" ', `${stamp}"`],
  ['log line, entities', readLogLine, '<1><BOT><>" ', `${stamp}"a`],
  ['log line, chats', readLogLine, '<1><BOT><>" say "', `${stamp}"a`],
  ['log line, kills', readLogLine, '<1><BOT><>" killed "b<2><BOT><>" with "x" ', `${stamp}"a`],
  ['log line, brackets', readLogLine, '<', `${stamp}"`],
  ['log line, times', readLogLine, `${stamp}Log file closed`],
  ['log line, times behind chat', readLogLine, `${stamp}x`, `${stamp}"a<1><BOT><>" say "`],
  ['log line, almost times', readLogLine, 'L 12/26/2011 - 02:14:2', stamp],
  ['log line, ends of lines', readLogLine, '\n', stamp, 'x\n'],
  ['log echo', text => stripLogEcho(text, 'a'), `${stamp}rcon from "1.2.3.4:5": command "a"\n`],
  ['log echo, one line', text => stripLogEcho(text, 'a'), '"', `${stamp}rcon from "1.2.3.4:5": command "`],
  ['steamcmd, lines', steamcmd, ' Update state (0x61) downloading, progress: 1.00 (1 / 100)\r\n'],
  ['steamcmd, one line', steamcmd, '[ 1%] ('],
  ['steamcmd, escape sequences', steamcmd, '\u001b[0m'],
  ['steamcmd, in pieces', inPieces, 'x'],
]

describe('ends soon with a text of very many', () => {
  const cases = texts.map(([name, parse, unit, before = '', after = '']) => ({
    name,
    parse,
    unit,
    before,
    after,
  }))
  test.each(cases)('$name', ({ parse, unit, before, after }) => {
    const text = before + unit.repeat(manyParts(unit.length)) + after
    expect(endsInTime(() => quietly(() => parse(text)))).toBe(true)
  })
})

describe('ends soon with bytes of very many', () => {
  const entry = Uint8Array.from([
    0x61,
    0,
    ...new Array(6).fill(0),
    0xff,
    0x7f,
    ...new Array(8).fill(0),
    0xff,
    0xff,
  ])

  test.each<readonly [string, (bytes: Uint8Array) => unknown, Uint8Array, Uint8Array]>([
    ['A2S rules', decodeA2sReply, hex('6100 6200'), hex('ffffffff45 ffff')],
    ['A2S rules without an end', decodeA2sReply, hex('61'), hex('ffffffff45 ffff')],
    [
      'VPK tree',
      tree =>
        readVpkTree(
          tree,
          { version: 1, treeOffset: 12, treeBytes: tree.length, dataBytes: null },
          tree.length + 12,
        ),
      entry,
      Uint8Array.from(Buffer.from('txt\0a\0')),
    ],
    [
      'RCON frames',
      bytes => new RconFrameReader().push(bytes),
      hex('0a000000 01000000 00000000 0000'),
      hex(''),
    ],
    [
      'RCON frames, byte by byte',
      bytes => {
        const reader = new RconFrameReader()
        for (let at = 0; at < bytes.length; at += 1) reader.push(bytes.subarray(at, at + 1))
      },
      hex('60'),
      hex('00ff0000'),
    ],
    ['lines', bytes => new LineSplitter(1000).push(bytes), hex('610a'), hex('')],
    [
      'lines, byte by byte',
      bytes => {
        const splitter = new LineSplitter(1_000_000)
        for (let at = 0; at < bytes.length; at += 1) splitter.push(bytes.subarray(at, at + 1))
        splitter.finish()
      },
      hex('61'),
      hex(''),
    ],
  ])('%s', (_name, parse, unit, before) => {
    const many = Buffer.alloc(manyParts(unit.length) * unit.length, unit)
    const bytes = Uint8Array.from(Buffer.concat([before, many]))
    expect(endsInTime(() => quietly(() => parse(bytes)))).toBe(true)
  })
})

describe('ends soon with very many files:', () => {
  const names = (count: number, name: (at: number) => string) =>
    Array.from({ length: count }, (_value, at) => name(at))
  const index = (paths: readonly string[], vpks: LayerIndex['vpks'] = []): LayerIndex => ({
    folders: foldersOf(paths.map(path => ({ path, size: 1, mode: 0o644 }))),
    vpks,
    missions: [],
  })
  const vpk = (path: string, contents: readonly string[]): LayerIndex['vpks'][number] => ({
    ...{ path, size: 1, identity: path, title: null, author: null, version: null, image: null, missions: [] },
    contents: vpkFoldersOf(contents),
  })
  const inAddons = (at: number) => `left4dead2/addons/${at}.vpk`
  const conflicts = (layers: readonly LayerIndex[]) =>
    findConflicts(layers.map((layer, at) => ({ name: String(at), index: layer })))

  test.each<readonly [string, (count: number) => readonly LayerIndex[]]>([
    ['two layers with the same files', count => [1, 2].map(() => index(names(count, at => `a/${at}`)))],
    ['a layer with many folders', count => [index(names(count, at => `a/${at}/b`))]],
    ['many layers with a file each', count => names(count / 4, at => `a/${at}`).map(path => index([path]))],
    ['many layers with the same file', count => names(count / 4, () => 'a').map(path => index([path]))],
    [
      'spellings of one name',
      count => [
        index(names(count, at => at.toString(2).padStart(16, '0').replace(/0/g, 'a').replace(/1/g, 'A'))),
      ],
    ],
    [
      'many VPKs with the same file',
      count => {
        const paths = names(count, inAddons)
        return [
          index(
            paths,
            paths.map(path => vpk(path, ['scripts/a.nut', 'maps/a.bsp'])),
          ),
        ]
      },
    ],
    [
      'two VPKs with the same files',
      count =>
        [0, 1].map(at =>
          index(
            [inAddons(at)],
            [
              vpk(
                inAddons(at),
                names(count, file => `scripts/${file}`),
              ),
            ],
          ),
        ),
    ],
  ])('%s', (_name, make) => {
    const layers = make(manyParts(10))
    expect(endsInTime(() => MergedTree.of(layers))).toBe(true)
    expect(endsInTime(() => conflicts(layers))).toBe(true)
  })
})

test('quadratic work doesn’t end in time', () => {
  const quadratic = (text: string) => {
    let found = 0
    for (let at = 0; at < text.length; at += 1) if (text.lastIndexOf('b', at) >= 0) found += 1
    return found
  }
  const text = 'a'.repeat(manyParts(1))
  expect(endsInTime(() => quadratic(text), 1000)).toBe(false)
})
