import type { DiskUse } from '@left4me/contract'
import { describe, expect, it } from 'vitest'
import { readDiskParts, readRemovable } from './disk-parts.ts'

const use: DiskUse = {
  total: 1000,
  available: 300,
  installation: 200,
  overlays: [
    {
      overlayId: 1,
      name: 'Campaigns',
      draft: 30,
      uploads: 5,
      revisions: [
        { revision: 1, bytes: 50, own: 40, keptBy: [], canGo: true },
        { revision: 2, bytes: 60, own: 10, keptBy: ['Friday night'], canGo: false },
      ],
    },
    { overlayId: 9, name: null, draft: 0, uploads: 0, revisions: [] },
  ],
  servers: [{ serverId: 1, name: 'Friday night', upper: 15 }],
  workshopCache: { bytes: 100, unused: 20, items: 3 },
  leftovers: 7,
  canGo: 67,
}

describe('readDiskParts', () => {
  it('adds up to what is used', () => {
    const parts = readDiskParts(use)
    expect(parts).toEqual({
      installation: 200,
      overlays: 110,
      drafts: 35,
      servers: 15,
      workshop: 100,
      leftovers: 7,
      other: 233,
    })
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(use.total - use.available)
  })

  it('never shows less than nothing, where the parts were measured a little later than the whole', () => {
    expect(readDiskParts({ ...use, available: 900 }).other).toBe(0)
  })
})

describe('readRemovable', () => {
  it('names exactly what may go', () => {
    expect(readRemovable(use)).toEqual({
      revisions: [{ overlayId: 1, name: 'Campaigns', revision: 1, own: 40 }],
      workshop: 20,
      leftovers: 7,
    })
  })
})
