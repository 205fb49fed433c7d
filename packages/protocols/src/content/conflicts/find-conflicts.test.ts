import { describe, expect, test } from 'vitest'
import { indexOf, type MemoryFiles, mission, vpk } from '../../testing/memory-layer.ts'
import type { ServerLayer } from '../layers/server-content.ts'
import { type ConflictCode, conflictCodes } from './conflict.ts'
import { type ConflictReport, findConflicts } from './find-conflicts.ts'

const addons = 'left4dead2/addons'
const game: MemoryFiles = {
  'left4dead2/gameinfo.txt': 'x',
  'left4dead2/maps/c1m1_hotel.bsp': 'x',
  'update/maps/c1m1_hotel.bsp': 'x',
  'left4dead2/missions/campaign1.txt': mission('L4D2C1', ['c1m1_hotel']),
  'left4dead2/scripts/vscripts/official.nut': 'x',
  'left4dead2/A.txt': 'x',
  'left4dead2/a.txt': 'x',
}

/** Uppermost first, called A, B, …, above the installation. */
async function stack(...layers: readonly MemoryFiles[]): Promise<ServerLayer[]> {
  const overlays = layers.map(async (files, at) => ({
    name: String.fromCharCode(65 + at),
    index: await indexOf(files),
  }))
  const installation = { name: 'Game', index: await indexOf(game, 'installation'), installation: true }
  return [...(await Promise.all(overlays)), installation]
}

const find = async (...layers: readonly MemoryFiles[]) => findConflicts(await stack(...layers))
const codesOf = ({ conflicts }: ConflictReport) => conflicts.map(({ code }) => code)
const inVpk = (name: string, files: Readonly<Record<string, string>>): MemoryFiles => ({
  [`${addons}/${name}`]: vpk(files),
})
const nut = 'scripts/vscripts/a.nut'

/** For each kind: layers with it, and layers like them without. */
const cases: Record<ConflictCode, { readonly found: MemoryFiles[][]; readonly not: MemoryFiles[][] }> = {
  'same-file': {
    found: [[{ x: '1' }, { x: '2' }], [{ 'left4dead2/gameinfo.txt': '1' }]],
    not: [
      [{ x: '1' }, { y: '2' }],
      [{ x: '1' }, { 'x/y': '2' }],
    ],
  },
  'folder-hides-file': { found: [[{ 'x/y': '1' }, { x: '2' }]], not: [[{ x: '1' }, { 'x/y': '2' }]] },
  'file-hides-folder': { found: [[{ x: '1' }, { 'x/y': '2' }]], not: [[{ 'x/y': '1' }, { x: '2' }]] },
  'letter-case': {
    found: [
      [{ 'x/a': '1' }, { 'x/A': '2' }],
      [{ 'X/a': '1' }, { 'x/b': '2' }],
      [{ X: '1' }, { x: '2' }, { y: '' }],
    ],
    not: [[{ 'x/a': '1' }, { 'x/a': '2' }], [{ 'X/a': '1' }, { 'Y/A': '1' }], []],
  },
  'same-vpk': {
    found: [[inVpk('a.vpk', { [nut]: '1' }), inVpk('b.vpk', { [nut]: '1' })]],
    not: [
      [inVpk('a.vpk', { [nut]: '1' }), inVpk('a.vpk', { [nut]: '1' })],
      [inVpk('a.vpk', { [nut]: '1' }), inVpk('b.vpk', { [nut]: '22' })],
      [inVpk('a.vpk', {}), inVpk('b.vpk', {})],
    ],
  },
  'same-mission': {
    found: [
      [
        inVpk('a.vpk', { 'missions/a.txt': mission('X', []) }),
        inVpk('b.vpk', { 'missions/b.txt': mission('x', []) }),
      ],
      [inVpk('a.vpk', { 'missions/a.txt': mission('L4D2C1', []) })],
      [{ 'left4dead2/missions/a.txt': mission('X', []), 'left4dead2/missions/b.txt': mission('X', []) }],
    ],
    not: [
      [
        inVpk('a.vpk', { 'missions/a.txt': mission('X', []) }),
        inVpk('b.vpk', { 'missions/b.txt': mission('Y', []) }),
      ],
      [{ 'left4dead2/missions/a.txt': mission('X', []) }, { 'left4dead2/missions/a.txt': mission('X', []) }],
      [{ 'left4dead2/missions/campaign1.txt': mission('L4D2C1', []) }],
    ],
  },
  'same-map': {
    found: [
      [inVpk('a.vpk', { 'maps/m.bsp': '1' }), inVpk('b.vpk', { 'maps/M.bsp': '22' })],
      [inVpk('a.vpk', { 'maps/m.bsp': '1' }), { 'left4dead2/maps/m.bsp': '2' }],
      [inVpk('a.vpk', { 'maps/c1m1_hotel.bsp': '1' })],
      [{ 'update/maps/m.bsp': '1' }, { 'left4dead2/maps/m.bsp': '1' }],
    ],
    not: [
      [inVpk('a.vpk', { 'maps/m.bsp': '1' }), inVpk('b.vpk', { 'maps/n.bsp': '1' })],
      [inVpk('a.vpk', { 'maps/m.bsp': '1' }), inVpk('b.vpk', { 'maps/m.bsp': '1' })],
      [{ 'left4dead2/maps/m.bsp': '1' }, { 'left4dead2/maps/m.bsp': '1' }],
      [],
    ],
  },
  'same-vscript': {
    found: [
      [inVpk('a.vpk', { [nut]: '1' }), inVpk('b.vpk', { [nut.toUpperCase()]: '22' })],
      [inVpk('a.vpk', { [nut]: '1' }), { [`left4dead2/${nut}`]: '2' }],
    ],
    not: [
      [inVpk('a.vpk', { [nut]: '1' }), { [`other/${nut}`]: '2' }],
      // The engine runs these of every addon.
      [
        inVpk('a.vpk', { 'scripts/vscripts/mapspawn_addon.nut': '1' }),
        inVpk('b.vpk', { 'scripts/vscripts/mapspawn_addon.nut': '22' }),
      ],
      // What the installation has is there to be replaced.
      [inVpk('a.vpk', { 'scripts/vscripts/official.nut': '1' })],
    ],
  },
  'same-game-file': {
    found: [
      [inVpk('a.vpk', { 'scripts/melee/a.txt': '1' }), inVpk('b.vpk', { 'scripts/melee/a.txt': '22' })],
    ],
    not: [[inVpk('a.vpk', { 'addoninfo.txt': 'a { }' }), inVpk('b.vpk', { 'addoninfo.txt': 'bb { }' })]],
  },
  'same-look': {
    found: [[inVpk('a.vpk', { 'models/a.mdl': '1' }), inVpk('b.vpk', { 'models/a.mdl': '22' })]],
    not: [[inVpk('a.vpk', { 'models/a.mdl': '1' }), inVpk('b.vpk', { 'models/b.mdl': '22' })]],
  },
}

