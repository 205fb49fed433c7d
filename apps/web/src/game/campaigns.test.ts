import { describe, expect, it } from 'vitest'
import { campaigns, findMap, mapTitle } from './campaigns.ts'
import { hashOf, randomFrom } from './random.ts'

describe('campaigns', () => {
  it('are the 14 official ones with their 57 maps, each once', () => {
    const maps = campaigns.flatMap(campaign => campaign.maps)
    expect(campaigns).toHaveLength(14)
    expect(maps).toHaveLength(57)
    expect(new Set(maps).size).toBe(57)
  })

  it('number their maps as the maps themselves do', () => {
    for (const { maps } of campaigns) {
      expect(maps.map(map => Number(/^c\d+m(\d+)_/.exec(map)?.[1]))).toEqual(
        maps.map((_, index) => index + 1),
      )
    }
  })

  it('are found by a map, in any case', () => {
    expect(findMap('C4M2_Sugarmill_A')).toMatchObject({ campaign: { name: 'Hard Rain' }, chapter: 2 })
    expect(findMap('l4d2_diescraper1_apartment_361')).toBeUndefined()
  })
})

describe('mapTitle', () => {
  it('leaves the readable part of a name', () => {
    expect(mapTitle('c4m2_sugarmill_a')).toBe('sugarmill a')
    expect(mapTitle('l4d2_diescraper1_apartment_361')).toBe('l4d2 diescraper1 apartment 361')
  })
})

describe('randomFrom', () => {
  it('gives the same picture for the same seed and another for another', () => {
    const draw = (seed: string) => {
      const random = randomFrom(hashOf(seed))
      return Array.from({ length: 5 }, random)
    }
    expect(draw('c4')).toEqual(draw('c4'))
    expect(draw('c4')).not.toEqual(draw('c5'))
    for (const value of draw('c4')) {
      expect(value).toBeGreaterThanOrEqual(0)
      expect(value).toBeLessThan(1)
    }
  })
})
