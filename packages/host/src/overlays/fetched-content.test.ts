import { mkdtemp, readdir, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeLayerIndex } from '@left4me/protocols'
import { type RunningWebApi, startSimulatedWebApi, workshopItem } from '@left4me/simulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { removeTree } from '../files/remove-tree.ts'
import { layoutOf } from '../layout.ts'
import { generousBuild } from '../testing/instances.ts'
import { openTestStore } from '../testing/overlay-stores.ts'
import type { WorkshopDownload } from './overlay-contract.ts'
import type { LocalOverlayStore } from './overlay-store.ts'

describe('a revision of what was fetched', () => {
  let api: RunningWebApi
  let root: string
  let store: LocalOverlayStore

  beforeEach(async () => {
    api = await startSimulatedWebApi()
    root = await mkdtemp(join(tmpdir(), 'left4me-fetched-'))
    store = openTestStore(root, { downloads: { workshopHosts: [], trustedOrigins: [api.origin] } })
  })

  afterEach(async () => {
    await api.stop()
    await removeTree(root)
  })

  const item = (id: string): WorkshopDownload => {
    const { title, updatedAt, size, fileName } = workshopItem(id)
    return { id, title, updatedAt: updatedAt * 1000, size, fileUrl: `${api.origin}/ugc/${id}/${fileName}` }
  }
  const layer = (revision: number) => ({ overlayId: 1, revision })
  const addon = (revision: number, id: string) =>
    join(layoutOf(root).revision(1, revision), 'left4dead2', 'addons', `${id}.vpk`)

  it('shares the Workshop’s files with the cache and the revision before', async () => {
    const build = (revision: number, ids: readonly string[]) =>
      store.build(1, revision, { kind: 'workshop', items: ids.map(item) }, generousBuild())
    const first = await build(1, ['501'])
    expect(first).toMatchObject({ kind: 'workshop', files: 1, sources: [{ id: '501' }] })
    const asked = api.requests.length
    const second = await build(2, ['501', '502'])
    expect(second.sources.map(({ id }) => id)).toEqual(['501', '502'])
    expect(api.requests.slice(asked).some(request => request.includes('/ugc/501/'))).toBe(false)
    expect((await stat(addon(2, '501'))).ino).toBe((await stat(addon(1, '501'))).ino)
    expect((await stat(addon(2, '501'))).nlink).toBe(3)
    expect(decodeLayerIndex(await store.readIndex(layer(2))).vpks).toHaveLength(2)
    expect(await store.verify(layer(2), generousBuild().signal)).toEqual([])
    const { workshopCache } = await store.space()
    expect(workshopCache).toMatchObject({ items: 2, unusedBytes: 0 })
    const [inside] = decodeLayerIndex(await store.readIndex(layer(1))).vpks[0]?.missions ?? []
    const path = inside?.path ?? 'addoninfo.txt'
    const vpk = 'left4dead2/addons/501.vpk'
    expect((await store.readVpkFile(layer(1), vpk, path, 1_000_000))?.length).toBeGreaterThan(0)
    expect(await store.readVpkFile(layer(1), vpk, 'no/such/file', 100)).toBeNull()
    expect(await store.readVpkFile(layer(1), 'left4dead2/addons/none.vpk', path, 100)).toBeNull()
    await expect(store.readVpkFile(layer(1), vpk, path, 1)).rejects.toMatchObject({ code: 'file-refused' })
  })

  it('takes from a map index only what the revision before lacks', async () => {
    const url = `${api.origin}/map-index/index.csv`
    const first = await store.build(1, 1, { kind: 'map-index', url, previous: null }, generousBuild())
    expect(first.files).toBeGreaterThan(0)
    const fetched = () => api.requests.filter(request => request.includes('/map-index/files/')).length
    const before = fetched()
    const second = await store.build(1, 2, { kind: 'map-index', url, previous: 1 }, generousBuild())
    expect(fetched()).toBe(before)
    expect(second).toMatchObject({ digest: first.digest, sources: first.sources })
  })

  it('isn’t there when a file can’t be had, and what came stays in the cache', async () => {
    const items = [item('501'), { ...item('502'), fileUrl: 'https://example.com/x.vpk' }]
    await expect(store.build(1, 1, { kind: 'workshop', items }, generousBuild())).rejects.toMatchObject({
      code: 'download-refused',
    })
    expect(await store.revisions(1)).toEqual([])
    expect(await readdir(layoutOf(root).overlay(1).revisions)).toEqual([])
  })
})
