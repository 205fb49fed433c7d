import { describe, expect, test } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import { HttpPeer, type HttpPeerRequest } from '../testing/http-peer.ts'
import { SteamWebApi } from './steam-web-api.ts'

const api = (peer: HttpPeer, options = {}) =>
  new SteamWebApi({ baseUrl: `${peer.baseUrl}/`, backoffMs: 1, timeoutMs: 60_000, ...options })
const idsOf = ({ form }: HttpPeerRequest) =>
  [...form].filter(([name]) => name.startsWith('publishedfileids')).map(([, id]) => id)
const filesAnswer = (ids: readonly string[]) => ({
  body: JSON.stringify({
    response: {
      result: 1,
      publishedfiledetails: ids.map(publishedfileid => ({ publishedfileid, result: 1 })),
    },
  }),
})

describe('publishedFiles', () => {
  test('asks as Steam wants to be asked', async () => {
    await using peer = await HttpPeer.start(request => filesAnswer(idsOf(request)))
    await api(peer).publishedFiles(['3405000001', '1'])
    const request = peer.requests[0]
    expect(request?.method).toBe('POST')
    expect(request?.path).toBe('/ISteamRemoteStorage/GetPublishedFileDetails/v1/')
    expect(request?.form.toString()).toBe(
      'itemcount=2&publishedfileids%5B0%5D=3405000001&publishedfileids%5B1%5D=1',
    )
  })

  test('asks in batches of a hundred, for each id once, and answers in the order of the ids', async () => {
    await using peer = await HttpPeer.start(request => filesAnswer(idsOf(request).toReversed()))
    const ids = Array.from({ length: 250 }, (_value, index) => String(index + 1))
    const files = await api(peer).publishedFiles([...ids, '1', '2'])
    expect(peer.requests.map(request => idsOf(request).length)).toEqual([100, 100, 50])
    expect(files.map(file => file.id)).toEqual(ids)
  })

  test('names what Steam does not mention', async () => {
    await using peer = await HttpPeer.start(() => filesAnswer([]))
    expect(await api(peer).publishedFiles(['7'])).toEqual([{ found: false, id: '7', result: 0 }])
  })

  test('asks nothing for no ids, and refuses what is none', async () => {
    await using peer = await HttpPeer.start(() => filesAnswer([]))
    expect(await api(peer).publishedFiles([])).toEqual([])
    await expect(api(peer).publishedFiles(['1&key=x'])).rejects.toMatchObject({ code: 'bad-input' })
    expect(peer.requests).toEqual([])
  })
})

describe('resolveCollection', () => {
  const collection = (children: readonly [string, number][]) => ({ result: 1, children })
  const serve = (known: Record<string, ReturnType<typeof collection>>) =>
    HttpPeer.start(request => ({
      body: JSON.stringify({
        response: {
          result: 1,
          collectiondetails: idsOf(request).map(id => ({
            publishedfileid: id,
            result: known[id]?.result ?? 9,
            children: known[id]?.children.map(([publishedfileid, filetype], sortorder) => ({
              publishedfileid,
              filetype,
              sortorder,
            })),
          })),
        },
      }),
    }))

  test('goes through nested and cyclic collections once each', async () => {
    await using peer = await serve({
      1: collection([
        ['11', 0],
        ['2', 2],
        ['3', 2],
      ]),
      2: collection([
        ['21', 0],
        ['11', 0],
        ['1', 2],
      ]),
      3: collection([
        ['31', 0],
        ['2', 2],
        ['9', 2],
      ]),
    })
    expect(await api(peer).resolveCollection('1')).toEqual({
      itemIds: ['11', '21', '31'],
      missingCollectionIds: ['9'],
      truncated: false,
    })
    expect(peer.requests.map(idsOf)).toEqual([['1'], ['2', '3'], ['9']])
  })

  test('says that a single item is no collection', async () => {
    await using peer = await serve({})
    expect(await api(peer).resolveCollection('5')).toEqual({
      itemIds: [],
      missingCollectionIds: ['5'],
      truncated: false,
    })
  })

  test('ends in the depth, and in the width', async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 20 }, (_value, index) => [index + 1, collection([[String(index + 2), 2]])]),
    )
    await using deep = await serve(chain)
    expect((await api(deep).resolveCollection('1')).truncated).toBe(true)
    expect(deep.requests).toHaveLength(8)
    await using wide = await serve({
      1: collection(Array.from({ length: 6000 }, (_value, index) => [String(index + 10), 0])),
    })
    const resolved = await api(wide).resolveCollection('1')
    expect([resolved.itemIds.length, resolved.truncated]).toEqual([5000, true])
    await using broad = await serve({
      1: collection(Array.from({ length: 300 }, (_value, index) => [String(index + 10), 2])),
    })
    expect((await api(broad).resolveCollection('1')).missingCollectionIds).toHaveLength(199)
  })
})

