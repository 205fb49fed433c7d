import { decodeText } from './byte-reader.ts'

export interface ByteLine {
  /** Without its end; bytes that aren't UTF-8 are U+FFFD. */
  readonly text: string
  /** As they were, without the line's end. */
  readonly bytes: Uint8Array
  /** It was longer than the limit; the rest is left out. */
  readonly cut: boolean
}

/** Cuts a stream of bytes into lines ended by LF or CRLF. Holds at most one line of `maxLineBytes`. */
export class LineSplitter {
  readonly #maxLineBytes: number
  #parts: Uint8Array[] = []
  #held = 0
  #lineBytes = 0

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes
  }

  /** Bytes of the line that has no end yet, also those beyond the limit. */
  get pendingBytes(): number {
    return this.#lineBytes
  }

  push(chunk: Uint8Array): ByteLine[] {
    const lines: ByteLine[] = []
    let start = 0
    for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
      this.#hold(chunk.subarray(start, end))
      lines.push(this.#take())
      start = end + 1
    }
    this.#hold(chunk.subarray(start))
    return lines
  }

  /** The line that was never ended, when the stream is over. */
  finish(): ByteLine | null {
    return this.#lineBytes === 0 ? null : this.#take()
  }

  #hold(bytes: Uint8Array): void {
    this.#lineBytes += bytes.length
    const room = this.#maxLineBytes - this.#held
    if (bytes.length === 0 || room <= 0) return
    // A copy: the caller may use its buffer again.
    const kept = bytes.slice(0, room)
    this.#parts.push(kept)
    this.#held += kept.length
  }

  #take(): ByteLine {
    const cut = this.#lineBytes > this.#held
    let bytes =
      this.#parts.length === 1 && this.#parts[0] !== undefined
        ? this.#parts[0]
        : concatenate(this.#parts, this.#held)
    if (!cut && bytes.at(-1) === 0x0d) bytes = bytes.subarray(0, -1)
    this.#parts = []
    this.#held = 0
    this.#lineBytes = 0
    return { text: decodeText(bytes), bytes, cut }
  }
}

function concatenate(parts: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}
