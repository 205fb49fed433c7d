import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIP } from 'node:net'
import type { A2sInfo } from '../a2s/info.ts'
import type { A2sPlayerList } from '../a2s/players.ts'
import { type A2sReply, a2sReplyKind, decodeA2sReply } from '../a2s/replies.ts'
import { type A2sQuery, encodeA2sRequest } from '../a2s/requests.ts'
import type { A2sRuleList } from '../a2s/rules.ts'
import { isSplitPacket, SplitPackets } from '../a2s/split-packets.ts'
import { ProtocolError } from '../protocol-error.ts'
import { type CallOptions, Deadline } from './deadline.ts'
import { checkTarget, resolveHost, type Target } from './target.ts'

const defaultTimeoutMs = 2000
/** A server may answer with a challenge, and with a second one when the first expired. More is a loop. */
const maxChallenges = 3
/** How long an answer may take to overtake the second copy of the challenge before it. */
const repeatAfterMs = 100
/** A challenge belongs to our address and port and is good for a while; a stale one only costs one more exchange. */
const challengeLifetimeMs = 30_000
/** Addresses whose challenge is remembered. */
const maxPeers = 4096
const receiveBufferBytes = 1024 * 1024

interface Query {
  readonly kind: A2sQuery
  readonly deadline: Deadline<A2sReply>
  challenges: number
  /** The challenge that was sent last. */
  sent: number | null
  /** Runs while it isn't known whether a repeated challenge is a datagram that came twice. */
  repeat: NodeJS.Timeout | undefined
}

interface Peer {
  readonly address: string
  readonly port: number
  readonly splits: SplitPackets
  readonly waiting: Query[]
  current: Query | null
  challenge: { readonly value: number; readonly at: number } | null
}

/**
 * Asks any number of servers over one UDP socket. Queries to one address are sent one after another, since challenges
 * say nothing about which query they answer; different addresses don't wait for each other.
 *
 * Nothing is sent twice on its own account: servers count queries by address (`sv_max_queries_sec`, 3 a second) and are
 * silent beyond that. Whoever retries decides how often. The client has no pace of its own; see `A2sPoller`.
 */
export class A2sClient implements AsyncDisposable {
  readonly #timeoutMs: number
  #socket: Socket | null = null
  #opening: Promise<void> | null = null
  readonly #peers = new Map<string, Peer>()

  /** `timeoutMs`: of queries that name none; 2000 unless said otherwise. */
  constructor(options: { readonly timeoutMs?: number } = {}) {
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  }

