import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { A2sInfo } from '../a2s/info.ts'
import { decodeA2sReply } from '../a2s/replies.ts'
import { ProtocolError } from '../protocol-error.ts'
import { eventually } from '../testing/eventually.ts'
import { hex, UdpPeer } from '../testing/udp-peer.ts'
import { A2sClient } from './a2s-client.ts'
import { type A2sObservation, A2sPoller, type A2sQueries } from './a2s-poller.ts'
import type { CallOptions, Target } from './index.ts'

const infoBytes = (players: number) =>
  hex(`ffffffff49 11 6100 6d00 00 00 2602 0${players} 04 00 64 6c 00 01 3100`)
const info = (players: number): A2sInfo => {
  const reply = decodeA2sReply(infoBytes(players))
  if (reply.kind !== 'info') throw new Error('Not an INFO reply.')
  return reply.info
}
const noPlayers = { players: [], declaredCount: 0, truncated: false }

/** A server of the test: says what it is told to, after 20 ms, and keeps a list of when it was asked what. */
class ScriptedServer {
  readonly asked: { readonly at: number; readonly what: 'info' | 'players'; readonly target: Target }[] = []
  answers = true
  humans = 1
  pending = 0
  mostPending = 0

  info(target: Target, options: CallOptions = {}): Promise<A2sInfo> {
    return this.#ask('info', target, options, info(this.humans))
  }

  players(target: Target, options: CallOptions = {}) {
    return this.#ask('players', target, options, noPlayers)
  }

  async #ask<T>(what: 'info' | 'players', target: Target, options: CallOptions, answer: T): Promise<T> {
    this.asked.push({ at: performance.now(), what, target })
    this.pending += 1
    this.mostPending = Math.max(this.mostPending, this.pending)
    const { answers } = this
    await new Promise(resolve => setTimeout(resolve, answers ? 20 : (options.timeoutMs ?? 2000)))
    this.pending -= 1
    if (!answers) throw new ProtocolError('timeout', 'No answer.')
    return answer
  }
}

const queriesOf = (server: ScriptedServer): A2sQueries => ({
  info: (target, options) => server.info(target, options),
  players: (target, options) => server.players(target, options),
})
const target = (port: number) => ({ host: '192.0.2.1', port })