describe('other questions', () => {
  test('names of players need a key, which is in no error', async () => {
    await using peer = await HttpPeer.start((_request, count) =>
      count === 1
        ? { body: '{"response":{"players":[{"steamid":"76561197960287930","personaname":"x"}]}}' }
        : { status: 403 },
    )
    await expect(api(peer).playerSummaries(['76561197960287930'])).rejects.toMatchObject({
      code: 'bad-input',
    })
    const players = await api(peer, { key: 'hush' }).playerSummaries([
      '76561197960287930',
      '76561197960287931',
    ])
    expect([...players.keys()]).toEqual(['76561197960287930'])
    expect(peer.requests[0]?.query.get('steamids')).toBe('76561197960287930,76561197960287931')
    const error: unknown = await api(peer, { key: 'hush' })
      .playerSummaries(['1'])
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'refused', remedy: expect.stringContaining('key') })
    expect(JSON.stringify(error) + String(error)).not.toContain('hush')
  })

  test('the version check and the server list carry their parameters', async () => {
    await using peer = await HttpPeer.start(request => ({
      body: request.path.includes('UpToDate')
        ? '{"response":{"success":true,"up_to_date":true}}'
        : '{"response":{"success":true,"servers":[]}}',
    }))
    expect(await api(peer).upToDateCheck(550, '2243')).toMatchObject({ upToDate: true })
    expect(await api(peer).serversAtAddress('203.0.113.9')).toEqual([])
    expect(peer.requests.map(({ path, query }) => `${path}?${query}`)).toEqual([
      '/ISteamApps/UpToDateCheck/v1/?appid=550&version=2243',
      '/ISteamApps/GetServersAtAddress/v1/?addr=203.0.113.9',
    ])
    await expect(api(peer).upToDateCheck(550, '2.2.4.3')).rejects.toMatchObject({ code: 'bad-input' })
    await expect(api(peer).serversAtAddress('example.invalid')).rejects.toMatchObject({ code: 'bad-input' })
  })
})

describe('failures', () => {
  test.each([429, 500, 503])('with status %d are tried again, and then succeed', async status => {
    await using peer = await HttpPeer.start((request, count) =>
      count < 3 ? { status } : filesAnswer(idsOf(request)),
    )
    expect(await api(peer).publishedFiles(['1'])).toHaveLength(1)
    expect(peer.requests).toHaveLength(3)
  })

  test('end after as many attempts as are allowed', async () => {
    await using peer = await HttpPeer.start(() => ({ status: 503 }))
    await expect(api(peer, { attempts: 3 }).publishedFiles(['1'])).rejects.toMatchObject({ code: 'refused' })
    expect(peer.requests).toHaveLength(3)
  })

  test('that will not pass are not repeated', async () => {
    await using peer = await HttpPeer.start(() => ({ status: 400 }))
    await expect(api(peer).publishedFiles(['1'])).rejects.toMatchObject({ code: 'refused' })
    expect(peer.requests).toHaveLength(1)
  })

  test('with a Retry-After beyond patience are the caller’s to repeat', async () => {
    await using peer = await HttpPeer.start(() => ({ status: 429, headers: { 'retry-after': '3600' } }))
    await expect(api(peer).publishedFiles(['1'])).rejects.toMatchObject({ code: 'refused' })
    expect(peer.requests).toHaveLength(1)
  })

  test('of the connection are tried again', async () => {
    await using peer = await HttpPeer.start((request, count) =>
      count === 1 ? { hangUp: true } : filesAnswer(idsOf(request)),
    )
    expect(await api(peer).publishedFiles(['1'])).toHaveLength(1)
  })

  test('of a server that never answers end with a timeout', async () => {
    await using peer = await HttpPeer.start(() => ({ silent: true }))
    await expect(api(peer, { timeoutMs: 30, attempts: 2 }).publishedFiles(['1'])).rejects.toMatchObject({
      code: 'timeout',
    })
  })

  test('are broken JSON, redirects and answers without end', async () => {
    await using peer = await HttpPeer.start((_request, count) => {
      if (count === 1) return { body: '{"response":' }
      return { status: 302, headers: { location: 'http://127.0.0.1:1/' } }
    })
    await expect(api(peer).publishedFiles(['1'])).rejects.toMatchObject({ code: 'malformed' })
    await expect(api(peer).publishedFiles(['1'])).rejects.toMatchObject({ code: 'refused' })
    expect(peer.requests).toHaveLength(2)
    await using endless = await HttpPeer.start(() => ({ body: ' '.repeat(17 * 1024 * 1024) }))
    await expect(api(endless).publishedFiles(['1'])).rejects.toMatchObject({ code: 'too-large' })
  })

  test('are also calls that were aborted, before, during and between attempts', async () => {
    await using peer = await HttpPeer.start((_request, count) =>
      count === 1 ? { silent: true } : { status: 503 },
    )
    const aborted = { code: 'aborted' }
    await expect(api(peer).publishedFiles(['1'], AbortSignal.abort())).rejects.toMatchObject(aborted)
    const during = new AbortController()
    const asked = api(peer).publishedFiles(['1'], during.signal)
    await eventually(() => peer.requests.length).toBe(1)
    during.abort()
    await expect(asked).rejects.toMatchObject(aborted)
    const between = new AbortController()
    const waiting = api(peer, { backoffMs: 30_000 }).publishedFiles(['1'], between.signal)
    await eventually(() => peer.requests.length).toBe(2)
    between.abort()
    await expect(waiting).rejects.toMatchObject(aborted)
  })
})
