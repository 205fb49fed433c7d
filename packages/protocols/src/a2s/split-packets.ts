import { ByteReader } from '../bytes/byte-reader.ts'
import { ProtocolError } from '../protocol-error.ts'

/** Bytes of a joined reply. Real ones stay under 10 KiB. */
export const maxSplitReplyBytes = 1024 * 1024
/** Replies of one server that may be incomplete at a time; the oldest is dropped for a fifth. */
const maxPendingReplies = 4

interface PendingReply {
  readonly parts: (Uint8Array | undefined)[]
  received: number
  bytes: number
}

/** Whether a datagram is one part of a split reply (−2 instead of −1). */
export function isSplitPacket(datagram: Uint8Array): boolean {
  return datagram[0] === 0xfe && datagram[1] === 0xff && datagram[2] === 0xff && datagram[3] === 0xff
}

/**
 * Joins the split replies of one server: parts may come out of order, more than once, and mixed with those of another
 * reply. Incomplete ones are kept until as many newer ones come, or `clear`.
 *
 * Compressed replies (bzip2) are refused: no Left 4 Dead 2 server was ever seen to send one.
 */
export class SplitPackets {
  readonly #pending = new Map<number, PendingReply>()

  /** The whole reply when this part completed it, else null. Throws `malformed` and `too-large`. */
  push(datagram: Uint8Array): Uint8Array | null {
    const reader = new ByteReader(datagram, 'split A2S packet', 4)
    const id = reader.u32()
    const total = reader.u8()
    const index = reader.u8()
    reader.u16() // The server's own limit of a part's size; the datagram's length is the truth.
    if ((id & 0x8000_0000) !== 0) throw refuseCompressed(index, reader)
    if (index >= total) {
      throw new ProtocolError('malformed', `A split A2S packet calls itself part ${index + 1} of ${total}.`)
    }
    return this.#add(id, total, index, reader.bytes(reader.remaining))
  }

  clear(): void {
    this.#pending.clear()
  }

  #add(id: number, total: number, index: number, part: Uint8Array): Uint8Array | null {
    const reply = this.#reply(id, total)
    if (reply.parts[index] !== undefined) return null
    // A copy, since the caller's datagram may be part of a pooled buffer.
    reply.parts[index] = part.slice()
    reply.received += 1
    reply.bytes += part.length
    if (reply.bytes > maxSplitReplyBytes) {
      this.#pending.delete(id)
      throw new ProtocolError('too-large', `A split A2S reply exceeds ${maxSplitReplyBytes} bytes.`)
    }
    if (reply.received < total) return null
    this.#pending.delete(id)
    return join(reply)
  }

  #reply(id: number, total: number): PendingReply {
    const known = this.#pending.get(id)
    // The same id with another number of parts is another reply: ids start over when a server does.
    if (known !== undefined && known.parts.length === total) return known
    this.#pending.delete(id)
    if (this.#pending.size >= maxPendingReplies) {
      const oldest = this.#pending.keys().next()
      if (!oldest.done) this.#pending.delete(oldest.value)
    }
    const reply: PendingReply = { parts: new Array<Uint8Array | undefined>(total), received: 0, bytes: 0 }
    this.#pending.set(id, reply)
    return reply
  }
}

function join(reply: PendingReply): Uint8Array {
  const whole = new Uint8Array(reply.bytes)
  let offset = 0
  for (const part of reply.parts) {
    if (part === undefined) continue
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

function refuseCompressed(index: number, reader: ByteReader): ProtocolError {
  // Only the first part says how large the reply will be.
  if (index === 0 && reader.remaining >= 8) {
    const declared = reader.u32()
    if (declared > maxSplitReplyBytes) {
      return new ProtocolError('too-large', `A compressed A2S reply claims ${declared} bytes.`)
    }
  }
  return new ProtocolError(
    'malformed',
    'The server answered with a bzip2-compressed A2S reply, which is not supported.',
  )
}
