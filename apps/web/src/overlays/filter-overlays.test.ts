import type { Overlay } from '@left4me/contract'
import { describe, expect, it } from 'vitest'
import { filterOverlays } from './filter-overlays.ts'

const overlay = (id: number, name: string, more: Partial<Overlay> = {}): Overlay => ({
  id,
  name,
  kind: 'upload',
  ownerId: 1,
  ownerName: 'zoey',
  shared: false,
  script: null,
  workshopIds: null,
  indexUrl: null,
  revision: null,
  files: 0,
  bytes: 0,
  findings: { errors: 0, warnings: 0, notes: 0 },
  publishedAt: null,
  draftFiles: 0,
  buildNeeded: false,
  usedBy: { servers: [], blueprints: [] },
  jobId: null,
  createdAt: '2026-11-23T00:00:00Z',
  updatedAt: '2026-11-23T00:00:00Z',
  ...more,
})

const overlays = [
  overlay(1, 'Urban Flight', { kind: 'workshop', shared: true }),
  overlay(2, 'Admin', { usedBy: { servers: [{ id: 4, name: 'Friday night' }], blueprints: [] } }),
  overlay(3, 'Competitive', { kind: 'script', ownerId: 2, ownerName: 'ellis', shared: true }),
]
const names = (filter: Parameters<typeof filterOverlays>[1]) =>
  filterOverlays(overlays, filter, 1).map(({ name }) => name)

describe('filterOverlays', () => {
  it('orders by name', () => {
    expect(names({})).toEqual(['Admin', 'Competitive', 'Urban Flight'])
  })

  it('finds by name, kind, owner and who uses it; all words have to fit', () => {
    expect(names({ search: 'urb' })).toEqual(['Urban Flight'])
    expect(names({ search: 'script ELLIS' })).toEqual(['Competitive'])
    expect(names({ search: 'friday' })).toEqual(['Admin'])
    expect(names({ search: 'urban friday' })).toEqual([])
  })

  it('filters by kind, and by whose they are', () => {
    expect(names({ kind: 'script' })).toEqual(['Competitive'])
    expect(names({ whose: 'mine' })).toEqual(['Admin', 'Urban Flight'])
    expect(names({ whose: 'shared' })).toEqual(['Competitive', 'Urban Flight'])
    expect(names({ whose: 'mine', kind: 'script' })).toEqual([])
  })
})
