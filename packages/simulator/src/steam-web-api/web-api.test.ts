import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningWebApi, startSimulatedWebApi } from '../start-web-api.ts'

let api: RunningWebApi
beforeEach(async () => {
  api = await startSimulatedWebApi()
})
afterEach(() => api.stop())

function post(path: string, count: string, ids: readonly string[]): Promise<Response> {
  const form = new URLSearchParams({ [count]: String(ids.length) })
  for (const [index, id] of ids.entries()) form.set(`publishedfileids[${index}]`, id)
  return fetch(`${api.origin}${path}`, { method: 'POST', body: form })
}

/** What the tests look at; the API is asked for JSON of a shape that only it knows. */
interface Details {
  readonly publishedfileid: string
  readonly file_size: string | number
  readonly file_url: string
  readonly hcontent_file: string
  readonly tags: readonly unknown[]
}

interface Person {
  readonly steamid: string
  readonly avatarfull: string
  readonly communityvisibilitystate: number
}

interface Answer {
  readonly publishedfiledetails: readonly Details[]
  readonly collectiondetails: readonly { readonly children: readonly unknown[] }[]
  readonly players: readonly Person[]
  readonly required_version: unknown
}

async function answerOf(reply: Response): Promise<Answer> {
  return ((await reply.json()) as { response: Answer }).response
}

async function details(...ids: string[]): Promise<readonly Details[]> {
  return (await answerOf(await post('/ISteamRemoteStorage/GetPublishedFileDetails/v1/', 'itemcount', ids)))
    .publishedfiledetails
}

async function oneOf(id: string): Promise<Details> {
  const [item] = await details(id)
  if (item === undefined) throw new Error('nothing came')
  return item
}

async function collection(id: string): Promise<Answer> {
  return answerOf(await post('/ISteamRemoteStorage/GetCollectionDetails/v1/', 'collectioncount', [id]))
}

const get = async (path: string): Promise<Answer> => answerOf(await fetch(api.origin + path))

describe('published files', () => {
  it('have the fields of a SteamPipe item: a size as text and no URL', async () => {
    const item = await oneOf('3405000002')
    expect(item).toMatchObject({
      publishedfileid: '3405000002',
      result: 1,
      consumer_app_id: 550,
      filename: '',
      file_url: '',
    })
    expect(item.file_size).toMatch(/^\d+$/)
    expect(item.tags).toEqual([{ tag: 'Campaigns' }, { tag: 'Co-op' }])
  })

  it('have a number for a size when told to', async () => {
    api.switches['number-sizes'] = true
    expect(typeof (await oneOf('3405000001')).file_size).toBe('number')
  })

  it('that are hidden or gone have two fields', async () => {
    expect(await details('1')).toEqual([{ publishedfileid: '1', result: 9 }])
    expect(await details('nonsense')).toEqual([{ publishedfileid: 'nonsense', result: 9 }])
  })

  it('can belong to another app, be banned, and have handles above 2^63', async () => {
    const [other, banned, huge] = await details('400', '600', '700')
    expect(other).toMatchObject({ consumer_app_id: 440 })
    expect(banned).toMatchObject({ banned: 1, ban_reason: 'simulated ban' })
    expect(BigInt(huge?.hcontent_file ?? 0)).toBeGreaterThan(2n ** 63n)
  })

  it('of the legacy kind are downloaded from their URL, as long as promised and as a VPK', async () => {
    const item = await oneOf('500')
    const bytes = Buffer.from(await (await fetch(item.file_url)).arrayBuffer())
    expect(bytes).toHaveLength(Number(item.file_size))
    expect(bytes.readUInt32LE(0)).toBe(0x55aa1234)
  })

  it('refuse a list that does not agree with its count', async () => {
    const reply = await fetch(`${api.origin}/ISteamRemoteStorage/GetPublishedFileDetails/v1/`, {
      method: 'POST',
      body: new URLSearchParams({ itemcount: '2', 'publishedfileids[0]': '10' }),
    })
    expect(reply.status).toBe(400)
  })
})

describe('collections', () => {
  it('nest, and lead back to themselves', async () => {
    expect((await collection('100')).collectiondetails[0]?.children).toEqual([
      { publishedfileid: '101', sortorder: 1, filetype: 0 },
      { publishedfileid: '102', sortorder: 2, filetype: 0 },
      { publishedfileid: '200', sortorder: 3, filetype: 2 },
    ])
    expect((await collection('300')).collectiondetails[0]?.children.at(-1)).toMatchObject({
      publishedfileid: '100',
      filetype: 2,
    })
    expect((await collection('310')).collectiondetails[0]?.children).toEqual([])
  })

  it('that are none have an outer result 1 with count 0 and an inner result 9', async () => {
    expect(await collection('101')).toEqual({
      result: 1,
      resultcount: 0,
      collectiondetails: [{ publishedfileid: '101', result: 9 }],
    })
  })
})

