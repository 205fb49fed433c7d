import { ProtocolError } from '../protocol-error.ts'

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Invalid sequences become U+FFFD: names come from players and mods, and are no reason to refuse a whole answer. */
export function decodeText(bytes: Uint8Array): string {
  return utf8.decode(bytes)
}

/** Reads little-endian values in order; every read beyond the end is a `malformed` ProtocolError. */
export class ByteReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #what: string
  #offset: number

  /** `what` names the message in errors, for example “A2S_INFO reply”. */
  constructor(bytes: Uint8Array, what: string, offset = 0) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#what = what
    this.#offset = offset
  }

  get offset(): number {
    return this.#offset
  }

  get remaining(): number {
    return this.#bytes.length - this.#offset
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1))
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true)
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true)
  }

  u64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true)
  }

  f32(): number {
    return this.#view.getFloat32(this.#advance(4), true)
  }

  /** A view of the next `length` bytes, not a copy. */
  bytes(length: number): Uint8Array {
    const start = this.#advance(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** A NUL-terminated UTF-8 string. */
  string(): string {
    const text = this.stringOrNull()
    if (text === null) throw this.#tooShort()
    return text
  }

  /** Like `string`, but null, and nothing read, when no NUL follows. */
  stringOrNull(): string | null {
    const end = this.#bytes.indexOf(0, this.#offset)
    if (end < 0) return null
    const text = decodeText(this.#bytes.subarray(this.#offset, end))
    this.#offset = end + 1
    return text
  }

  #advance(length: number): number {
    const start = this.#offset
    if (start + length > this.#bytes.length) throw this.#tooShort()
    this.#offset = start + length
    return start
  }

  #tooShort(): ProtocolError {
    return new ProtocolError('malformed', `The ${this.#what} ends too early, at byte ${this.#bytes.length}.`)
  }
}
