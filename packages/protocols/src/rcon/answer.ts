import { decodeText } from '../bytes/byte-reader.ts'
import { ProtocolError } from '../protocol-error.ts'
import { type RconFrame, rconTypes } from './frame.ts'

/** Bytes of one answer. `cvarlist` with every plugin stays under 1 MiB. */
export const maxRconAnswerBytes = 16 * 1024 * 1024
/** What a frame costs beside its body: a server that sends empty ones without end has to be stopped too. */
const frameOverhead = 64

/**
 * Collects the frames that answer one command. They are joined as bytes and decoded once, since the server cuts
 * without regard to characters.
 *
 * The protocol marks no end. A Source server mirrors the empty frame that was sent after the command (`probe`), in
 * order, and follows it with one holding `00 01 00 00`; where it doesn't, a harmless command (`sentinel`), which is
 * executed after the first, marks the end with its own answer. Ids are never used twice, so that whatever of this
 * comes late belongs to no later answer.
 */
export class RconAnswer {
  readonly #commandId: number
  readonly #probeId: number | null
  readonly #maxBytes: number
  readonly #parts: Uint8Array[] = []
  #bytes = 0
  #cost = 0
  #sentinelId: number | null = null
  #end: 'probe' | 'sentinel' | null = null

  constructor(options: {
    readonly command: number
    readonly probe: number | null
    /** With an overhead for each frame. `maxRconAnswerBytes` unless said otherwise. */
    readonly maxBytes?: number
  }) {
    this.#commandId = options.command
    this.#probeId = options.probe
    this.#maxBytes = options.maxBytes ?? maxRconAnswerBytes
  }

  /** Call when a sentinel with this id was sent. */
  awaitSentinel(id: number): void {
    this.#sentinelId = id
  }

  /** What ended the answer; null while it isn't known to be whole. */
  get endedBy(): 'probe' | 'sentinel' | null {
    return this.#end
  }

  get started(): boolean {
    return this.#cost > 0
  }

  /** Whether the frame belonged to this answer. Throws `too-large`. */
  push(frame: RconFrame): boolean {
    if (frame.type !== rconTypes.value || this.#end !== null) return false
    if (frame.id === this.#commandId) {
      this.#bytes += frame.body.length
      this.#cost += frame.body.length + frameOverhead
      if (this.#cost > this.#maxBytes) {
        throw new ProtocolError('too-large', `The RCON answer exceeds ${this.#maxBytes} bytes.`)
      }
      if (frame.body.length > 0) this.#parts.push(frame.body)
      return true
    }
    if (frame.id === this.#probeId) this.#end = 'probe'
    else if (frame.id === this.#sentinelId) this.#end = 'sentinel'
    else return false
    return true
  }

  text(): string {
    const whole = new Uint8Array(this.#bytes)
    let offset = 0
    for (const part of this.#parts) {
      whole.set(part, offset)
      offset += part.length
    }
    return decodeText(whole)
  }
}