  /** Binds the socket. Idempotent. Rejects with `refused` when the machine gives none. */
  open(): Promise<void> {
    this.#opening ??= this.#bind().catch((error: unknown) => {
      this.#opening = null
      throw error
    })
    return this.#opening
  }

  /**
   * A2S_INFO. Rejects with a ProtocolError: `timeout`, `malformed`, `refused`, `closed`,
   * `aborted`, `bad-input`.
   */
  async info(target: Target, options: CallOptions = {}): Promise<A2sInfo> {
    const reply = await this.#ask('info', target, options)
    if (reply.kind !== 'info') throw unexpected(reply)
    return reply.info
  }

  /** A2S_PLAYER. Rejects as `info` does. */
  async players(target: Target, options: CallOptions = {}): Promise<A2sPlayerList> {
    const reply = await this.#ask('players', target, options)
    if (reply.kind !== 'players') throw unexpected(reply)
    return reply.players
  }

  /** A2S_RULES. Rejects as `info` does. */
  async rules(target: Target, options: CallOptions = {}): Promise<A2sRuleList> {
    const reply = await this.#ask('rules', target, options)
    if (reply.kind !== 'rules') throw unexpected(reply)
    return reply.rules
  }

  /** Rejects what is pending with `closed` and frees the socket. Idempotent; `open` works again afterwards. */
  async close(): Promise<void> {
    const socket = this.#socket
    this.#socket = null
    this.#opening = null
    this.#rejectAll(new ProtocolError('closed', 'The A2S client was closed.'))
    if (socket === null) return
    await new Promise<void>(resolve => {
      socket.close(() => resolve())
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #bind(): Promise<void> {
    const socket = createSocket({
      type: 'udp4',
      recvBufferSize: receiveBufferBytes,
      // Addresses are resolved before: without this, every datagram would wait for a thread of the resolver.
      lookup: (hostname, _options, callback) => callback(null, hostname, 4),
    })
    await new Promise<void>((resolve, reject) => {
      socket.once('error', cause =>
        reject(new ProtocolError('refused', 'No UDP socket could be opened.', { cause })),
      )
      socket.bind(0, () => {
        socket.removeAllListeners('error')
        resolve()
      })
    })
    socket.on('message', (datagram, from) => this.#receive(datagram, from))
    socket.on('error', cause => {
      this.#rejectAll(new ProtocolError('closed', 'The UDP socket failed.', { cause }))
    })
    this.#socket = socket
  }

  async #ask(kind: A2sQuery, target: Target, options: CallOptions): Promise<A2sReply> {
    checkTarget(target)
    let peer: Peer | null = null
    const query: Query = {
      kind,
      challenges: 0,
      sent: null,
      repeat: undefined,
      deadline: new Deadline<A2sReply>({
        timeoutMs: options.timeoutMs ?? this.#timeoutMs,
        signal: options.signal,
        timedOut: () => {
          // The server may be another one by now, which drops a challenge that it didn't issue.
          if (peer?.current === query) peer.challenge = null
          return timedOut(target)
        },
      }),
    }
    query.deadline.onSettled(() => {
      clearTimeout(query.repeat)
      if (peer !== null) this.#remove(peer, query)
    })
    if (isIP(target.host) === 4) {
      peer = this.#enqueue(target.host, target.port, query)
      return query.deadline.promise
    }
    resolveHost(target.host).then(
      address => {
        if (!query.deadline.settled) peer = this.#enqueue(address, target.port, query)
      },
      (error: unknown) => query.deadline.reject(error),
    )
    return query.deadline.promise
  }

  #enqueue(address: string, port: number, query: Query): Peer | null {
    if (query.deadline.settled) return null
    if (this.#socket === null) {
      query.deadline.reject(new ProtocolError('closed', 'The A2S client is not open.'))
      return null
    }
    const peer = this.#peer(address, port)
    peer.waiting.push(query)
    this.#next(peer)
    return peer
  }

  #peer(address: string, port: number): Peer {
    const key = `${address}:${port}`
    const known = this.#peers.get(key)
    if (known !== undefined) return known
    if (this.#peers.size >= maxPeers) this.#forgetIdlePeers()
    const peer: Peer = {
      address,
      port,
      splits: new SplitPackets(),
      waiting: [],
      current: null,
      challenge: null,
    }
    this.#peers.set(key, peer)
    return peer
  }

  #forgetIdlePeers(): void {
    for (const [key, peer] of this.#peers) {
      if (peer.current === null && peer.waiting.length === 0) this.#peers.delete(key)
    }
  }

  #next(peer: Peer): void {
    if (peer.current !== null) return
    const query = peer.waiting.shift()
    if (query === undefined) return
    peer.current = query
    const known = peer.challenge
    const fresh = known !== null && performance.now() - known.at < challengeLifetimeMs
    this.#send(peer, query, fresh ? known.value : null)
  }

  #remove(peer: Peer, query: Query): void {
    if (peer.current === query) {
      peer.current = null
      peer.splits.clear()
      this.#next(peer)
      return
    }
    const index = peer.waiting.indexOf(query)
    if (index >= 0) peer.waiting.splice(index, 1)
  }

  #send(peer: Peer, query: Query, challenge: number | null): void {
    query.sent = challenge
    this.#socket?.send(encodeA2sRequest(query.kind, challenge), peer.port, peer.address, cause => {
      if (cause === null) return
      query.deadline.reject(
        new ProtocolError('refused', `The machine can't send to ${peer.address}:${peer.port}.`, { cause }),
      )
    })
  }

  #receive(datagram: Uint8Array, from: RemoteInfo): void {
    const peer = this.#peers.get(`${from.address}:${from.port}`)
    const query = peer?.current
    if (peer === undefined || query === null || query === undefined) return
    try {
      const packet = isSplitPacket(datagram) ? peer.splits.push(datagram) : datagram
      if (packet === null) return
      const kind = a2sReplyKind(packet)
      // What answers another query came too late; what is no reply at all isn't the server's.
      if (kind !== 'challenge' && kind !== query.kind) return
      this.#answer(peer, query, decodeA2sReply(packet))
    } catch (error) {
      query.deadline.reject(error)
    }
  }

  #answer(peer: Peer, query: Query, reply: A2sReply): void {
    if (reply.kind !== 'challenge') {
      query.deadline.resolve(reply)
      return
    }
    if (reply.challenge !== query.sent) this.#follow(peer, query, reply.challenge)
    else {
      // What we have just sent: the datagram came twice, and the answer is on its way, or the server asks for ever.
      query.repeat ??= setTimeout(() => this.#follow(peer, query, reply.challenge), repeatAfterMs)
    }
  }

  #follow(peer: Peer, query: Query, challenge: number): void {
    clearTimeout(query.repeat)
    query.repeat = undefined
    peer.challenge = { value: challenge, at: performance.now() }
    query.challenges += 1
    if (query.challenges <= maxChallenges) this.#send(peer, query, challenge)
    else {
      query.deadline.reject(
        new ProtocolError('malformed', 'The server answers every query with a challenge.'),
      )
    }
  }

  #rejectAll(error: ProtocolError): void {
    for (const peer of this.#peers.values()) {
      const queries = [...(peer.current === null ? [] : [peer.current]), ...peer.waiting.splice(0)]
      for (const query of queries) query.deadline.reject(error)
    }
    this.#peers.clear()
  }
}

function timedOut(target: Target): ProtocolError {
  return new ProtocolError('timeout', `${target.host}:${target.port} didn't answer in time.`, {
    remedy:
      'Check the address and the firewall. A server that is asked too often is silent for a while, so that this alone does not mean that it is down.',
  })
}

function unexpected(reply: A2sReply): ProtocolError {
  return new ProtocolError('malformed', `The server answered with ${reply.kind}.`)
}
