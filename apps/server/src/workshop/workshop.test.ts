import type { Problem, ResolvedWorkshop } from '@left4me/contract'
import { type RunningWebApi, startSimulatedWebApi } from '@left4me/simulator'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { describeWith } from '../../../../tools/test-support/capability.ts'
import { type Person, ProductBed } from '../testing/product-bed.ts'

const path = '/api/v1/workshop/resolve'

describeWith(['overlayfs'], 'what ids of the Workshop stand for', () => {
  let api: RunningWebApi
  let bed: ProductBed
  let person: Person
  beforeAll(async () => {
    api = await startSimulatedWebApi()
    bed = await ProductBed.open({
      steamWebApiUrl: api.origin,
      domain: { steam: { timeoutMs: 60_000, attempts: 2, backoffMs: 1 } },
    })
    person = await bed.addPerson('zoey')
  })
  afterEach(() => {
    Object.assign(api.switches, {
      hang: false,
      malformed: false,
      html: false,
      huge: false,
      'rate-limit': 0,
      unavailable: 0,
    })
  })
  afterAll(async () => {
    await bed[Symbol.asyncDispose]()
    await api.stop()
  })

  const resolve = async (...items: string[]): Promise<ResolvedWorkshop> => {
    const answer = await person.send<ResolvedWorkshop>('POST', path, { items })
    expect(answer.status, JSON.stringify(answer.body)).toBe(200)
    return answer.body
  }
  const refused = (...items: string[]): Promise<Problem> => person.refused('POST', path, { items })

  test('ids and addresses of pages are shown with titles, sizes and previews, each once', async () => {
    const { items, members, totalItems, totalSize, notice } = await resolve(
      '3405000001',
      'https://steamcommunity.com/sharedfiles/filedetails/?id=501',
      'steam://url/CommunityFilePage/3405000001',
    )
    expect(items.map(({ id, kind, problem }) => [id, kind, problem])).toEqual([
      ['3405000001', 'item', null],
      ['501', 'item', null],
    ])
    expect(items[0]).toMatchObject({
      url: 'https://steamcommunity.com/sharedfiles/filedetails/?id=3405000001',
      preview: expect.stringMatching(/^\/api\/v1\/workshop\/items\/3405000001\/preview\?version=\d+$/),
    })
    expect(items[0]?.title).toMatch(/simulated/i)
    expect([members, totalItems, notice]).toEqual([[], 2, null])
    expect(totalSize).toBe((items[0]?.size ?? 0) + (items[1]?.size ?? 0))
    expect(totalSize).toBeGreaterThan(0)
  })

  test('a collection is followed to the items of collections in it, and a cycle is named and left out', async () => {
    const { items, members, totalItems } = await resolve('100', '101')
    expect(items.map(({ id, kind, itemIds }) => [id, kind, itemIds.toSorted()])).toEqual([
      ['100', 'collection', ['101', '102', '201', '301']],
      ['101', 'item', []],
    ])
    expect(totalItems).toBe(4)
    expect(members.map(({ id }) => id).toSorted()).toEqual(['102', '200', '201', '300', '301'])
    expect(members.find(({ id }) => id === '300')?.problem).toMatch(/100.*stands itself/)
    expect(items.every(({ problem }) => problem === null)).toBe(true)
  })

  test.each([
    ['5', 'unknown', /removed, or is hidden/],
    ['400', 'item', /another game \(app 440\)/],
    ['600', 'item', /banned it \(simulated ban\)/],
    ['310', 'collection', /holds no items/],
  ])('%s is shown with what is wrong with it', async (id, kind, problem) => {
    const { items } = await resolve(id)
    expect(items).toEqual([expect.objectContaining({ id, kind, problem: expect.stringMatching(problem) })])
  })

  test('what is no id is refused by its place in the list, and Steam isn’t asked', async () => {
    const before = api.requests.length
    const problem = await refused('3405000009', 'https://evil.example/?id=5', 'dark carnival')
    expect(problem).toMatchObject({
      code: 'invalid-input',
      errors: [{ path: '/items/1' }, { path: '/items/2' }],
    })
    expect(api.requests).toHaveLength(before)
  })

  test('Steam is asked once for many items, in batches, and not again within minutes', async () => {
    const ids = Array.from({ length: 250 }, (_, index) => String(4_000_000 + index))
    const before = api.requests.length
    await resolve(...ids)
    expect(api.requests.length - before).toBe(6)
    await resolve(...ids)
    expect(api.requests.length - before).toBe(6)
  })

  test('a passing refusal is tried again', async () => {
    api.switches['rate-limit'] = 1
    expect((await resolve('3405000100')).items[0]?.title).not.toBeNull()
  })

  describe('when Steam can’t be asked', () => {
    test.each([
      ['it limits', { 'rate-limit': -1 }, /status 429.*wait some minutes/],
      ['it is unavailable', { unavailable: -1 }, /status 503/],
      ['it sends half an answer', { malformed: true }, /Workshop/],
      ['it sends a page', { html: true }, /Workshop/],
      ['it never ends', { huge: true }, /Workshop/],
    ])('because %s, the answer says so and what to do', async (_, switches, detail) => {
      Object.assign(api.switches, switches)
      const problem = await refused(String(5_000_000 + Math.floor(Math.random() * 1e6)))
      expect(problem).toMatchObject({ code: 'download-failed', status: 502 })
      expect(problem.detail).toMatch(detail)
    })

    test('because it hangs, the answer says so', async () => {
      await using impatient = await ProductBed.open({
        steamWebApiUrl: api.origin,
        domain: { steam: { timeoutMs: 300, attempts: 2, backoffMs: 1 } },
      })
      api.switches.hang = true
      const problem = await impatient.admin.refused('POST', path, { items: ['6000000'] })
      expect(problem).toMatchObject({ code: 'download-failed', status: 502 })
      expect(problem.detail).toMatch(/didn't answer in time/)
    })

    test('what it said before is shown, and that it may be outdated', async () => {
      await resolve('3405000200')
      await makeOld('3405000200')
      Object.assign(api.switches, { unavailable: -1 })
      const { items, notice } = await resolve('3405000200')
      expect(items[0]?.title).toMatch(/simulated/i)
      expect(notice).toMatch(/status 503.*may be outdated/)
    })
  })

  describe('previews', () => {
    const preview = async (id: string) => {
      const response = await person.raw(`/api/v1/workshop/items/${id}/preview?version=1`)
      return { response, bytes: Buffer.from(await response.arrayBuffer()) }
    }

    test('come through left4me, as pictures that browsers keep for ever', async () => {
      await resolve('3405000300')
      const { response, bytes } = await preview('3405000300')
      expect(response.status).toBe(200)
      expect(response.headers.get('content-type')).toBe('image/png')
      expect(response.headers.get('cache-control')).toContain('immutable')
      expect(response.headers.get('x-content-type-options')).toBe('nosniff')
      expect(bytes.subarray(1, 4).toString()).toBe('PNG')
      const asked = api.requests.length
      await preview('3405000300')
      expect(api.requests).toHaveLength(asked)
    })

    test('of an item that nobody has resolved are not fetched', async () => {
      const asked = api.requests.length
      expect((await preview('99887766')).response.status).toBe(404)
      expect(api.requests).toHaveLength(asked)
    })

    test.each([
      'http://127.0.0.1:9/preview/1.png',
      'http://images.steamusercontent.com/1.png',
      'https://steamusercontent.com.evil.example/1.png',
      'https://images.steamusercontent.com:8443/1.png',
      'file:///etc/passwd',
    ])('at %s are not fetched, although Steam names that', async url => {
      await resolve('3405000301')
      await setPreview('3405000301', url)
      Object.assign(api.switches, { unavailable: -1 })
      const { response, bytes } = await preview('3405000301')
      expect([response.status, bytes.toString()]).toEqual([502, expect.stringContaining('none of Steam’s')])
    })

    test('that have moved are found again', async () => {
      await resolve('3405000303')
      await setPreview('3405000303', `${api.origin}/nothing`)
      expect((await preview('3405000303')).response.status).toBe(502)
      await makeOld('3405000303')
      expect((await preview('3405000303')).response.status).toBe(200)
    })

    test.each([
      ['are larger than 4 MiB', { 'item-bytes': 5_000_000 }, 'more than 4 MiB'],
      ['lead elsewhere', { 'download-redirect': true }, 'status 302'],
    ])('that %s are refused', async (_, switches, detail) => {
      await resolve('3405000304')
      await setPreview('3405000304', `${api.origin}/ugc/501/x.png`)
      Object.assign(api.switches, switches)
      try {
        const { response, bytes } = await preview('3405000304')
        expect([response.status, bytes.toString()]).toEqual([502, expect.stringContaining(detail)])
      } finally {
        Object.assign(api.switches, { 'item-bytes': 0, 'download-redirect': false })
      }
    })

    test('that are no pictures are refused', async () => {
      await resolve('3405000302')
      await setPreview('3405000302', `${api.origin}/ugc/501/x.png`)
      const { response, bytes } = await preview('3405000302')
      expect([response.status, bytes.toString()]).toEqual([502, expect.stringContaining('no picture')])
    })
  })

  /** As if it had been asked for yesterday. */
  const makeOld = (id: string) => change(id, { fetchedAt: 1 })
  const setPreview = (id: string, previewUrl: string) => change(id, { previewUrl, fetchedAt: Date.now() })

  async function change(id: string, values: Record<string, unknown>): Promise<void> {
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(bed.config.databasePath, { timeout: 5000 })
    for (const [key, value] of Object.entries(values)) {
      database
        .prepare(`UPDATE workshop_items SET details = json_set(details, '$.' || ?, ?) WHERE id = ?`)
        .run(key, value as string, id)
    }
    database.close()
  }
})