describe('A2sPoller', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance', 'Date'] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('asks for INFO about every 5 s and for players about every 15 s', async () => {
    const server = new ScriptedServer()
    const poller = new A2sPoller({ client: queriesOf(server) })
    poller.watch(target(1), () => {})
    await vi.advanceTimersByTimeAsync(600_000)
    poller.stop()
    const count = (what: string) => server.asked.filter(query => query.what === what).length
    expect(count('info')).toBeGreaterThan(105)
    expect(count('info')).toBeLessThan(135)
    expect(count('players')).toBeGreaterThan(34)
    expect(count('players')).toBeLessThan(46)
  })

  test('asks nobody’s names while nobody plays', async () => {
    const server = new ScriptedServer()
    server.humans = 0
    const seen: A2sObservation[] = []
    const poller = new A2sPoller({ client: queriesOf(server) })
    poller.watch(target(1), observation => seen.push(observation))
    await vi.advanceTimersByTimeAsync(60_000)
    poller.stop()
    expect(server.asked.some(query => query.what === 'players')).toBe(false)
    expect(seen.at(-1)).toMatchObject({ reachability: 'answering', players: { players: [] } })
  })

  test('never asks one server more than three times in any second, whatever the intervals', async () => {
    const server = new ScriptedServer()
    const poller = new A2sPoller({ client: queriesOf(server), infoIntervalMs: 1, playersIntervalMs: 1 })
    poller.watch(target(1), () => {})
    await vi.advanceTimersByTimeAsync(120_000)
    poller.stop()
    const times = server.asked.map(query => query.at)
    for (const [index, at] of times.entries())
      expect((times[index + 3] ?? Number.POSITIVE_INFINITY) - at).toBeGreaterThan(1000)
    // Half a query a second in the long run: far under what fills the server's window of 30 s.
    expect(times.length).toBeLessThan(65)
  })

  test('asks a silent server less and less often, and as usual once it answers', async () => {
    const server = new ScriptedServer()
    server.answers = false
    const poller = new A2sPoller({ client: queriesOf(server) })
    poller.watch(target(1), () => {})
    await vi.advanceTimersByTimeAsync(600_000)
    const whileSilent = server.asked.length
    expect(whileSilent).toBeGreaterThan(8)
    expect(whileSilent).toBeLessThan(18)
    server.answers = true
    await vi.advanceTimersByTimeAsync(70_000)
    const before = server.asked.length
    await vi.advanceTimersByTimeAsync(60_000)
    poller.stop()
    expect(server.asked.length - before).toBeGreaterThan(10)
  })

  test('does not call a server silent for a missed answer or two, nor within the window of a query limit', async () => {
    const server = new ScriptedServer()
    const seen: A2sObservation[] = []
    const poller = new A2sPoller({ client: queriesOf(server) })
    poller.watch(target(1), observation => seen.push(observation))
    await vi.advanceTimersByTimeAsync(10_000)
    server.answers = false
    await vi.advanceTimersByTimeAsync(20_000)
    expect(seen.at(-1)).toMatchObject({ reachability: 'answering', info: { name: 'a' } })
    await vi.advanceTimersByTimeAsync(60_000)
    expect(seen.at(-1)).toMatchObject({ reachability: 'silent', info: { name: 'a' } })
    server.answers = true
    await vi.advanceTimersByTimeAsync(70_000)
    poller.stop()
    expect(seen.at(-1)?.reachability).toBe('answering')
    expect(seen.every(({ reachability }) => reachability !== 'unknown')).toBe(true)
  })

  test('says nothing about a server that has not answered yet, until it counts as silent', async () => {
    const server = new ScriptedServer()
    server.answers = false
    const seen: string[] = []
    const poller = new A2sPoller({ client: queriesOf(server) })
    poller.watch(target(1), observation => seen.push(observation.reachability))
    await vi.advanceTimersByTimeAsync(90_000)
    poller.stop()
    expect([...new Set(seen)]).toEqual(['unknown', 'silent'])
  })

  test('has no more queries under way than allowed, and makes up for none', async () => {
    const server = new ScriptedServer()
    server.answers = false
    const poller = new A2sPoller({ client: queriesOf(server), maxInFlight: 10 })
    for (let port = 1; port <= 200; port += 1) poller.watch(target(port), () => {})
    await vi.advanceTimersByTimeAsync(20_000)
    expect(server.mostPending).toBe(10)
    const perServer = new Map<number, number>()
    for (const { target: asked } of server.asked)
      perServer.set(asked.port, (perServer.get(asked.port) ?? 0) + 1)
    expect(Math.max(...perServer.values())).toBe(1)
    poller.stop()
  })

  test('spreads servers that were added together', async () => {
    const server = new ScriptedServer()
    const poller = new A2sPoller({ client: queriesOf(server), maxInFlight: 500 })
    for (let port = 1; port <= 100; port += 1) poller.watch(target(port), () => {})
    await vi.advanceTimersByTimeAsync(1000)
    poller.stop()
    const times = server.asked.filter(query => query.what === 'info').map(query => Math.round(query.at))
    expect(times).toHaveLength(100)
    expect(new Set(times).size).toBeGreaterThan(50)
  })

  test('stops asking, and says nothing more, when nobody watches', async () => {
    const server = new ScriptedServer()
    let calls = 0
    const poller = new A2sPoller({ client: queriesOf(server) })
    const unwatch = poller.watch(target(1), () => {
      calls += 1
    })
    await vi.advanceTimersByTimeAsync(6000)
    const [callsBefore, askedBefore] = [calls, server.asked.length]
    unwatch()
    unwatch()
    await vi.advanceTimersByTimeAsync(60_000)
    expect([calls, server.asked.length]).toEqual([callsBefore, askedBefore])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('refuses a target that no engine has', () => {
    const poller = new A2sPoller({ client: queriesOf(new ScriptedServer()) })
    expect(() => poller.watch({ host: '::1', port: 1 }, () => {})).toThrow(
      expect.objectContaining({ code: 'bad-input' }),
    )
  })
})

test('A2sPoller and A2sClient together follow a real socket', async () => {
  await using peer = await UdpPeer.start(datagram => [
    datagram[4] === 0x54 ? infoBytes(2) : hex('ffffffff44 00'),
  ])
  await using client = new A2sClient()
  await client.open()
  const poller = new A2sPoller({ client, infoIntervalMs: 20, timeoutMs: 20_000 })
  const seen: A2sObservation[] = []
  poller.watch(peer.target, observation => seen.push(observation))
  await eventually(() => seen.at(-1)?.players).toEqual(noPlayers)
  poller.stop()
  expect(seen[0]).toMatchObject({ reachability: 'answering', info: { players: 2 } })
})
