import { describe, expect, test } from 'vitest'
import { indexOf, type MemoryFiles, memoryLayer, mission, vpk } from '../../testing/memory-layer.ts'
import { readServerContent, type ServerLayer } from '../layers/server-content.ts'
import { officialCampaigns } from '../official-campaigns.ts'
import { readImage } from './browser-image.ts'
import { campaignLibrary } from './campaign-library.ts'
import { nextMaps, startMaps } from './map-choices.ts'

const addons = 'left4dead2/addons'
const jpeg = Buffer.from('ffd8ffe000104a464946', 'hex')
const png = Buffer.from('89504e470d0a1a0a0000', 'hex')

async function libraryOf(overlays: readonly MemoryFiles[], game: MemoryFiles | null = null) {
  const layers: ServerLayer[] = await Promise.all(
    overlays.map(async files => ({ name: 'x', index: await indexOf(files) })),
  )
  if (game !== null)
    layers.push({ name: 'Game', index: await indexOf(game, 'installation'), installation: true })
  return campaignLibrary(readServerContent(layers), layers)
}
const custom = async (...overlays: MemoryFiles[]) =>
  (await libraryOf(overlays)).campaigns.filter(({ official }) => !official)
const campaign = {
  'missions/a.txt': mission('dark', ['Dark_1', 'dark_2']),
  'maps/dark_1.bsp': '12345',
  'maps/dark_2.bsp': 'x',
}

describe('the campaign library', () => {
  test('has a Workshop campaign with everything that a page shows', async () => {
    const bytes = vpk({ ...campaign, 'addonimage.jpg': jpeg })
    expect(await custom({}, { [`${addons}/123456789.vpk`]: bytes })).toEqual([
      {
        id: 'dark',
        title: 'The dark',
        official: false,
        description: null,
        author: null,
        version: null,
        website: null,
        survivorSet: 2,
        modes: [
          {
            mode: 'coop',
            chapters: [
              { number: 1, map: 'dark_1', title: null, present: true },
              { number: 2, map: 'dark_2', title: null, present: true },
            ],
          },
        ],
        maps: ['dark_1', 'dark_2'],
        missingMaps: [],
        image: {
          path: 'addonimage.jpg',
          size: 10,
          type: 'image/jpeg',
          layer: 1,
          vpk: `${addons}/123456789.vpk`,
        },
        size: bytes.length,
        origin: { layer: 1, vpk: `${addons}/123456789.vpk`, path: 'missions/a.txt' },
        workshopId: '123456789',
      },
    ])
  })

  test('has loose campaigns, whose size is that of their maps', async () => {
    const loose = Object.fromEntries(
      Object.entries(campaign).map(([path, text]) => [`left4dead2/${path}`, text]),
    )
    expect(await custom(loose)).toMatchObject([{ id: 'dark', size: 6, workshopId: null, image: null }])
  })

  test('has the official campaigns, with what the installation lacks', async () => {
    const { campaigns } = await libraryOf([], { 'left4dead2/maps/c1m1_hotel.bsp': '123' })
    expect(campaigns.map(({ id }) => id)).toEqual(officialCampaigns.map(({ id }) => id))
    expect(campaigns[0]).toMatchObject({
      title: 'Dead Center',
      size: 3,
      missingMaps: { length: 3 },
      origin: null,
    })
    expect((await libraryOf([])).campaigns[0]).toMatchObject({ missingMaps: [] })
  })

  test('lists a campaign once that replaces an official one, and whence it comes', async () => {
    const { campaigns } = await libraryOf([
      { [`${addons}/fix.vpk`]: vpk({ 'missions/a.txt': mission('l4d2c9', ['c9m1_alleys']) }) },
    ])
    expect(campaigns).toHaveLength(14)
    expect(campaigns[8]).toMatchObject({
      id: 'l4d2c9',
      title: 'Crash Course',
      official: true,
      maps: ['c9m1_alleys'],
      origin: { vpk: `${addons}/fix.vpk` },
    })
  })

  test('names chapters whose map is missing, and maps that no campaign plays', async () => {
    const { campaigns, otherMaps } = await libraryOf([
      {
        [`${addons}/a.vpk`]: vpk({
          'missions/a.txt': mission('dark', ['dark_1', 'dark_2']),
          'maps/dark_1.bsp': '',
        }),
      },
      { [`${addons}/b.vpk`]: vpk({ 'maps/arena.bsp': '' }), 'left4dead2/maps/loose.bsp': '' },
    ])
    expect(campaigns.at(-1)).toMatchObject({ missingMaps: ['dark_2'] })
    expect(otherMaps).toEqual([
      { map: 'arena', place: { layer: 1, vpk: `${addons}/b.vpk`, path: 'maps/arena.bsp' } },
      { map: 'loose', place: { layer: 1, vpk: null, path: 'left4dead2/maps/loose.bsp' } },
    ])
  })

  test('takes a map of another layer as there', async () => {
    const parts = [
      { [`${addons}/a.vpk`]: vpk({ 'missions/a.txt': mission('dark', ['dark_1']) }) },
      { [`${addons}/b.vpk`]: vpk({ 'maps/dark_1.bsp': '' }) },
    ]
    expect(await custom(...parts)).toMatchObject([{ missingMaps: [] }])
    expect(await custom(...parts.slice(0, 1))).toMatchObject([{ missingMaps: ['dark_1'] }])
  })

  test('calls a campaign by its addon where the mission has a token only', async () => {
    const text = 'mission { Name dark DisplayTitle "#token" }'
    const named = vpk({ 'missions/a.txt': text, 'addoninfo.txt': 'AddonInfo { addontitle "Dark Times" }' })
    expect(await custom({ [`${addons}/a.vpk`]: named })).toMatchObject([{ title: 'Dark Times' }])
    expect(await custom({ [`${addons}/a.vpk`]: vpk({ 'missions/a.txt': text }) })).toMatchObject([
      { title: 'dark' },
    ])
  })
})

