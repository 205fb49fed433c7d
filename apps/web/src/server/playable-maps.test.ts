import type { Campaign, ServerCampaigns } from '@left4me/contract'
import { describe, expect, it } from 'vitest'
import { chaptersOf, findChapter, firstMap, startMapChoices } from './playable-maps.ts'
import { startMapOf, withStartMap } from './start-map.ts'

const chapter = (number: number, map: string, present = true, title: string | null = null) => ({
  number,
  map,
  title,
  present,
})
const campaign: Campaign = {
  id: 'diescraper',
  title: 'Diescraper',
  official: false,
  description: null,
  author: null,
  version: null,
  website: null,
  modes: [
    { mode: 'coop', chapters: [chapter(1, 'ds_1', false), chapter(2, 'ds_2', true, 'The Roof')] },
    { mode: 'versus', chapters: [chapter(2, 'ds_2', true, 'The Roof'), chapter(3, 'ds_3', true, '#DS_3')] },
  ],
  missingMaps: ['ds_1'],
  size: 1,
  picture: null,
  layer: null,
  workshopUrl: null,
}
const library: ServerCampaigns = { campaigns: [campaign], looseMaps: ['test_room'], left: 0 }

describe('playable maps', () => {
  it('are the chapters of a mode, those that are missing marked', () => {
    expect(chaptersOf(campaign, 'coop')).toEqual([
      { map: 'ds_1', label: '1 · ds 1', present: false },
      { map: 'ds_2', label: '2 · The Roof', present: true },
    ])
    expect(firstMap(chaptersOf(campaign, 'coop'))).toBe('ds_2')
    expect(chaptersOf(campaign, 'versus')[1]?.label).toBe('3 · ds 3')
  })

  it('are found by name in any case', () => {
    expect(findChapter([campaign], 'DS_3')).toMatchObject({ mode: 'versus' })
    expect(findChapter([campaign], 'test_room')).toBeNull()
  })

  it('are offered once each to begin with, missing ones never', () => {
    expect(startMapChoices(library).map(({ value }) => value)).toEqual(['ds_2', 'ds_3', 'test_room'])
  })
})

describe('the map to begin with', () => {
  it('is read from and put into the launch arguments', () => {
    expect(startMapOf(['-maxplayers', '8', '+MAP', 'ds_2'])).toBe('ds_2')
    expect(startMapOf(['-maxplayers', '8'])).toBe('')
    expect(withStartMap(['+map', 'ds_2', '-maxplayers', '8'], 'ds_3')).toEqual([
      '-maxplayers',
      '8',
      '+map',
      'ds_3',
    ])
    expect(withStartMap(['+map', 'ds_2'], '')).toEqual([])
  })
})
