import type { ServerLayer } from '@left4me/contract'
import { expect, it } from 'vitest'
import { stateOfLayer } from './layer-state.ts'

const layer: ServerLayer = {
  overlayId: 1,
  name: 'Maps',
  kind: 'workshop',
  ownerName: 'zoey',
  from: 'server',
  revision: 3,
  newest: 3,
  mounted: null,
  held: false,
  needsAcceptance: false,
  files: 1,
  bytes: 1,
  findings: { errors: 0, warnings: 0 },
}

it('tells what runs from what the next start takes', () => {
  expect(stateOfLayer(layer, false).pending).toBeNull()
  expect(stateOfLayer({ ...layer, mounted: 3 }, true).pending).toBeNull()
  expect(stateOfLayer({ ...layer, mounted: 2 }, true).pending).toBe(2)
  expect(stateOfLayer(layer, true).pending).toBe('new')
})

it('tells who follows the newest, who stays, and who has to accept', () => {
  expect(stateOfLayer(layer, false)).toMatchObject({ kind: 'newest', accepts: false })
  expect(stateOfLayer({ ...layer, held: true }, false)).toMatchObject({ kind: 'held', accepts: false })
  expect(stateOfLayer({ ...layer, needsAcceptance: true }, false)).toMatchObject({
    kind: 'held',
    accepts: true,
  })
})
