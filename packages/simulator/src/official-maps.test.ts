import { describe, expect, it } from 'vitest'
import { officialMaps, survivorsOf } from './official-maps.ts'

describe('official maps', () => {
  it('are 57, of 14 campaigns, each once', () => {
    expect(officialMaps).toHaveLength(57)
    expect(new Set(officialMaps).size).toBe(57)
    expect(new Set(officialMaps.map(map => map.split('m')[0])).size).toBe(14)
  })

  it.each([
    ['c1m1_hotel', 'Nick'],
    ['c7m1_docks', 'Bill'],
    ['c12m5_cornfield', 'Bill'],
    ['c13m1_alpinecreek', 'Nick'],
    ['c14m2_lighthouse', 'Bill'],
    ['custom_map', 'Nick'],
  ])('have the survivors of their game: %s has %s', (map, survivor) => {
    expect(survivorsOf(map)).toContain(survivor)
  })
})
