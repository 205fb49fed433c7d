import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Job, Server } from '@left4me/contract'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EventReader, type ReadEvent } from '../testing/event-reader.ts'
import type { TestClient } from '../testing/test-client.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { formatEventId, parseEventId } from './stream-position.ts'

type Client = TestClient & { userId: number }
let server: TestServer
let louis: Client
let zoey: Client
let bill: Client

beforeEach(async () => {
  server = await startTestServer({ heartbeat: 20 })
  louis = await server.client('louis', 'admin')
  zoey = await server.client('zoey')
  bill = await server.client('bill')
})
afterEach(() => server[Symbol.asyncDispose]())

function open(client: Client, path = '/api/v1/events', lastEventId?: string | null): Promise<EventReader> {
  return EventReader.open(server.url + path, {
    ...client.authorisation,
    ...(lastEventId == null ? {} : { 'last-event-id': lastEventId }),
  })
}
const own = (id: number, lines?: number) =>
  `/api/v1/servers/${id}/events${lines === undefined ? '' : `?lines=${lines}`}`

const serverIds = (events: ReadEvent[]) =>
  events.filter(({ name }) => name === 'server').map(({ data }) => (data as Server).id)
const texts = (events: ReadEvent[]) => events.map(({ data }) => (data as { text: string }).text)

/** All that has arrived, once a mark that follows it has. */
async function eventsBeforeMark(reader: EventReader, owner: Client): Promise<ReadEvent[]> {
  server.domain.put(99, owner.userId)
  const events: ReadEvent[] = []
  for (;;) {
    const event = await reader.next()
    if (event.name === 'server' && (event.data as Server).id === 99) return events
    events.push(event)
  }
}

async function queueJob(ownerId: number, serverId: number): Promise<Job> {
  const locks = [{ scope: `server:${serverId}`, mode: 'exclusive' }] as const
  return server.domain.dependencies.jobs.enqueue({
    kind: 'server-start',
    input: { serverId },
    title: `Start ${serverId}`,
    locks,
    ownerId,
    serverId,
  })
}

