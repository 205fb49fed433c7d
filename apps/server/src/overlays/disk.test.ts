import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DiskUse, List, Overlay, OverlayRevision } from '@left4me/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Person, ProductBed } from '../testing/product-bed.ts'

const overlays = '/api/v1/overlays'
/** A file system that compresses has nothing to win. */
const content = (bytes: number) => new Uint8Array(randomBytes(bytes))

describe('the use of the disk', () => {
  let bed: ProductBed
  let owner: Person
  beforeAll(async () => {
    bed = await ProductBed.open()
    owner = await bed.addPerson('zoey')
  })
  afterAll(() => bed[Symbol.asyncDispose]())

  const use = async () => (await bed.admin.get<DiskUse>('/api/v1/host/space')).body
  const clean = () => bed.done(bed.admin, '/api/v1/host/space/clean')
  async function newOverlay(name: string, builds: number): Promise<number> {
    const { id } = (await owner.send<Overlay>('POST', overlays, { name, kind: 'upload' })).body
    await owner.upload(id, 'left4dead2/shared.bin', content(300_000))
    for (let build = 1; build <= builds; build += 1) {
      await owner.upload(id, 'left4dead2/own.bin', content(100_000))
      await bed.done(owner, `${overlays}/${id}/build`)
    }
    return id
  }
  const revisionsOf = async (id: number) =>
    (await owner.get<List<OverlayRevision>>(`${overlays}/${id}/revisions`)).body.items.map(
      ({ revision }) => revision,
    )

  test('each revision is shown with its size and what deleting it would free, and who keeps it', async () => {
    const id = await newOverlay('Sizes', 2)
    const server = await owner.send<{ id: number }>('POST', '/api/v1/servers', {
      name: 'Museum',
      overlayIds: [id],
    })
    await owner.send('PATCH', `/api/v1/servers/${server.body.id}/layers/${id}`, { revision: 1 })
    const shown = (await use()).overlays.find(overlay => overlay.overlayId === id)
    expect(shown?.name).toBe('Sizes')
    const [first, second] = [...(shown?.revisions ?? [])].sort((a, b) => a.revision - b.revision)
    expect(first).toMatchObject({ revision: 1, keptBy: ['Museum'], canGo: false })
    expect(second).toMatchObject({ revision: 2, keptBy: [], canGo: false })
    // What both have is there once: neither frees it alone.
    expect(first?.bytes).toBeGreaterThanOrEqual(400_000)
    expect(first?.own).toBeLessThan(300_000)
    const all = await use()
    expect(all.available).toBeGreaterThan(0)
    expect(all.total).toBeGreaterThan(all.available)
  })

  test('cleaning up deletes what is left of overlays that are gone, and nothing that somebody needs', async () => {
    const id = await newOverlay('Kept', 2)
    const before = await revisionsOf(id)
    const stray = join(bed.root, 'overlays', '4711', 'revisions', '1', 'left4dead2')
    await mkdir(stray, { recursive: true })
    await writeFile(join(stray, 'a.bin'), content(500_000))
    const found = (await use()).overlays.find(overlay => overlay.overlayId === 4711)
    expect(found).toMatchObject({ name: null, revisions: [{ revision: 1, canGo: true }] })
    expect((await use()).canGo).toBeGreaterThanOrEqual(500_000)
    const job = await clean()
    expect(job.state, JSON.stringify(job.error)).toBe('succeeded')
    expect(job.result).toMatch(/old revisions? deleted/)
    expect((await use()).overlays.some(overlay => overlay.overlayId === 4711)).toBe(false)
    expect(await revisionsOf(id)).toEqual(before)
    expect((await clean()).state).toBe('succeeded')
  })

  test('only admins see it and clean up', async () => {
    expect((await owner.get('/api/v1/host/space')).status).toBe(403)
    expect((await owner.send('POST', '/api/v1/host/space/clean')).status).toBe(403)
  })
})
