import { ByteWriter } from './byte-writer.ts'

/** Source RCON frames (developer.valvesoftware.com/wiki/Source_RCON_Protocol). */
export const rconTypes = { response: 0, command: 2, authResponse: 2, auth: 3 } as const

export interface RconFrame {
  readonly id: number
  readonly type: number
  readonly body: Buffer
}

/** A frame's size field counts everything after itself and is at most this in what the server sends. Bytes. */
const largestFrame = 4096
/** What is left for the body: id, type and two NULs. */
export const largestBody = largestFrame - 10

export function encodeFrame(id: number, type: number, body: Uint8Array): Buffer {
  return new ByteWriter()
    .i32(body.length + 10)
    .i32(id)
    .i32(type)
    .bytes(body)
    .u16(0)
    .finish()
}

/** Takes frames out of a byte stream. */
export class RconFrameReader {
  #pending: Buffer = Buffer.alloc(0)

  /** null when the stream can't be a client's: the connection has to go. */
  push(chunk: Uint8Array): RconFrame[] | null {
    this.#pending = Buffer.concat([this.#pending, chunk])
    const frames: RconFrame[] = []
    while (this.#pending.length >= 4) {
      const size = this.#pending.readInt32LE(0)
      if (size < 10 || size > largestFrame) return null
      if (this.#pending.length < size + 4) break
      const body = this.#pending.subarray(12, size + 4)
      const end = body.indexOf(0)
      frames.push({
        id: this.#pending.readInt32LE(4),
        type: this.#pending.readInt32LE(8),
        body: Buffer.from(body.subarray(0, end === -1 ? body.length : end)),
      })
      this.#pending = this.#pending.subarray(size + 4)
    }
    return frames
  }
}