describe('the stream of everything', () => {
  test('begins with the present state that the viewer may see, and goes on with what happens', async () => {
    server.domain.work = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', reject))
    server.domain.put(1, zoey.userId)
    server.domain.put(2, bill.userId)
    const job = await queueJob(zoey.userId, 1)
    await queueJob(bill.userId, 2)
    using reader = await open(zoey)
    expect(reader.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-content-type-options': 'nosniff',
    })
    const present = await eventsBeforeMark(reader, zoey)
    expect(serverIds(present)).toEqual([1])
    expect(present.filter(({ name }) => name === 'job').map(({ data }) => (data as Job).id)).toEqual([job.id])
    server.domain.put(2, bill.userId, { name: 'not for zoey' })
    server.domain.put(1, zoey.userId, { name: 'Friday' })
    expect(await reader.next()).toMatchObject({
      name: 'server',
      data: { id: 1, name: 'Friday' },
      id: expect.any(String),
    })
    using everything = await open(louis)
    expect(serverIds(await everything.take(3))).toEqual([1, 2, 99])
  })

  test('continues by Last-Event-ID with exactly what was missed', async () => {
    server.domain.put(1, zoey.userId)
    using first = await open(zoey)
    await eventsBeforeMark(first, zoey)
    first[Symbol.dispose]()
    for (let step = 1; step <= 5; step += 1) server.domain.put(1, zoey.userId, { name: `step ${step}` })
    using second = await open(zoey, undefined, first.lastEventId)
    const missed = await eventsBeforeMark(second, zoey)
    expect(missed.map(({ data }) => (data as Server).name)).toEqual(
      [1, 2, 3, 4, 5].map(step => `step ${step}`),
    )
  })

  test('loses nothing that happens while the present state is read', async () => {
    server.domain.put(1, zoey.userId, { name: 'before' })
    const gate = Promise.withResolvers<void>()
    server.domain.pause = gate.promise
    using everything = await open(zoey)
    using ownStream = await open(zoey, own(1))
    server.domain.put(1, zoey.userId, { name: 'meanwhile' })
    await sleep(50)
    expect(everything.lastEventId, 'no sign of life tells a position before the state was sent').toBeNull()
    gate.resolve()
    for (const reader of [everything, ownStream]) {
      const named: string[] = []
      while (named.at(-1) !== 'meanwhile') {
        const event = await reader.next()
        if (event.name === 'server') named.push((event.data as Server).name)
      }
      expect(named).toEqual(['before', 'meanwhile'])
    }
  })

  test.each(['nonsense', '0.0', 'another-life.3', 'x'.repeat(5000)])(
    'begins anew after the id %j',
    async id => {
      server.domain.put(1, zoey.userId)
      using reader = await open(zoey, undefined, id)
      expect(serverIds(await eventsBeforeMark(reader, zoey))).toEqual([1])
    },
  )

  test('begins anew when more was missed than is kept', async () => {
    server.domain.put(1, zoey.userId)
    using first = await open(zoey)
    await eventsBeforeMark(first, zoey)
    first[Symbol.dispose]()
    for (let step = 1; step <= 2500; step += 1) server.domain.put(1, zoey.userId, { name: `step ${step}` })
    using second = await open(zoey, undefined, first.lastEventId)
    expect(await second.next()).toMatchObject({ id: null, data: { id: 1, name: 'step 2500' } })
  })

  test('says of a server that was deleted or given away that it is gone, and only to who knew it', async () => {
    server.domain.put(1, zoey.userId)
    server.domain.put(2, zoey.userId)
    server.domain.put(3, bill.userId)
    using reader = await open(zoey)
    expect(serverIds(await eventsBeforeMark(reader, zoey))).toEqual([1, 2])
    server.domain.delete(1)
    server.domain.put(2, bill.userId)
    server.domain.delete(3)
    expect((await eventsBeforeMark(reader, zoey)).map(({ data }) => data)).toEqual([
      { id: 1, deleted: true },
      { id: 2, deleted: true },
    ])
  })

  test('has no logs and no players', async () => {
    server.domain.put(1, zoey.userId)
    using reader = await open(zoey)
    await eventsBeforeMark(reader, zoey)
    server.host.print(1, 'a line')
    const { hub } = server.domain.dependencies
    hub.publish({ name: 'players', data: { serverId: 1, players: [] } }, { ownerId: zoey.userId }, 1)
    expect(await eventsBeforeMark(reader, zoey)).toEqual([])
  })

  test('tells its position as a sign of life, without an event', async () => {
    server.domain.put(1, bill.userId)
    using reader = await open(zoey)
    const { hub } = server.domain.dependencies
    server.domain.put(1, bill.userId)
    server.domain.put(1, bill.userId)
    while (reader.lastEventId !== `${hub.epoch}.${hub.sequence}`) await sleep(5)
    expect(reader.events).toEqual([])
  })
})

