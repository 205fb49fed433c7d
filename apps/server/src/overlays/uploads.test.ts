import {
  type Job,
  type List,
  limits,
  type Overlay,
  type OverlayFile,
  type OverlayUpload,
  type Problem,
} from '@left4me/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../db/open-database.ts'
import { type Person, ProductBed } from '../testing/product-bed.ts'
import { zipOf } from '../testing/zip-of.ts'

const overlays = '/api/v1/overlays'

describe('uploads in parts', () => {
  let bed: ProductBed
  let owner: Person
  let coder: Person
  beforeAll(async () => {
    bed = await ProductBed.open()
    owner = await bed.addPerson('zoey')
    coder = await bed.addPerson('ellis')
    await bed.admin.send('PATCH', `/api/v1/users/${coder.id}`, { mayBringCode: true })
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  const newOverlay = async (person = owner) =>
    (await person.send<Overlay>('POST', overlays, { name: 'Files', kind: 'upload' })).body.id
  const begin = async (id: number, name: string, size: number, person = owner) =>
    (await person.send<OverlayUpload>('POST', `${overlays}/${id}/uploads`, { name, size })).body
  const part = (id: number, upload: number, offset: number, content: string | Uint8Array, person = owner) =>
    person.put<OverlayUpload & Problem>(`${overlays}/${id}/uploads/${upload}/parts?offset=${offset}`, content)
  const uploadsOf = async (id: number) =>
    (await owner.get<List<OverlayUpload>>(`${overlays}/${id}/uploads`)).body.items
  const draftOf = async (id: number, person = owner) =>
    (await person.get<List<OverlayFile>>(`${overlays}/${id}/files`)).body.items
  const take = (id: number, upload: number, body: object = {}, person = owner): Promise<Job> =>
    bed.done(person, `${overlays}/${id}/uploads/${upload}/take`, 'POST', body)
  async function send(id: number, name: string, content: Uint8Array, person = owner): Promise<number> {
    const upload = await begin(id, name, content.byteLength, person)
    expect((await part(id, upload.id, 0, content, person)).status).toBe(200)
    return upload.id
  }

  test('a file comes in parts, goes on where it stood, and is taken into the draft', async () => {
    const id = await newOverlay()
    const upload = await begin(id, 'notes.txt', 10)
    expect(upload).toMatchObject({ name: 'notes.txt', size: 10, received: 0 })
    expect((await part(id, upload.id, 0, 'first')).body).toMatchObject({ received: 5 })
    const wrong = await part(id, upload.id, 9, 'x')
    expect(wrong).toMatchObject({ status: 409, body: { code: 'upload-offset' } })
    const early = await owner.refused('POST', `${overlays}/${id}/uploads/${upload.id}/take`, {})
    expect(early.detail).toContain('5 bytes of 10 bytes')
    // What was sent outlives the application.
    await bed.stop()
    await bed.start()
    expect(await uploadsOf(id)).toMatchObject([{ id: upload.id, received: 5 }])
    await part(id, upload.id, 5, '-tail')
    const job = await take(id, upload.id, { path: 'left4dead2/notes.txt' })
    expect(job).toMatchObject({ state: 'succeeded', result: '1 file taken into the draft.' })
    expect(await draftOf(id)).toEqual([{ path: 'left4dead2/notes.txt', size: 10 }])
    expect(await uploadsOf(id)).toEqual([])
    const overlay = (await owner.get<Overlay>(`${overlays}/${id}`)).body
    expect(overlay).toMatchObject({ draftFiles: 1, buildNeeded: true })
  })

  test('an archive is unpacked, whatever it is called', async () => {
    const id = await newOverlay()
    const archive = zipOf({ 'left4dead2/cfg/a.cfg': 'a', 'left4dead2/maps/m.nav': 'm', 'readme.txt': 'x' })
    const job = await take(id, await send(id, 'called.vpk', archive))
    expect(job.result).toBe('2 files taken into the draft, 1 left out: the log says why.')
    expect((await draftOf(id)).map(({ path }) => path)).toEqual([
      'left4dead2/cfg/a.cfg',
      'left4dead2/maps/m.nav',
    ])
  })

  test.each(['../../escape.txt', '/etc/escape', 'left4dead2/cfg/../../../escape'])(
    'an archive with a name that leads out of the overlay is refused whole: %s',
    async path => {
      const id = await newOverlay()
      const archive = zipOf({ 'left4dead2/cfg/a.cfg': 'a', [path]: 'x' })
      const job = await take(id, await send(id, 'a.zip', archive))
      expect(job).toMatchObject({ state: 'failed', error: { code: 'archive-refused' } })
      expect(await draftOf(id)).toEqual([])
    },
  )

  test('what can’t be unpacked leaves draft and upload as they were, and says what to do', async () => {
    const id = await newOverlay()
    await owner.upload(id, 'left4dead2/kept.txt', 'kept')
    const bomb = zipOf({ 'left4dead2/zeros.txt': Buffer.alloc(30 * 1024 * 1024) })
    const upload = await send(id, 'bomb.zip', bomb)
    const job = await take(id, upload)
    expect(job).toMatchObject({ state: 'failed', error: { code: 'archive-refused' } })
    expect(job.error?.remedy).toBeTruthy()
    const page = await send(id, 'map.vpk', Buffer.from('<!doctype html><html><body>log in</body></html>'))
    expect(await take(id, page)).toMatchObject({ state: 'failed', error: { code: 'archive-refused' } })
    expect(await draftOf(id)).toEqual([{ path: 'left4dead2/kept.txt', size: 4 }])
    expect((await uploadsOf(id)).map(left => left.id)).toEqual([upload, page])
    expect((await owner.send('DELETE', `${overlays}/${id}/uploads/${upload}`)).status).toBe(204)
    expect((await owner.send('DELETE', `${overlays}/${id}/uploads/${upload}`)).status).toBe(404)
    expect((await uploadsOf(id)).map(left => left.id)).toEqual([page])
  })

  test('more than was announced, and more than a part may have, is refused', async () => {
    const id = await newOverlay()
    const upload = await begin(id, 'a.bin', 4)
    expect(await part(id, upload.id, 0, '12345')).toMatchObject({ status: 413 })
    const large = await begin(id, 'b.bin', limits.uploadPart * 2)
    const answer = await part(id, large.id, 0, new Uint8Array(limits.uploadPart + 1))
    expect(answer).toMatchObject({ status: 413, body: { code: 'body-too-large' } })
    expect((await uploadsOf(id)).map(({ received }) => received)).toEqual([0, 0])
    expect((await part(id, 9999, 0, 'x')).status).toBe(404)
  })

  test('a draft takes only so much, in files that are on their way too', async () => {
    const id = await newOverlay()
    const { id: announced } = await begin(id, 'a.bin', 1)
    // As if as much had been announced as a draft may have; this disk may not have the room.
    const db = await openDatabase(bed.config.databasePath)
    await db
      .updateTable('overlay_uploads')
      .set({ size: limits.draftBytes })
      .where('id', '=', announced)
      .execute()
    await db.destroy()
    const refused = await owner.refused('POST', `${overlays}/${id}/uploads`, { name: 'b.bin', size: 1 })
    expect(refused).toMatchObject({ code: 'body-too-large', errors: [{ path: '/size' }] })
    const names = ['a/b', '..\\b', 'a\u0000b', '']
    for (const name of names) {
      expect((await owner.refused('POST', `${overlays}/${id}/uploads`, { name, size: 1 })).code).toBe(
        'invalid-input',
      )
    }
  })

  test('plugins in an archive are left out for who may not bring code, and taken for who may', async () => {
    const archive = zipOf({
      'left4dead2/addons/sourcemod/plugins/x.smx': 'FFPS',
      'left4dead2/cfg/x.cfg': 'x',
    })
    const id = await newOverlay()
    const job = await take(id, await send(id, 'pack.zip', archive))
    expect(job.result).toContain('1 left out')
    expect((await draftOf(id)).map(({ path }) => path)).toEqual(['left4dead2/cfg/x.cfg'])
    const log = await owner.text(`/api/v1/jobs/${job.id}/log`)
    expect(log).toContain('x.smx')
    expect(log).toContain('right to bring code')

    const theirs = await newOverlay(coder)
    await take(theirs, await send(theirs, 'pack.zip', archive, coder), {}, coder)
    expect(await draftOf(theirs, coder)).toHaveLength(2)
    expect(await bed.done(coder, `${overlays}/${theirs}/build`)).toMatchObject({ state: 'succeeded' })
  })

  test('plugins that are left out leave those that the draft has', async () => {
    const plugin = 'left4dead2/addons/sourcemod/plugins/x.smx'
    const id = await newOverlay()
    expect((await bed.admin.upload(id, plugin, 'of an admin')).status).toBe(201)
    await take(id, await send(id, 'pack.zip', zipOf({ [plugin]: 'FFPS', 'left4dead2/cfg/x.cfg': 'x' })))
    const draft = [
      { path: plugin, size: 11 },
      { path: 'left4dead2/cfg/x.cfg', size: 1 },
    ]
    expect(await draftOf(id)).toEqual(draft)
    const upload = await send(id, 'plugin.zip', zipOf({ [plugin]: 'FFPS' }))
    expect(await take(id, upload)).toMatchObject({ state: 'failed', error: { code: 'not-allowed' } })
    expect(await draftOf(id)).toEqual(draft)
    expect((await uploadsOf(id)).map(left => left.id)).toEqual([upload])
  })

  test('native code that came into a draft all the same is found by the build', async () => {
    const id = await newOverlay()
    expect((await bed.admin.upload(id, 'left4dead2/addons/x.smx', 'FFPS')).status).toBe(201)
    const job = await bed.done(owner, `${overlays}/${id}/build`)
    expect(job).toMatchObject({ state: 'failed', error: { code: 'native-code-refused' } })
    expect((await owner.get<Overlay>(`${overlays}/${id}`)).body.revision).toBeNull()
    expect(await bed.done(bed.admin, `${overlays}/${id}/build`)).toMatchObject({ state: 'succeeded' })
  })

  test.each([
    ['a program', Buffer.concat([Buffer.from('\u007fELF'), Buffer.alloc(60)])],
    ['a script', Buffer.from('#!/bin/sh\n')],
  ])('%s under a harmless name is found by the build too', async (_, content) => {
    const id = await newOverlay()
    const job = await take(id, await send(id, 'notes.txt', content), { path: 'left4dead2/notes.txt' })
    expect(job.state, JSON.stringify(job.error)).toBe('succeeded')
    expect(await bed.done(owner, `${overlays}/${id}/build`)).toMatchObject({
      state: 'failed',
      error: { code: 'native-code-refused' },
    })
    const code = await send(id, 'x.bin', content)
    const path = { path: 'left4dead2/addons/x.so' }
    const refused = await owner.refused('POST', `${overlays}/${id}/uploads/${code}/take`, path)
    expect(refused).toMatchObject({ code: 'not-allowed', errors: [{ path: '/path' }] })
  })

  test('an upload that nobody finished in a week is given up', async () => {
    const id = await newOverlay()
    const [old, young] = [await begin(id, 'old.bin', 10), await begin(id, 'young.bin', 10)]
    await part(id, old.id, 0, 'half')
    await bed.stop()
    const db = await openDatabase(bed.config.databasePath)
    const week = 7 * 24 * 60 * 60_000
    await db
      .updateTable('overlay_uploads')
      .set({ created_at: Date.now() - week - 1 })
      .where('id', '=', old.id)
      .execute()
    await db.destroy()
    await bed.start()
    expect((await uploadsOf(id)).map(left => left.id)).toEqual([young.id])
    expect(await bed.host.overlays.uploadedBytes(id, old.id)).toBe(0)
  })
})

test('a full disk is said before anything is written, with the bytes that are needed', async () => {
  await using bed = await ProductBed.open({ domain: { diskReserve: 2 ** 60 } })
  const person = await bed.addPerson('zoey')
  const { id } = (await person.send<Overlay>('POST', overlays, { name: 'x', kind: 'upload' })).body
  for (const problem of [
    await person.refused('POST', `${overlays}/${id}/uploads`, { name: 'a.vpk', size: 5 }),
    (await person.upload(id, 'left4dead2/a.txt', 'x')).body,
  ]) {
    expect(problem).toMatchObject({ code: 'disk-full', status: 507 })
    expect((problem as Problem).detail).toMatch(/needs 1\d* TB of free disk space, and .* are free/)
  }
  expect((await person.get<List<OverlayFile>>(`${overlays}/${id}/files`)).body.items).toEqual([])
})
