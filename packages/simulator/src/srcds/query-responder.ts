import { createHmac, randomBytes } from 'node:crypto'
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
  readonly #secret = randomBytes(16)
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
    if (!this.#limits.allows(address, now)) return []
    const given = bytes.length >= challengeAt + 4 ? bytes.readInt32LE(challengeAt) : -1
    if (!this.#accepts(given, address, now)) return [challengeReply(this.#challenge(address, now, 0))]
    if (kind === 0x54) return this.#split(infoReply(this.#game))
    return this.#split(kind === 0x55 ? playerReply(this.#game) : rulesReply(this.#game))
  }

  #accepts(given: number, address: string, now: number): boolean {
    return given === this.#challenge(address, now, 0) || given === this.#challenge(address, now, 1)
  }

  /** Of an address in a period of time; never 0 or -1, which have a meaning. */
  #challenge(address: string, now: number, periodsAgo: number): number {
    const period = Math.floor(now / challengeLifetime) - periodsAgo
    const challenge = createHmac('sha1', this.#secret).update(`${address} ${period}`).digest().readInt32LE(0)
    return challenge === 0 || challenge === -1 ? 0x51ced : challenge
  }

  #split(reply: Buffer): Buffer[] {
    this.#splitId = (this.#splitId + 1) & 0x7fffffff
    const datagram = Math.max(576, this.#game.cvars.number('net_maxroutable'))
    return splitReply(reply, this.#splitId, datagram)
  }
}
