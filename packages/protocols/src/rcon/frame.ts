import { ProtocolError } from '../protocol-error.ts'

/**
 * Source RCON frames: size, id, type (each i32 little endian, the size counting from the id), body, NUL, NUL.
 * Authority: https://developer.valvesoftware.com/wiki/Source_RCON_Protocol
 */
export const rconTypes = {
  /** Client: the body is the password. */
  auth: 3,
  /** Client: the body is a command. */
  command: 2,
  /** Server: the same number. Id −1 is a refusal. */
  authResult: 2,
  /** Server: (a part of) an answer. Client: the probe that a server mirrors. */
  value: 0,
} as const

export interface RconFrame {
  readonly id: number
  readonly type: number
  /** Up to its first NUL. Bytes, since a frame may end inside a character. */
  readonly body: Uint8Array
}

/** id, type and two NULs. */
const smallestSize = 10
/** Servers send at most 4096; some proxies and other games more. Beyond this it is no RCON. */
export const maxRconFrameSize = 64 * 1024
const encoder = new TextEncoder()

/** Throws `bad-input` for a body with a NUL, which would be cut there. */
export function encodeRconFrame(id: number, type: number, body: string): Uint8Array {
  if (body.includes('\0')) throw new ProtocolError('bad-input', 'RCON text may not contain a NUL.')
  const text = encoder.encode(body)
  if (text.length + smallestSize > maxRconFrameSize)
    throw new ProtocolError('bad-input', 'The RCON text is too long.')
  const bytes = new Uint8Array(4 + smallestSize + text.length)
  const view = new DataView(bytes.buffer)
  view.setInt32(0, smallestSize + text.length, true)
  view.setInt32(4, id, true)
  view.setInt32(8, type, true)
  bytes.set(text, 12)
  return bytes
}

/**
 * Cuts a TCP stream into frames, however it was cut into segments. After it threw, the stream is lost: the connection
 * has to be closed.
 */
export class RconFrameReader {
  #buffer = new Uint8Array(4096)
  #start = 0
  #end = 0

  /** Throws `malformed` for a size below 10 and `too-large` for one above 64 KiB. */
  push(chunk: Uint8Array): RconFrame[] {
    this.#append(chunk)
    const frames: RconFrame[] = []
    for (;;) {
      const frame = this.#take()
      if (frame === null) return frames
      frames.push(frame)
    }
  }

  /** Bytes of a frame that isn't whole yet. */
  get pendingBytes(): number {
    return this.#end - this.#start
  }

  #append(chunk: Uint8Array): void {
    const needed = this.pendingBytes + chunk.length
    if (this.#end + chunk.length > this.#buffer.length) {
      const target =
        needed > this.#buffer.length
          ? new Uint8Array(Math.max(needed, this.#buffer.length * 2))
          : this.#buffer
      target.set(this.#buffer.subarray(this.#start, this.#end))
      this.#buffer = target
      this.#end -= this.#start
      this.#start = 0
    }
    this.#buffer.set(chunk, this.#end)
    this.#end += chunk.length
  }

  #take(): RconFrame | null {
    if (this.pendingBytes < 4) return null
    const view = new DataView(this.#buffer.buffer, this.#buffer.byteOffset)
    const size = view.getInt32(this.#start, true)
    if (size < smallestSize)
      throw new ProtocolError('malformed', `An RCON frame claims a size of ${size} bytes.`)
    if (size > maxRconFrameSize)
      throw new ProtocolError('too-large', `An RCON frame claims a size of ${size} bytes.`)
    if (this.pendingBytes < 4 + size) return null
    const id = view.getInt32(this.#start + 4, true)
    const type = view.getInt32(this.#start + 8, true)
    const payload = this.#buffer.subarray(this.#start + 12, this.#start + 4 + size)
    const end = payload.indexOf(0)
    this.#start += 4 + size
    // A copy, since the buffer is used again.
    return { id, type, body: payload.slice(0, end < 0 ? payload.length : end) }
  }
}
