import { expect, test } from 'vitest'
import { isMapName } from './map-name.ts'
import { findOfficialMap, officialCampaigns } from './official-campaigns.ts'

const chapters = officialCampaigns.flatMap(campaign => campaign.chapters)
const mapsOf = (mode: string) =>
  chapters.filter(chapter => chapter.modes.some(known => known === mode)).map(({ map }) => map)

test('there are 14 campaigns with 57 maps, all of them playable in coop, realism and versus', () => {
  expect(officialCampaigns).toHaveLength(14)
  expect(chapters).toHaveLength(57)
  expect(officialCampaigns.map(campaign => campaign.chapters.length)).toEqual([
    4, 5, 4, 5, 5, 3, 3, 5, 2, 5, 5, 5, 4, 2,
  ])
  for (const mode of ['coop', 'realism', 'versus']) expect(mapsOf(mode)).toHaveLength(57)
})

test('survival, scavenge and Room For One have only their own maps', () => {
  expect(mapsOf('survival')).toHaveLength(43)
  expect(mapsOf('scavenge')).toHaveLength(20)
  expect(mapsOf('mutation10')).toHaveLength(14)
  expect(findOfficialMap('c13m4_cutthroatcreek')?.chapter.modes).toEqual([
    'coop',
    'realism',
    'versus',
    'survival',
    'mutation10',
  ])
  expect(findOfficialMap('c13m1_alpinecreek')?.chapter.modes).toEqual(['coop', 'realism', 'versus'])
})

test('a map is found with its campaign, whatever its letter case', () => {
  expect(findOfficialMap('C8M1_Apartment')).toMatchObject({
    campaign: { id: 'L4D2C8', title: 'No Mercy', survivorSet: 1 },
    chapter: { number: 1, map: 'c8m1_apartment' },
  })
  expect(findOfficialMap('c1m1_hotel')?.campaign.survivorSet).toBe(2)
  expect(findOfficialMap('c15m1_none')).toBeNull()
  expect(findOfficialMap('__proto__')).toBeNull()
})

test('map names are unique and valid', () => {
  expect(new Set(chapters.map(({ map }) => map)).size).toBe(57)
  expect(chapters.every(({ map }) => isMapName(map))).toBe(true)
})

test.each(['', 'a b', '../c1m1_hotel', 'a;quit', 'a"', 'a\n', 'ä', 'x'.repeat(65), 'a.bsp'])(
  'is no map name: %j',
  text => {
    expect(isMapName(text)).toBe(false)
  },
)