describe('a server’s own stream', () => {
  beforeEach(() => {
    server.domain.put(1, zoey.userId)
  })

  test('begins with the server, its players and its last log lines, and goes on with new ones', async () => {
    server.host.print(1, ...Array.from({ length: 10 }, (_, index) => `line ${index + 1}`))
    using reader = await open(zoey, own(1, 3))
    expect((await reader.take(2)).map(({ name }) => name)).toEqual(['server', 'players'])
    expect(texts(await reader.take(3))).toEqual(['line 8', 'line 9', 'line 10'])
    server.host.print(1, 'line 11')
    server.host.print(2, 'of another server')
    server.host.print(1, 'line 12')
    const [eleventh, twelfth] = await reader.take(2)
    expect(eleventh).toMatchObject({
      name: 'log',
      data: { serverId: 1, sequence: 11, time: '2023-11-14T22:13:20.000Z', text: 'line 11' },
    })
    expect(twelfth).toMatchObject({ data: { sequence: 12 } })
  })

  test('shows no old lines when none are wanted, and misses none of the new ones', async () => {
    server.host.print(1, 'old')
    using reader = await open(zoey, own(1, 0))
    await reader.take(2)
    server.host.print(1, 'new')
    expect(texts([await reader.next()])).toEqual(['new'])
  })

  test('passes on two thousand lines at once without loss, and in few pieces', async () => {
    using reader = await open(zoey, own(1))
    await reader.take(2)
    const before = reader.chunks
    server.host.print(1, ...Array.from({ length: 2000 }, (_, index) => `line ${index + 1}`))
    const lines = await reader.take(2000)
    expect(lines.map(({ data }) => (data as { sequence: number }).sequence)).toEqual(
      Array.from({ length: 2000 }, (_, index) => index + 1),
    )
    expect(reader.chunks - before).toBeLessThan(50)
  })

  test('continues after a restart of the web application without losing or doubling a line', async () => {
    server.host.print(1, 'line 1', 'line 2')
    using first = await open(zoey, own(1))
    await first.take(4)
    await server.restart()
    server.domain.put(1, zoey.userId)
    server.host.print(1, 'line 3', 'line 4')
    using second = await open(zoey, own(1), first.lastEventId)
    const events = await second.take(4)
    expect(events.map(({ name }) => name)).toEqual(['server', 'players', 'log', 'log'])
    expect(texts(events.slice(2))).toEqual(['line 3', 'line 4'])
  })

  test('loses and doubles no line however often it breaks', async () => {
    const seen: number[] = []
    let last: string | null = null
    let printed = 0
    const printing = (async () => {
      while (printed < 400) {
        server.host.print(1, `line ${++printed}`, `line ${++printed}`)
        await sleep(1)
      }
    })()
    while (seen.length < 400) {
      using reader = await open(zoey, own(1, 5000), last)
      const wanted = Math.min(400, seen.length + 37)
      while (seen.length < wanted) {
        const event = await reader.next()
        if (event.name === 'log') seen.push((event.data as { sequence: number }).sequence)
        last = event.id ?? last
      }
    }
    await printing
    expect(seen).toEqual(Array.from({ length: 400 }, (_, index) => index + 1))
  })

  test('hears of no other server, and of all jobs that the viewer may see', async () => {
    server.domain.work = ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', reject))
    const before = await queueJob(zoey.userId, 2)
    await queueJob(bill.userId, 3)
    using reader = await open(zoey, own(1))
    expect(await reader.take(3)).toMatchObject([
      { name: 'server' },
      { name: 'players' },
      { name: 'job', data: { id: before.id } },
    ])
    server.domain.put(2, zoey.userId)
    await queueJob(bill.userId, 4)
    const [elsewhere, here] = [await queueJob(zoey.userId, 5), await queueJob(zoey.userId, 1)]
    const heard = new Set<number>()
    while (!heard.has(here.id)) {
      const { name, data } = await reader.next()
      expect(name).toBe('job')
      heard.add((data as Job).id)
    }
    expect([...heard].filter(id => id !== before.id)).toEqual([elsewhere.id, here.id])
  })

  test('hears of the overlays that may be layers of it, and of no stranger’s', async () => {
    using reader = await open(zoey, own(1))
    await reader.take(2)
    const { hub } = server.domain.dependencies
    const news = (id: number) => ({ name: 'overlay', data: { id, deleted: false } }) as const
    hub.publish(news(1), { ownerId: bill.userId })
    hub.publish(news(2), { ownerId: zoey.userId })
    hub.publish(news(3), 'everybody')
    expect((await reader.take(2)).map(({ data }) => data)).toEqual([news(2).data, news(3).data])
  })

  test('ends when the server is deleted, after saying so, and follows its log no longer', async () => {
    using reader = await open(zoey, own(1))
    await reader.take(2)
    server.domain.delete(1)
    expect(await reader.next()).toMatchObject({ name: 'server', data: { id: 1, deleted: true } })
    await reader.ended
    expect(server.host.followers).toBe(0)
  })

  test('ends without a word when the server is given to somebody else', async () => {
    using reader = await open(zoey, own(1))
    await reader.take(2)
    server.domain.put(1, bill.userId, { name: 'bill’s secret' })
    await reader.ended
    expect(reader.events).toHaveLength(2)
  })

  test('stops following the log when the client goes', async () => {
    using reader = await open(zoey, own(1))
    await reader.take(2)
    expect(server.host.followers).toBe(1)
    reader[Symbol.dispose]()
    while (server.host.followers > 0) await sleep(2)
  })

  test('is not kept for a client that goes before it has begun', async () => {
    const gate = Promise.withResolvers<void>()
    server.host.pause = gate.promise
    const sockets = Array.from({ length: 50 }, () => connect(Number(new URL(server.url).port), '127.0.0.1'))
    for (const socket of sockets)
      socket.write(`GET ${own(1)} HTTP/1.1\r\nHost: x\r\nCookie: ${zoey.cookie}\r\n\r\n`)
    await expect.poll(() => server.host.logQuestions).toBe(50)
    await Promise.all(sockets.map(socket => once(socket.destroy(), 'close')))
    await zoey.get('/api/v1/me')
    gate.resolve()
    using reader = await open(zoey, own(1))
    expect(reader.response.statusCode).toBe(200)
    await reader.take(2)
    await expect.poll(() => server.host.followers).toBe(1)
  })

  test('is cut off when its client does not read, rather than held in memory', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write(`GET ${own(1)} HTTP/1.1\r\nHost: x\r\nCookie: ${zoey.cookie}\r\n\r\n`)
    socket.pause()
    while (server.host.followers === 0) await sleep(2)
    const line = 'x'.repeat(4000)
    for (let round = 0; round < 200 && server.host.followers > 0; round += 1) {
      server.host.print(1, ...Array.from({ length: 100 }, () => line))
      await sleep(1)
    }
    expect(server.host.followers).toBe(0)
    socket.destroy()
    using healthy = await open(zoey, own(1, 1))
    expect((await healthy.take(3)).at(-1)).toMatchObject({ name: 'log', data: { text: line } })
  })
})

