import type { List, Overlay, OverlayFile } from '@left4me/contract'
import { limits } from '@left4me/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { type Person, ProductBed } from '../testing/product-bed.ts'

describeWith(['overlayfs'], 'overlays', () => {
  let bed: ProductBed
  let owner: Person
  beforeAll(async () => {
    bed = await ProductBed.open()
    owner = await bed.addPerson('zoey')
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  const overlays = '/api/v1/overlays'
  async function newOverlay(person: Person = owner, name = 'Files'): Promise<Overlay> {
    return (await person.send<Overlay>('POST', overlays, { name, kind: 'upload' })).body
  }
  const filesOf = async (id: number) =>
    (await owner.get<List<OverlayFile>>(`${overlays}/${id}/files`)).body.items
  const shown = async (id: number) => (await owner.get<Overlay>(`${overlays}/${id}`)).body
  const build = (id: number) => bed.done(owner, `${overlays}/${id}/build`)
  const published = async (id: number, revision: number, path: string) =>
    (await bed.host.overlays.readFile({ overlayId: id, revision }, path, 1000))?.toString()

  test('files are put into a draft, and each build publishes it as a new revision that never changes', async () => {
    const { id } = await newOverlay()
    const put = await owner.upload(id, 'left4dead2/a.txt', 'first')
    expect(put).toMatchObject({ status: 201, body: { path: 'left4dead2/a.txt', size: 5 } })
    expect(await shown(id)).toMatchObject({ revision: null, draftFiles: 1 })
    expect(await build(id)).toMatchObject({ state: 'succeeded', overlayId: id, title: 'Build “Files”' })
    await owner.upload(id, 'left4dead2/a.txt', 'second')
    await owner.upload(id, 'left4dead2/b.txt', 'b')
    expect((await owner.send('DELETE', `${overlays}/${id}/files/content?path=left4dead2/b.txt`)).status).toBe(
      204,
    )
    expect(await filesOf(id)).toEqual([{ path: 'left4dead2/a.txt', size: 6 }])
    await build(id)
    expect(await shown(id)).toMatchObject({ revision: 2 })
    expect(await published(id, 1, 'left4dead2/a.txt')).toBe('first')
    expect(await published(id, 2, 'left4dead2/a.txt')).toBe('second')
    expect((await owner.send('DELETE', `${overlays}/${id}`)).status).toBe(204)
    expect((await owner.get(`${overlays}/${id}`)).status).toBe(404)
    expect(await published(id, 2, 'left4dead2/a.txt').catch(() => undefined)).toBeUndefined()
  })

  test('builds that are asked for at the same time are one, and later ones get numbers of their own', async () => {
    const { id } = await newOverlay()
    await owner.upload(id, 'left4dead2/a.txt', 'x')
    const jobs = await Promise.all(Array.from({ length: 5 }, () => build(id)))
    expect(jobs.every(job => job.state === 'succeeded')).toBe(true)
    const { revision } = await shown(id)
    await owner.upload(id, 'left4dead2/a.txt', 'y')
    await build(id)
    expect((await shown(id)).revision).toBeGreaterThan(revision ?? 0)
    expect(await published(id, (await shown(id)).revision ?? 0, 'left4dead2/a.txt')).toBe('y')
  })

  test('an empty draft and a server.cfg beyond its limit are not built', async () => {
    const { id } = await newOverlay()
    expect((await owner.refused('POST', `${overlays}/${id}/build`)).code).toBe('action-not-allowed')
    await owner.upload(id, 'left4dead2/cfg/server.cfg', 'x'.repeat(limits.overlayConfig + 1))
    const problem = await owner.refused('POST', `${overlays}/${id}/build`)
    expect(problem).toMatchObject({ code: 'body-too-large' })
    expect(problem.detail).toContain('left4dead2/cfg/server.cfg')
    expect(await shown(id)).toMatchObject({ revision: null })
  })

  describe('a path that leads elsewhere is refused, and nothing is written', () => {
    test.each([
      'left4dead2/../../../escape.txt',
      '/etc/passwd',
      'left4dead2//a',
      'left4dead2/a\\b',
      'left4dead2/./a',
      'left4dead2/a\0b',
      'left4dead2/',
    ])('%j', async path => {
      const { id } = await newOverlay(bed.admin)
      const answer = await bed.admin.upload(id, path, 'x')
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-input' } })
      expect((await bed.admin.get<List<OverlayFile>>(`${overlays}/${id}/files`)).body.items).toEqual([])
    })
  })

  describe('code is only taken from an admin', () => {
    const elf = Buffer.concat([Buffer.from('\u007fELF'), Buffer.alloc(60)])
    test.each<[string, string | Buffer]>([
      ['srcds_run', 'x'],
      ['bin/engine_srv.so', 'x'],
      ['left4dead2/addons/metamod/bin/server.so', 'x'],
      ['left4dead2/addons/x.SO', 'x'],
      ['left4dead2/addons/sourcemod/plugins/x.smx', 'x'],
      ['left4dead2/harmless.txt', elf],
      ['left4dead2/harmless.cfg', '#!/bin/sh\n'],
    ])('%s', async (path, content) => {
      const { id } = await newOverlay()
      const problem = (await owner.upload(id, path, content)).body
      expect(problem).toMatchObject({ code: 'not-allowed', errors: [{ path: '/path' }] })
      expect(await filesOf(id)).toEqual([])
      expect((await bed.admin.upload(id, path, content)).status).toBe(201)
    })
  })

  test('a file beyond its limit leaves the draft as it was', async () => {
    const { id } = await newOverlay()
    await owner.upload(id, 'left4dead2/a.vpk', 'small')
    const answer = await owner.upload(id, 'left4dead2/a.vpk', Buffer.alloc(limits.uploadedFile + 1))
    expect(answer).toMatchObject({ status: 413, body: { code: 'body-too-large' } })
    expect(await filesOf(id)).toEqual([{ path: 'left4dead2/a.vpk', size: 5 }])
  })

  test('others see it only while it is shared, and change it never', async () => {
    const other = await bed.addPerson('louis')
    const { id } = await newOverlay()
    const path = `${overlays}/${id}`
    const listed = async () =>
      (await other.get<List<Overlay>>(overlays)).body.items.some(overlay => overlay.id === id)
    expect([(await other.get(path)).status, await listed()]).toEqual([404, false])
    await owner.send('PATCH', path, { shared: true, name: 'For all' })
    expect([(await other.get(path)).status, await listed()]).toEqual([200, true])
    expect((await other.refused('PATCH', path, { name: 'Mine' })).code).toBe('not-found')
    expect((await other.upload(id, 'left4dead2/a.txt', 'x')).status).toBe(404)
    expect((await other.refused('POST', `${path}/build`)).code).toBe('not-found')
    expect(await shown(id)).toMatchObject({ name: 'For all', draftFiles: 0 })
  })
})
