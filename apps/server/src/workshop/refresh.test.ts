import type { Job, List, Overlay, OverlayRevision, Server, WorkshopRefresh } from '@left4me/contract'
import { type RunningWebApi, startSimulatedWebApi } from '@left4me/simulator'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { workshopRefresh } from '../maintenance/workshop-refresh.ts'
import { type Person, ProductBed } from '../testing/product-bed.ts'

describeWith(['overlayfs'], 'refreshing the Workshop', () => {
  let api: RunningWebApi
  let bed: ProductBed
  let zoey: Person
  let louis: Person
  beforeAll(async () => {
    api = await startSimulatedWebApi()
    bed = await ProductBed.open({
      steamWebApiUrl: api.origin,
      domain: { steam: { timeoutMs: 60_000, attempts: 2, backoffMs: 1 } },
    })
    zoey = await bed.addPerson('zoey')
    louis = await bed.addPerson('louis')
  })
  afterEach(async () => {
    Object.assign(api.switches, { unavailable: 0, hang: false })
    for (const overlay of await overlaysOf(zoey)) {
      for (const server of overlay.usedBy.servers)
        await bed.done(bed.admin, `/api/v1/servers/${server.id}`, 'DELETE')
      await zoey.send('DELETE', `/api/v1/overlays/${overlay.id}`)
    }
  })
  afterAll(async () => {
    await bed[Symbol.asyncDispose]()
    await api.stop()
  })

  const overlaysOf = async (person: Person) =>
    (await person.get<List<Overlay>>('/api/v1/overlays?limit=200')).body.items
  const overlay = async (id: number) => (await zoey.get<Overlay>(`/api/v1/overlays/${id}`)).body

  async function built(name: string, workshopIds: string[]): Promise<number> {
    const { body } = await zoey.send<Overlay>('POST', '/api/v1/overlays', {
      name,
      kind: 'workshop',
      workshopIds,
      shared: true,
    })
    expect(await bed.done(zoey, `/api/v1/overlays/${body.id}/build`)).toMatchObject({ state: 'succeeded' })
    return body.id
  }
  async function serverWith(person: Person, name: string, overlayId: number): Promise<Server> {
    return bed.newServer(person, name, { overlayIds: [overlayId] })
  }
  /** Everything that Steam shows is newer from now on. */
  const update = () => {
    api.switches['item-revision'] += 1
    return forget()
  }
  /** What a build asked within the last minute isn't asked again: here a minute has passed. */
  async function forget(): Promise<void> {
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(bed.config.databasePath, { timeout: 5000 })
    database.exec(`UPDATE workshop_items SET details = json_set(details, '$.fetchedAt', 1)`)
    database.close()
  }
  async function refresh(): Promise<Job> {
    return bed.done(bed.admin, '/api/v1/workshop/refresh')
  }
  const answer = async (person: Person) =>
    (await person.get<WorkshopRefresh>('/api/v1/workshop/refresh')).body
  /** When all builds have ended. */
  const settled = (person: Person = zoey) =>
    bed.until('builds end', async () => {
      const found = await answer(person)
      return found.overlays.some(({ outcome }) => outcome === 'building') ? null : found
    })

  test('publishes new revisions only where items have changed, and says which servers get what', async () => {
    const old = await built('Old', ['501'])
    await update()
    const fresh = await built('Fresh', ['506'])
    const own = await serverWith(zoey, 'own', old)
    const held = await serverWith(zoey, 'held', old)
    const strangers = await serverWith(louis, 'strangers', old)
    await zoey.send('PATCH', `/api/v1/servers/${held.id}/layers/${old}`, { revision: 1 })

    expect(await refresh()).toMatchObject({ state: 'succeeded' })
    const found = await settled(bed.admin)
    expect(found.finishedAt).not.toBeNull()
    expect(found.overlays).toEqual([
      expect.objectContaining({
        overlayId: old,
        outcome: 'published',
        revision: 2,
        changed: [{ id: '501', title: expect.stringContaining('Cold Harbour') }],
        servers: [
          { serverId: own.id, name: 'own', gets: 'at-next-start' },
          { serverId: held.id, name: 'held', gets: 'held' },
          { serverId: strangers.id, name: 'strangers', gets: 'when-accepted' },
        ],
      }),
      expect.objectContaining({
        overlayId: fresh,
        outcome: 'unchanged',
        revision: 1,
        changed: [],
        servers: [],
      }),
    ])
    expect((await overlay(old)).revision).toBe(2)

    expect(await refresh()).toMatchObject({ state: 'succeeded' })
    expect((await settled()).overlays.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged'])
    expect((await overlay(old)).revision).toBe(2)
  })

  test('tells people of the overlays that they may use and of their own servers only', async () => {
    const id = await built('Shared', ['501'])
    const mine = await serverWith(zoey, 'mine', id)
    const his = await serverWith(louis, 'his', id)
    await refresh()
    const seen = async (person: Person) =>
      (await settled(person)).overlays.map(each => [
        each.overlayId,
        each.servers.map(server => server.serverId),
      ])
    expect(await seen(louis)).toEqual([[id, [his.id]]])
    expect(await seen(zoey)).toEqual([[id, [mine.id]]])
    await zoey.send('PATCH', `/api/v1/overlays/${id}`, { shared: false })
    expect(await seen(louis)).toEqual([[id, [his.id]]])
    await bed.done(louis, `/api/v1/servers/${his.id}`, 'DELETE')
    expect(await seen(louis)).toEqual([])
    expect((await louis.refused('POST', '/api/v1/workshop/refresh')).code).toBe('not-allowed')
  })

  test('an item that can’t be used keeps its overlay on the last good revision, and the others are refreshed', async () => {
    const bad = await built('Bad', ['502'])
    const good = await built('Good', ['506'])
    await zoey.send('PATCH', `/api/v1/overlays/${bad}`, { workshopIds: ['502', '600', '400'] })
    await update()
    await refresh()
    const { overlays } = await settled()
    expect(overlays.map(({ overlayId, outcome, revision }) => [overlayId, outcome, revision])).toEqual([
      [bad, 'failed', 1],
      [good, 'published', 2],
    ])
    expect(overlays[0]?.message).toMatch(/\(600\).*banned.*\(400\).*another game/)
    const refused = await bed.done(zoey, `/api/v1/overlays/${bad}/build`)
    expect(refused).toMatchObject({ state: 'failed', error: { code: 'content-refused' } })
    expect((await overlay(bad)).revision).toBe(1)
  })

  test('while Steam can’t be asked, the refresh fails with what to do, and all stays as it is', async () => {
    const id = await built('Kept', ['501'])
    await refresh()
    const before = await settled()
    await update()
    Object.assign(api.switches, { unavailable: -1 })
    const job = await refresh()
    expect(job).toMatchObject({ state: 'failed', error: { code: 'download-failed' } })
    expect(job.error?.message).toMatch(/status 503/)
    expect(await answer(zoey)).toEqual(before)
    expect((await overlay(id)).revision).toBe(1)
  })

  test('many requests at once are one refresh, which builds each overlay once', async () => {
    const id = await built('Once', ['501'])
    await update()
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => bed.admin.send<{ job: Job }>('POST', '/api/v1/workshop/refresh')),
    )
    expect(new Set(asked.map(({ body }) => body.job.id)).size).toBeLessThanOrEqual(2)
    for (const { body } of asked) await bed.ended(bed.admin, body.job.id)
    await settled()
    const { body } = await zoey.get<List<OverlayRevision>>(`/api/v1/overlays/${id}/revisions`)
    expect(body.items.map(({ revision }) => revision)).toEqual([2, 1])
  })

  test('one that kill -9 cut off is done after the next start', async () => {
    const id = await built('Killed', ['501'])
    await update()
    Object.assign(api.switches, { hang: true })
    await bed.stop()
    await bed.startApart()
    const { body } = await bed.admin.send<{ job: Job }>('POST', '/api/v1/workshop/refresh')
    await bed.until('it runs', async () => {
      const job = await bed.admin.get<Job>(`/api/v1/jobs/${body.job.id}`)
      return job.body.state === 'running'
    })
    await bed.killApart()
    Object.assign(api.switches, { hang: false })
    await bed.start()
    expect(await bed.ended(bed.admin, body.job.id)).toMatchObject({ state: 'succeeded' })
    expect((await settled()).overlays.map(({ outcome }) => outcome)).toEqual(['published'])
    expect((await overlay(id)).revision).toBe(2)
  })

  describe('from the command line', () => {
    const run = async () => {
      const lines: string[] = []
      const found = await workshopRefresh(bed.config, { onLine: line => lines.push(line) })
      return { lines, outcomes: found.overlays.map(({ name, outcome }) => [name, outcome]) }
    }

    test('left4me does it while it runs', async () => {
      const id = await built('Running', ['501'])
      await update()
      const { lines, outcomes } = await run()
      expect(outcomes).toEqual([['Running', 'published']])
      expect(lines.join('\n')).toMatch(/“Running” is built anew: Cold Harbour/)
      expect((await overlay(id)).revision).toBe(2)
    })

    test('what servers stay on, or boot with, is kept while left4me doesn’t run, however many revisions follow', async () => {
      const id = await built('Held', ['506'])
      const server = await serverWith(zoey, 'holds', id)
      await zoey.send('PATCH', `/api/v1/servers/${server.id}/layers/${id}`, { revision: 1 })
      await update()
      expect(await refresh()).toMatchObject({ state: 'succeeded' })
      await settled()
      // One that the machine's next boot starts as it was started last, which nobody is asked about then.
      await bed.install()
      const booted = await serverWith(zoey, 'booted', id)
      expect(await bed.done(zoey, `/api/v1/servers/${booted.id}/start`)).toMatchObject({ state: 'succeeded' })
      const { host } = bed
      await bed.stop()
      await host.open()
      await host.stop(booted.id, { patience: { quit: 0, interrupt: 0, terminate: 0 } })
      await host.close()
      try {
        for (let round = 0; round < 4; round += 1) {
          await update()
          expect((await run()).outcomes).toEqual([['Held', 'published']])
        }
      } finally {
        await bed.start()
      }
      const { body } = await zoey.get<List<OverlayRevision>>(`/api/v1/overlays/${id}/revisions`)
      expect(body.items.map(({ revision }) => revision)).toEqual([6, 5, 4, 2, 1])
    })

    test('it is done at once while left4me doesn’t run, and left4me finds it', async () => {
      const id = await built('Stopped', ['501'])
      await update()
      await bed.stop()
      try {
        expect((await run()).outcomes).toEqual([['Stopped', 'published']])
        expect((await run()).outcomes).toEqual([['Stopped', 'unchanged']])
        Object.assign(api.switches, { unavailable: -1 })
        await forget()
        await expect(run()).rejects.toMatchObject({ code: 'refresh-failed' })
      } finally {
        await bed.start()
      }
      expect((await overlay(id)).revision).toBe(2)
    })
  })
})