describe('a stream ends', () => {
  test('when its session is logged out', async () => {
    using reader = await open(zoey)
    using other = await open(bill)
    await zoey.delete('/api/v1/session')
    await reader.ended
    expect(other.response.closed).toBe(false)
  })

  test('when its API token is revoked', async () => {
    const { token, apiToken } = (await zoey.post('/api/v1/me/tokens', { name: 'x' })).json as {
      token: string
      apiToken: { id: number }
    }
    using reader = await EventReader.open(`${server.url}/api/v1/events`, { authorization: `Bearer ${token}` })
    await zoey.delete(`/api/v1/me/tokens/${apiToken.id}`)
    await reader.ended
  })

  test('when its viewer is deleted, or loses the rights of an admin', async () => {
    using reader = await open(bill)
    await louis.delete(`/api/v1/users/${bill.userId}`)
    await reader.ended
    await louis.patch(`/api/v1/users/${zoey.userId}`, { role: 'admin' })
    await zoey.post('/api/v1/session', { username: 'zoey', password: 'correct horse battery staple' })
    using asAdmin = await open(zoey)
    await louis.patch(`/api/v1/users/${zoey.userId}`, { role: 'user' })
    await asAdmin.ended
  })

  test('when somebody else’s process took the session away, by the next sign of life', async () => {
    using reader = await open(zoey)
    await server.domain.dependencies.db.deleteFrom('sessions').where('user_id', '=', zoey.userId).execute()
    await reader.ended
  })

  test('when the web application stops, which does not wait for it', async () => {
    using reader = await open(zoey)
    await server.restart()
    await reader.ended
  })
})

test('one person can’t take all streams', async () => {
  const readers = await Promise.all(Array.from({ length: 50 }, () => open(zoey)))
  const refused = await zoey.get('/api/v1/events')
  expect(refused).toMatchObject({ status: 429, json: { code: 'too-many-requests' } })
  using other = await open(bill)
  expect(other.response.statusCode).toBe(200)
  for (const reader of readers) reader[Symbol.dispose]()
})

test('event ids are read back as they were written, and nothing else is', () => {
  for (const position of [
    { epoch: 'a_b-c', sequence: 12, log: null },
    { epoch: '8', sequence: 0, log: 34 },
  ]) {
    expect(parseEventId(formatEventId(position))).toEqual(position)
  }
  for (const text of ['', '.', 'a.b', 'a.1.2.3', 'a.-1', 'a b.1', `a.${'9'.repeat(16)}`])
    expect(parseEventId(text)).toBeNull()
})