describe('people, versions and servers', () => {
  it('come in another order, without those that Steam does not know, and need a key', async () => {
    const path = '/ISteamUser/GetPlayerSummaries/v2/?key=k&steamids='
    const { players } = await get(`${path}76561197960287930,76561197960287931,76561197960287939,12`)
    expect(players.map(player => player.steamid)).toEqual(['76561197960287931', '76561197960287930'])
    const hidden = (await get(`${path}76561197960287938`)).players[0]
    expect([hidden?.communityvisibilitystate, 'timecreated' in (hidden ?? {})]).toEqual([1, false])
    expect((await fetch(`${api.origin}/ISteamUser/GetPlayerSummaries/v2/?steamids=1`)).status).toBe(403)
    const avatar = await fetch(players[0]?.avatarfull ?? '')
    expect(
      Buffer.from(await avatar.arrayBuffer())
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
  })

  it('are up to date or not, the required version as text or as a number', async () => {
    const path = '/ISteamApps/UpToDateCheck/v1/?appid=550&version='
    expect(await get(`${path}2243`)).toEqual({ success: true, up_to_date: true, version_is_listable: true })
    expect(await get(`${path}2242`)).toMatchObject({ up_to_date: false, required_version: '2243' })
    api.switches['number-sizes'] = true
    expect((await get(`${path}2242`)).required_version).toBe(2243)
  })

  it('are listed by address', async () => {
    const answer = await get('/ISteamApps/GetServersAtAddress/v1/?addr=203.0.113.9:27016')
    expect(answer).toMatchObject({
      servers: [
        {
          addr: '203.0.113.9:27016',
          steamid: '90171234567890123',
          appid: 550,
        },
      ],
    })
    expect(await get('/ISteamApps/GetServersAtAddress/v1/?addr=nonsense')).toMatchObject({ success: false })
  })

  it('are not found elsewhere', async () => {
    expect((await fetch(`${api.origin}/ISteamUser/Nothing/v1/`)).status).toBe(404)
    expect((await fetch(`${api.origin}/`)).status).toBe(404)
  })
})

describe('misbehaviour of the Web API', () => {
  const path = '/ISteamApps/UpToDateCheck/v1/?appid=550&version=2243'

  it('limits so many requests, then answers one, and so on', async () => {
    api.switches['rate-limit'] = 2
    const statuses = []
    for (let round = 0; round < 6; round += 1) statuses.push((await fetch(api.origin + path)).status)
    expect(statuses).toEqual([429, 429, 200, 429, 429, 200])
    expect(api.requests).toHaveLength(6)
    api.switches['rate-limit'] = -1
    const reply = await fetch(api.origin + path)
    expect([reply.status, reply.headers.get('retry-after')]).toEqual([429, '1'])
  })

  it('is unavailable', async () => {
    api.switches.unavailable = 1
    expect([(await fetch(api.origin + path)).status, (await fetch(api.origin + path)).status]).toEqual([
      503, 200,
    ])
  })

  it('sends half of its JSON, or a page instead', async () => {
    api.switches.malformed = true
    await expect(get(path)).rejects.toThrow(SyntaxError)
    api.switches.malformed = false
    api.switches.html = true
    await expect(get(path)).rejects.toThrow(SyntaxError)
  })

  it('never answers, or never ends', async () => {
    api.switches.hang = true
    await expect(fetch(api.origin + path, { signal: AbortSignal.timeout(100) })).rejects.toThrow('timeout')
    api.switches.hang = false
    api.switches.huge = true
    const reply = await fetch(api.origin + path)
    let size = 0
    for await (const chunk of reply.body ?? []) {
      size += chunk.length
      if (size > 1_000_000) break
    }
    expect(size).toBeGreaterThan(1_000_000)
  })

  it('breaks downloads: short, too long, elsewhere, a ZIP', async () => {
    const item = await oneOf('501')
    const size = Number(item.file_size)
    api.switches['download-short'] = true
    await expect((await fetch(item.file_url)).arrayBuffer()).rejects.toThrow()
    api.switches['download-short'] = false
    api.switches['download-other-size'] = true
    expect((await (await fetch(item.file_url)).arrayBuffer()).byteLength).toBe(size + 4096)
    api.switches['download-zip'] = true
    expect((await (await fetch(item.file_url)).text()).slice(0, 2)).toBe('PK')
    api.switches['download-redirect'] = true
    const reply = await fetch(item.file_url, { redirect: 'manual' })
    expect([reply.status, reply.headers.get('location')]).toEqual([302, 'http://127.0.0.1:9/elsewhere.vpk'])
  })
})
