import { createHash } from 'node:crypto'
import { type List, type Overlay, type OverlayRevision, pathOf, type RevisionFile } from '@left4me/contract'
import { packVpk } from '@left4me/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Person, ProductBed } from '../testing/product-bed.ts'

describe('revisions', () => {
  let bed: ProductBed
  let owner: Person
  let other: Person
  beforeAll(async () => {
    bed = await ProductBed.open()
    owner = await bed.addPerson('zoey')
    other = await bed.addPerson('louis')
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  const overlays = '/api/v1/overlays'
  const build = (id: number) => bed.done(owner, `${overlays}/${id}/build`)
  const shown = async (id: number) => (await owner.get<Overlay>(`${overlays}/${id}`)).body
  const revisionsOf = async (id: number, person = owner) =>
    (await person.get<List<OverlayRevision>>(`${overlays}/${id}/revisions`)).body.items
  async function newOverlay(files: Record<string, string | Uint8Array> = {}): Promise<Overlay> {
    const { body } = await owner.send<Overlay>('POST', overlays, { name: 'Files', kind: 'upload' })
    for (const [path, content] of Object.entries(files)) await owner.upload(body.id, path, content)
    return body
  }

  test('a build says what came of it, and the overlay shows its newest revision', async () => {
    const { id } = await newOverlay({ 'left4dead2/cfg/a.cfg': 'echo ü\n', 'left4dead2/b.txt': 'bb' })
    expect(await shown(id)).toMatchObject({ buildNeeded: true, files: 0, publishedAt: null })
    const job = await build(id)
    expect(job).toMatchObject({ state: 'succeeded', result: 'Revision 1: 2 files, 10 bytes, 1 warning' })
    expect(await shown(id)).toMatchObject({
      revision: 1,
      files: 2,
      bytes: 10,
      buildNeeded: false,
      findings: { errors: 0, warnings: 1, notes: 0 },
      jobId: null,
    })
    expect(await revisionsOf(id)).toMatchObject([
      {
        revision: 1,
        jobId: job.id,
        newest: true,
        usedBy: [],
        findings: [{ code: 'config-non-ascii', path: 'left4dead2/cfg/a.cfg' }],
      },
    ])
    await owner.upload(id, 'left4dead2/b.txt', 'changed')
    expect(await shown(id)).toMatchObject({ buildNeeded: true, revision: 1, bytes: 10 })
  })

  test('a build of what is there already makes no new revision, and says so', async () => {
    const { id } = await newOverlay({ 'left4dead2/a.txt': 'same' })
    await build(id)
    await owner.upload(id, 'left4dead2/a.txt', 'same')
    expect(await shown(id)).toMatchObject({ buildNeeded: true })
    expect((await build(id)).result).toBe('Nothing changed: revision 1 stays the newest.')
    expect(await shown(id)).toMatchObject({ revision: 1, buildNeeded: false })
    expect(await revisionsOf(id)).toHaveLength(1)
    // Negative control: what differs in a byte does.
    await owner.upload(id, 'left4dead2/a.txt', 'Same')
    await build(id)
    expect((await revisionsOf(id)).length).toBe(2)
  })

  test('three revisions are kept, older ones go by themselves', async () => {
    const { id } = await newOverlay()
    for (let text = 1; text <= 5; text += 1) {
      await owner.upload(id, 'left4dead2/a.txt', `text ${text}`)
      await build(id)
    }
    expect((await revisionsOf(id)).map(({ revision }) => revision)).toEqual([5, 4, 3])
    expect((await bed.host.overlays.revisions(id)).map(({ revision }) => revision)).toEqual([5, 4, 3])
  })

  test('an old revision can be deleted, the newest can’t, and one that is gone is not found', async () => {
    const { id } = await newOverlay()
    for (const text of ['1', '2']) {
      await owner.upload(id, 'left4dead2/a.txt', text)
      await build(id)
    }
    const newest = await owner.refused('DELETE', `${overlays}/${id}/revisions/2`)
    expect(newest).toMatchObject({ code: 'in-use' })
    expect(newest.detail).toContain('newest')
    expect((await owner.send('DELETE', `${overlays}/${id}/revisions/1`)).status).toBe(204)
    expect((await owner.send('DELETE', `${overlays}/${id}/revisions/1`)).status).toBe(404)
    expect(await revisionsOf(id)).toMatchObject([{ revision: 2 }])
    expect(await bed.host.overlays.revision({ overlayId: id, revision: 1 })).toBeNull()
  })

  test('the folders of a revision can be looked through, page by page', async () => {
    const files = Object.fromEntries(
      ['left4dead2/b.txt', 'left4dead2/a.txt', 'left4dead2/cfg/x.cfg', 'left4dead2/cfg/deep/y.cfg'].map(
        path => [path, path],
      ),
    )
    const { id } = await newOverlay(files)
    await build(id)
    const list = (path?: string) =>
      owner.get<List<RevisionFile>>(
        pathOf('listRevisionFiles', { id, revision: 1 }, path === undefined ? {} : { path }),
      )
    expect((await list()).body.items).toEqual([
      { name: 'left4dead2', path: 'left4dead2', kind: 'folder', size: null },
    ])
    expect((await list('left4dead2')).body.items).toMatchObject([
      { name: 'cfg', kind: 'folder' },
      { path: 'left4dead2/a.txt', kind: 'file', size: 16 },
      { path: 'left4dead2/b.txt', kind: 'file' },
    ])
    expect((await list('left4dead2/cfg')).body.items).toMatchObject([{ name: 'deep' }, { name: 'x.cfg' }])
    expect((await list('left4dead2/nothing')).status).toBe(404)
    expect((await list('../..')).status).toBe(404)
    expect((await owner.get(`${overlays}/${id}/revisions/9/files`)).status).toBe(404)
  })

  test('a picture within a VPK is sent by what it is, once; what isn’t a picture never', async () => {
    const png = Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      Buffer.alloc(20),
    ])
    const page = '<script>alert(1)</script>'
    const { id } = await newOverlay({
      'left4dead2/addons/a.vpk': packVpk([
        { path: 'addonimage.jpg', content: png },
        { path: 'page.png', content: Buffer.from(page) },
      ]),
    })
    await build(id)
    const ask = async (path: string, headers: Record<string, string> = {}) => {
      const query = { vpk: 'left4dead2/addons/a.vpk', path }
      return owner.raw(pathOf('getRevisionPicture', { id, revision: 1 }, query), { headers })
    }
    const picture = await ask('addonimage.jpg')
    expect(picture.status).toBe(200)
    expect(picture.headers.get('content-type')).toBe('image/png')
    expect(picture.headers.get('cache-control')).toContain('immutable')
    const sum = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
    expect(sum(new Uint8Array(await picture.arrayBuffer()))).toBe(sum(png))
    const etag = picture.headers.get('etag') ?? ''
    expect((await ask('addonimage.jpg', { 'if-none-match': etag })).status).toBe(304)
    for (const path of ['page.png', 'missing.jpg', '../../../etc/passwd']) {
      const refused = await ask(path)
      expect(refused.status, path).toBe(404)
      expect(refused.headers.get('cache-control')).toBe('no-store')
    }
  })

  test('others read the revisions of a shared overlay, and delete none', async () => {
    const { id } = await newOverlay({ 'left4dead2/a.txt': 'x' })
    await build(id)
    expect((await other.get(`${overlays}/${id}/revisions`)).status).toBe(404)
    await owner.send('PATCH', `${overlays}/${id}`, { shared: true })
    expect(await revisionsOf(id, other)).toHaveLength(1)
    expect((await other.get(`${overlays}/${id}/revisions/1/files`)).status).toBe(200)
    expect((await other.send('DELETE', `${overlays}/${id}/revisions/1`)).status).toBe(404)
  })

  test('the host is the truth: what it has and what it lost is noticed at the next start', async () => {
    const { id } = await newOverlay({ 'left4dead2/a.txt': '1' })
    await build(id)
    await owner.upload(id, 'left4dead2/a.txt', '2')
    await build(id)
    await bed.host.overlays.removeRevision({ overlayId: id, revision: 2 })
    await bed.stop()
    await bed.start()
    expect(await shown(id)).toMatchObject({ revision: 1, bytes: 1 })
    expect((await revisionsOf(id)).map(({ revision }) => revision)).toEqual([1])
    // The number of the lost one isn't given a second time.
    await build(id)
    expect(await shown(id)).toMatchObject({ revision: 3 })
  })
})
