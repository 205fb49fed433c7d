import type { Campaign } from '@left4me/contract'
import { describe, expect, it } from 'vitest'
import { filterCampaigns, mainChapters, pictureMap } from './campaign-look.ts'

const campaign = (id: string, title: string, more: Partial<Campaign> = {}): Campaign => ({
  id,
  title,
  official: false,
  description: null,
  author: null,
  version: null,
  website: null,
  modes: [],
  missingMaps: [],
  size: 0,
  picture: null,
  layer: null,
  workshopUrl: null,
  ...more,
})
const chapters = (...maps: string[]) =>
  maps.map((map, index) => ({ number: index + 1, map, title: null, present: true }))

const campaigns = [
  campaign('L4D2C10', 'Death Toll', { official: true }),
  campaign('L4D2C2', 'Dark Carnival', { official: true }),
  campaign('urban', 'Urban Flight', {
    author: 'Somebody',
    modes: [{ mode: 'coop', chapters: chapters('uf1_boulevard', 'uf2_rooftops') }],
  }),
  campaign('apes', 'Apes', {
    modes: [
      { mode: 'survival', chapters: chapters('ape_zoo') },
      { mode: 'versus', chapters: chapters('ape1', 'ape2') },
    ],
  }),
]

describe('filterCampaigns', () => {
  it('puts custom campaigns first, and the official ones in the order of the game', () => {
    expect(filterCampaigns(campaigns, '').map(({ title }) => title)).toEqual([
      'Apes',
      'Urban Flight',
      'Dark Carnival',
      'Death Toll',
    ])
  })

  it('finds by title, author, map and mode', () => {
    const found = (search: string) => filterCampaigns(campaigns, search).map(({ id }) => id)
    expect(found('flight SOMEBODY')).toEqual(['urban'])
    expect(found('rooftops')).toEqual(['urban'])
    expect(found('survival')).toEqual(['apes'])
    expect(found('nothing like it')).toEqual([])
  })
})

describe('mainChapters', () => {
  it('are those of the campaign mode, else the most', () => {
    expect(campaigns.map(pictureMap)).toEqual(['L4D2C10', 'L4D2C2', 'uf1_boulevard', 'ape1'])
    expect(mainChapters(campaign('none', 'None'))).toEqual([])
  })
})
