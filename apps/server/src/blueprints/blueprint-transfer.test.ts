import { limits } from '@left4me/contract'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addUser, type TemporaryDatabase, temporaryDatabase } from '../testing/temporary-database.ts'
import { BlueprintRows } from './blueprint-rows.ts'
import type { BlueprintDefinition } from './blueprint-text.ts'
import { definitionOf, importBlueprint } from './blueprint-transfer.ts'

const digest = 'c'.repeat(64)
const script = '#!/bin/bash\ntouch "$OVERLAY/left4dead2/x"\n'
const blueprint: BlueprintDefinition = {
  name: 'Versus',
  description: 'Two teams',
  arguments: ['+mp_gamemode', 'versus'],
  config: ['sv_alltalk 1'],
  overlays: [
    { name: 'Admins', kind: 'script', script },
    { name: 'Maps', kind: 'workshop', items: ['2', '1'] },
    { name: 'Index', kind: 'map-index', url: 'https://maps.example/index.csv' },
  ],
}

describe('blueprints travel', () => {
  let temporary: TemporaryDatabase
  let blueprints: BlueprintRows
  const person = { userId: 1, role: 'user', mayBringCode: true } as const
  const other = { userId: 2, role: 'user', mayBringCode: true } as const
  const guest = { userId: 3, role: 'user', mayBringCode: false } as const

  beforeEach(async () => {
    temporary = await temporaryDatabase()
    blueprints = new BlueprintRows(temporary.db)
    // Their ids are 1, 2 and 3.
    for (const name of ['zoey', 'louis', 'francis']) await addUser(temporary.db, name)
  })
  afterEach(() => temporary[Symbol.asyncDispose]())

  const bring = (who: Parameters<typeof importBlueprint>[1], definition: BlueprintDefinition = blueprint) =>
    importBlueprint({ db: temporary.db, blueprints }, who, definition)
  const exported = async (who: Parameters<typeof definitionOf>[1], id: number) =>
    definitionOf(temporary.db, who, await blueprints.get(id))
  const count = async (table: 'overlays' | 'blueprints' | 'overlay_scripts') =>
    (await temporary.db.selectFrom(table).select('id').execute()).length

  test('what another account imports it exports again as it was', async () => {
    const first = await bring(person)
    const second = await bring(other, await exported(person, first.blueprint.id))
    expect(second.overlays.map(overlay => overlay.made)).toEqual([true, true, true])
    expect(second.notes).toEqual([])
    expect(second.blueprint).toMatchObject({ name: 'Versus', ownerId: 2, shared: false })
    expect(await exported(other, second.blueprint.id)).toEqual(blueprint)
    expect(await count('overlay_scripts')).toBe(2)
  })

  test('any blueprint survives the way to another account', async () => {
    const items = fc.uniqueArray(fc.stringMatching(/^[1-9][0-9]{0,8}$/), { minLength: 1, maxLength: 3 })
    const overlay = fc.oneof(
      fc.record({ name: fc.constant('S'), kind: fc.constant('script' as const), script: fc.string() }),
      fc.record({ name: fc.constant('W'), kind: fc.constant('workshop' as const), items }),
      fc.record({ name: fc.constant('I'), kind: fc.constant('map-index' as const), url: fc.webUrl() }),
    )
    let number = 0
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(overlay, { maxLength: 4, selector: each => JSON.stringify(each) }),
        fc.array(fc.stringMatching(/^x_[a-z]{1,5} [0-9]$/), { maxLength: 3 }),
        async (overlays, config) => {
          number += 1
          const given = { ...blueprint, name: `B${number}`, overlays, config }
          const there = await bring(person, given)
          const definition = await exported(person, there.blueprint.id)
          const back = await bring(other, definition)
          expect(await exported(other, back.blueprint.id)).toEqual(definition)
        },
      ),
      { numRuns: 30 },
    )
  })

  test('an overlay of the same content is used again, and nothing that exists is changed', async () => {
    const first = await bring(person)
    const ids = first.blueprint.overlayIds
    const again = await bring(person)
    expect(again.blueprint).toMatchObject({ name: 'Versus (2)', overlayIds: ids })
    expect(again.overlays.every(overlay => !overlay.made)).toBe(true)
    expect(again.notes).toEqual([expect.stringContaining('“Versus” already')])
    expect(await blueprints.get(first.blueprint.id)).toMatchObject({ name: 'Versus', overlayIds: ids })
    expect(await count('overlays')).toBe(3)
  })

  test('somebody else’s private overlay is never used', async () => {
    await bring(person)
    const { overlays } = await bring(other)
    expect(overlays.every(overlay => overlay.made)).toBe(true)
    expect(await count('overlays')).toBe(6)
  })

  test('who may not bring code gets no script, unless one of the same text is shared with them', async () => {
    const first = await bring(person)
    const without = await bring(guest)
    expect(without.overlays.map(overlay => overlay.name)).toEqual(['Maps', 'Index'])
    expect(without.notes).toEqual([expect.stringMatching(/“Admins” is left out.*Ask an admin/)])
    await temporary.db.updateTable('overlays').set({ shared: 1 }).where('kind', '=', 'script').execute()
    const shared = await bring(guest)
    expect(shared.blueprint.overlayIds[0]).toBe(first.blueprint.overlayIds[0])
    // What it is built from stays its owner's to see: only a digest goes on.
    const [hidden] = (await exported(guest, shared.blueprint.id)).overlays
    expect(hidden).toEqual({
      name: 'Admins',
      kind: 'script',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(JSON.stringify(hidden)).not.toContain('touch')
    expect((await bring(other, { ...blueprint, overlays: hidden ? [hidden] : [] })).overlays[0]?.made).toBe(
      false,
    )
  })

  test('files of uploads don’t travel: one with the same files is used, else it is left out', async () => {
    const upload = { name: 'Files', kind: 'upload', digest } as const
    const without = await bring(person, { ...blueprint, overlays: [upload] })
    expect(without.blueprint.overlayIds).toEqual([])
    expect(without.notes).toEqual([expect.stringContaining('“Files” is left out')])
    const row = { kind: 'upload' as const, revision: 3, created_at: 0, updated_at: 0 }
    await temporary.db
      .insertInto('overlays')
      .values({ ...row, name: 'Mine', owner_id: 1, shared: 0 })
      .execute()
    const { id } = await temporary.db.selectFrom('overlays').select('id').executeTakeFirstOrThrow()
    await temporary.db
      .insertInto('overlay_revisions')
      .values({ overlay_id: id, revision: 3, summary: JSON.stringify({ digest }), job_id: null })
      .execute()
    const found = await bring(person, { ...blueprint, overlays: [upload, { ...upload, name: 'Twice' }] })
    expect(found.overlays).toEqual([{ id, name: 'Mine', made: false }])
    expect(found.notes[0]).toContain('“Twice”')
    expect((await exported(person, found.blueprint.id)).overlays).toEqual([{ ...upload, name: 'Mine' }])
  })

  test('a line that belongs to the platform is refused, and nothing is made', async () => {
    const wrong = { ...blueprint, config: ['sv_alltalk 1', 'rcon_password x'] }
    await expect(bring(person, wrong)).rejects.toMatchObject({
      code: 'reserved-setting',
      errors: [expect.objectContaining({ path: '/config/1' })],
    })
    expect([await count('blueprints'), await count('overlays')]).toEqual([0, 0])
  })

  test('a failure in the middle leaves nothing behind', async () => {
    const refusing = new BlueprintRows(temporary.db)
    refusing.insertIn = () => Promise.reject(new Error('the disk is full'))
    await expect(
      importBlueprint({ db: temporary.db, blueprints: refusing }, person, blueprint),
    ).rejects.toThrow('the disk is full')
    expect([await count('overlays'), await count('overlay_scripts')]).toEqual([0, 0])
  })

  test('a taken name of full length makes room for its number', async () => {
    const name = 'x'.repeat(limits.blueprintName)
    await bring(person, { ...blueprint, name, overlays: [] })
    const { blueprint: second } = await bring(person, { ...blueprint, name, overlays: [] })
    expect(second.name).toBe(`${'x'.repeat(limits.blueprintName - 4)} (2)`)
  })
})