describe('each kind of conflict is found where it is, and not beside it', () => {
  test.each(conflictCodes)('%s', async code => {
    for (const [at, layers] of cases[code].found.entries())
      expect(codesOf(await find(...layers)), `found[${at}]`).toContain(code)
    for (const [at, layers] of cases[code].not.entries())
      expect(codesOf(await find(...layers)), `not[${at}]`).not.toContain(code)
  })
})

describe('findConflicts', () => {
  test('lets the uppermost layer win among files, and groups them by who brings them', async () => {
    const { conflicts } = await find({ 'x/1': 'a', 'x/2': 'a' }, { 'x/1': 'b', 'x/2': 'b', y: '' }, { y: '' })
    expect(conflicts).toMatchObject([
      {
        code: 'same-file',
        winner: 0,
        count: 2,
        subjects: ['x/1', 'x/2'],
        places: [{ layer: 0 }, { layer: 1 }],
      },
      { code: 'same-file', winner: 0, count: 1, subjects: ['y'], places: [{ layer: 1 }, { layer: 2 }] },
    ])
    expect(conflicts[0]?.message).toBe('2 files are in “A”, “B”. The server takes that of “A”.')
  })

  test('says honestly that one of several VPKs wins', async () => {
    const { conflicts } = await find(inVpk('a.vpk', { [nut]: '1' }), inVpk('b.vpk', { [nut]: '22' }))
    expect(conflicts).toMatchObject([
      {
        code: 'same-vscript',
        winner: null,
        places: [
          { layer: 0, vpk: `${addons}/a.vpk` },
          { layer: 1, vpk: `${addons}/b.vpk` },
        ],
        message:
          'The file scripts/vscripts/a.nut is in a.vpk of “A”, b.vpk of “B”. The server takes one of them; which one isn’t certain.',
      },
    ])
  })

  test('sees nothing of a VPK that an upper layer hides, that is switched off, or that isn’t mounted', async () => {
    const upper = inVpk('a.vpk', { 'b.txt': '1' })
    const hidden = inVpk('a.vpk', { [nut]: '1' })
    const other = inVpk('b.vpk', { [nut]: '22' })
    expect(codesOf(await find(upper, hidden, other))).toEqual(['same-file'])
    expect(codesOf(await find({ [addons]: 'x' }, hidden, other))).toEqual(['file-hides-folder'])
    expect(codesOf(await find(inVpk('sub/a.vpk', { [nut]: '1' }), other))).toEqual([])
    const layers = await stack(hidden, other)
    expect(codesOf(findConflicts(layers))).toEqual(['same-vscript'])
    expect(codesOf(findConflicts(layers, { disabledAddons: new Set(['a.vpk']) }))).toEqual([])
  })

  test('counts copies of one VPK once among its conflicts with others', async () => {
    const copy = { [nut]: '1', 'maps/m.bsp': '1' }
    const { conflicts } = await find(
      inVpk('a.vpk', copy),
      inVpk('b.vpk', copy),
      inVpk('c.vpk', { [nut]: '22', 'maps/m.bsp': '22' }),
    )
    expect(conflicts.map(({ code, places }) => [code, places.length])).toEqual([
      ['same-map', 2],
      ['same-vscript', 2],
      ['same-vpk', 2],
    ])
  })

  test('tells the same for the same layers, warnings first', async () => {
    const layers = await stack(
      { ...inVpk('a.vpk', { [nut]: '1', 'models/a.mdl': '1' }), x: '' },
      { ...inVpk('b.vpk', { [nut]: '22', 'models/a.mdl': '22' }), x: '' },
    )
    const first = findConflicts(layers)
    expect(first.conflicts.map(({ severity }) => severity)).toEqual(['warning', 'note', 'note'])
    expect(findConflicts(layers)).toEqual(first)
  })

  test('finds no conflict in the installation alone', async () => {
    expect(await find()).toEqual({ conflicts: [], omitted: 0 })
  })
})
