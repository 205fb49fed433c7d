import type { DiskUse, Overlay } from '@left4me/contract'
import { startSimulatedWebApi } from '@left4me/simulator'
import { expect, test } from 'vitest'
import { ProductBed } from '../testing/product-bed.ts'

test('Workshop items are kept as long as an overlay has them, shared once, and can go afterwards', async () => {
  await using api = await startSimulatedWebApi()
  await using bed = await ProductBed.open({
    steamWebApiUrl: api.origin,
    domain: { steam: { timeoutMs: 60_000, attempts: 2, backoffMs: 1 } },
  })
  const use = async () => (await bed.admin.get<DiskUse>('/api/v1/host/space')).body
  const build = async (name: string) => {
    const body = { name, kind: 'workshop', workshopIds: ['501', '506'] }
    const { id } = (await bed.admin.send<Overlay>('POST', '/api/v1/overlays', body)).body
    const job = await bed.done(bed.admin, `/api/v1/overlays/${id}/build`)
    expect(job.state, JSON.stringify(job.error)).toBe('succeeded')
    expect(job.result).toMatch(/^Revision 1: 2 items, [\d.]+ [kM]B/)
    return id
  }
  const [one, other] = [await build('One'), await build('Other')]
  const used = await use()
  expect(used.workshopCache).toMatchObject({ items: 2, unused: 0 })
  // Both overlays and the cache are names of the same files.
  const own = used.overlays.flatMap(overlay => overlay.revisions.map(revision => revision.own))
  expect(Math.max(...own)).toBeLessThan(used.workshopCache.bytes)

  await bed.admin.send('DELETE', `/api/v1/overlays/${one}`)
  await bed.done(bed.admin, '/api/v1/host/space/clean')
  expect((await use()).workshopCache).toMatchObject({ items: 2, unused: 0 })

  await bed.admin.send('DELETE', `/api/v1/overlays/${other}`)
  const left = await use()
  expect(left.workshopCache.unused).toBeGreaterThan(0)
  expect(left.canGo).toBeGreaterThanOrEqual(left.workshopCache.unused)
  expect((await bed.done(bed.admin, '/api/v1/host/space/clean')).state).toBe('succeeded')
  const after = await use()
  expect(after.workshopCache).toMatchObject({ items: 0, unused: 0 })
  // Empty folders are all there is.
  expect(after.canGo).toBeLessThan(10_000)
})