describe('pictures', () => {
  const imageOf = async (files: Record<string, string | Uint8Array>) => {
    const bytes = vpk(files)
    const [found] = (await indexOf({ [`${addons}/a.vpk`]: bytes })).vpks
    await using open = await memoryLayer({ a: bytes }).openVpk('a')
    const read = found?.image ? await readImage(open, found.image) : null
    return [found?.image?.type ?? null, read?.type ?? null, read?.bytes.length ?? null]
  }

  test.each([
    ['a JPEG', { 'addonimage.jpg': jpeg }, ['image/jpeg', 'image/jpeg', 10]],
    ['a PNG', { 'AddonImage.PNG': png }, ['image/png', 'image/png', 10]],
    ['a PNG that is called JPEG, as what it is', { 'addonimage.jpg': png }, ['image/png', 'image/png', 10]],
    [
      'the next where one is none',
      { 'addonimage.jpg': 'x', 'addonimage.png': png },
      ['image/png', 'image/png', 10],
    ],
  ])('are found: %s', async (_what, files, expected) => {
    expect(await imageOf(files)).toEqual(expected)
  })

  test.each([
    ['a web page', { 'addonimage.jpg': '<script>alert(1)</script>' }],
    ['an SVG', { 'addonimage.png': '<svg onload="alert(1)"/>' }],
    ['a texture', { 'addonimage.vtf': 'VTF\0' }],
    ['one that is too large', { 'addonimage.jpg': Buffer.concat([jpeg, Buffer.alloc(4 * 1024 * 1024)]) }],
    ['an empty one', { 'addonimage.jpg': '' }],
    ['one in a folder', { 'materials/addonimage.jpg': jpeg }],
  ])('are refused: %s', async (_what, files) => {
    expect(await imageOf(files as Record<string, string>)).toEqual([null, null, null])
  })

  test('are not read when the VPK changed meanwhile', async () => {
    await using open = await memoryLayer({ a: vpk({ 'addonimage.jpg': 'other' }) }).openVpk('a')
    expect(await readImage(open, { path: 'addonimage.jpg' })).toBeNull()
    expect(await readImage(open, { path: 'gone.jpg' })).toBeNull()
  })
})

describe('choices of maps', () => {
  const dark = {
    [`${addons}/a.vpk`]: vpk({ ...campaign, 'missions/v.txt': mission('duel', ['dark_2'], 'versus') }),
  }
  const ids = (choices: readonly { readonly campaign: { readonly id: string } }[]) =>
    choices.map(({ campaign: { id } }) => id).filter(id => !id.startsWith('L4D2'))

  test('are those of the mode whose maps are there', async () => {
    const library = await libraryOf([dark])
    expect(ids(startMaps(library, 'coop'))).toEqual(['dark'])
    expect(ids(startMaps(library, 'Versus'))).toEqual(['duel'])
    expect(ids(startMaps(library, 'survival'))).toEqual([])
    expect(startMaps(library, 'survival')).toHaveLength(14)
    expect(startMaps(library, 'mutation99')).toEqual([])
  })

  test('play coop’s chapters in realism where a campaign has none of its own', async () => {
    expect(ids(startMaps(await libraryOf([dark]), 'realism'))).toEqual(['dark'])
  })

  test('leave out what is missing', async () => {
    const part = {
      [`${addons}/a.vpk`]: vpk({
        'missions/a.txt': mission('dark', ['no', 'dark_2']),
        'maps/dark_2.bsp': '',
      }),
    }
    const library = await libraryOf([part], {})
    expect(startMaps(library, 'coop').map(({ chapters }) => chapters.map(({ map }) => map))).toEqual([
      ['dark_2'],
    ])
  })

  test('go on with the next chapter, and after the last with any campaign', async () => {
    const library = await libraryOf([dark])
    expect(nextMaps(library, 'coop', 'DARK_1').next).toMatchObject({
      campaign: { id: 'dark' },
      chapter: { map: 'dark_2' },
    })
    const last = nextMaps(library, 'coop', 'dark_2')
    expect(last.next).toBeNull()
    expect(last.campaigns).toHaveLength(15)
    expect(last.campaigns[0]).toMatchObject({ chapter: { map: 'c1m1_hotel' } })
    expect(nextMaps(library, 'coop', 'unknown').next).toBeNull()
  })
})
