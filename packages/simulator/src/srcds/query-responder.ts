import { randomInt } from 'node:crypto'
import type { Game } from './game.ts'
import { QueryLimits } from './query-limits.ts'
import { challengeReply, infoReply, playerReply, rulesReply, splitReply } from './query-replies.ts'

const infoRequest = Buffer.from('\xff\xff\xff\xffTSource Engine Query\0', 'latin1')
/** A challenge is good for this long and until the next change after it. ms. */
const challengeLifetime = 30_000

/** Answers A2S datagrams. Knows nothing of sockets. */
export class QueryResponder {
  readonly #game: Game
  readonly #limits: QueryLimits
  readonly #secret = randomInt(1, 0x7fffffff)
  #splitId = 0

  constructor(game: Game) {
    this.#game = game
    this.#limits = new QueryLimits(game.cvars)
  }

  /** The datagrams to send back; none for what isn't a query, and above the limits. `now` in ms. */
  respond(request: Uint8Array, address: string, now: number): Buffer[] {
    const bytes = Buffer.from(request.buffer, request.byteOffset, request.byteLength)
    if (bytes.length < 5 || bytes.readInt32LE(0) !== -1) return []
    const kind = bytes.readUInt8(4)
    if (kind !== 0x54 && kind !== 0x55 && kind !== 0x56) return []
    const challengeAt = kind === 0x54 ? infoRequest.length : 5
    if (kind === 0x54 && !bytes.subarray(0, infoRequest.length).equals(infoRequest)) return []
    if (this.#game.rconBans.isBanned(address, now) || !this.#limits.allows(address, now)) return []
    const given = bytes.length >= challengeAt + 4 ? bytes.readInt32LE(challengeAt) : -1
    const demanded = this.#demand(given, address, now)
    if (demanded !== null) return [challengeReply(demanded)]
    const reply =
      kind === 0x54 ? infoReply(this.#game) : kind === 0x55 ? playerReply(this.#game) : rulesReply(this.#game)
    return this.#split(this.#game.switches['a2s-garbage'] ? reply.subarray(0, reply.length >> 1) : reply)
  }

  /** The challenge that has to be answered first; null when the query is answered now. */
  #demand(given: number, address: string, now: number): number | null {
    const [current, previous] = [0, 1].map(ago => this.#challenge(address, now, ago))
    const first = current ?? 0
    const right = given === first || given === previous
    switch (this.#game.switches['a2s-challenge']) {
      case 'none':
        return null
      case 'always':
        return first
      case 'twice': {
        // As if the first one had expired on its way back.
        const second = first ^ 0x5a5a5a5a
        return given === second ? null : right ? second : first
      }
      default:
        return right ? null : first
    }
  }

  /** Of an address in a period of time; never 0 or -1, which have a meaning. A stand-in needs no better secret. */
  #challenge(address: string, now: number, periodsAgo: number): number {
    let mixed = this.#secret ^ (Math.floor(now / challengeLifetime) - periodsAgo)
    for (let index = 0; index < address.length; index += 1) {
      mixed = Math.imul(mixed ^ address.charCodeAt(index), 0x01000193)
      mixed ^= mixed >>> 15
    }
    mixed = Math.imul(mixed, 0x2c1b3c6d) | 0
    return mixed === 0 || mixed === -1 ? 0x51ced : mixed
  }

  #split(reply: Buffer): Buffer[] {
    const { cvars, switches } = this.#game
    this.#splitId = (this.#splitId + 1) & 0x7fffffff
    const datagram = Math.max(576, cvars.number('net_maxroutable'))
    const datagrams = splitReply(reply, this.#splitId, datagram)
    if (datagrams.length === 1) return datagrams
    if (switches['a2s-compressed']) return datagrams.map(claimCompressed)
    if (!switches['a2s-mix']) return datagrams
    const other = splitReply(Buffer.alloc(reply.length, 0x2a), this.#splitId ^ 0x40000000, datagram)
    return datagrams.flatMap((part, index) => [other[index] ?? part, part])
  }
}

/** Sets the id's top bit, and in the first datagram a decompressed size of 1 GiB and a checksum. */
function claimCompressed(datagram: Buffer, index: number): Buffer {
  const marked = Buffer.from(datagram)
  marked.writeUInt8(marked.readUInt8(7) | 0x80, 7)
  if (index > 0) return marked
  const claim = Buffer.alloc(8)
  claim.writeUInt32LE(1024 * 1024 * 1024, 0)
  claim.writeUInt32LE(0xdeadbeef, 4)
  return Buffer.concat([marked.subarray(0, 12), claim, marked.subarray(12)])
}
