const carriageReturn = 0x0d
const lineFeed = 0x0a

/** Bytes of one line that are kept. */
export const lineLimit = 4096
const cutMark = ' […]'

/**
 * Cuts what a terminal was sent into lines. LF, CR LF and a lone CR end a line (a pseudo-terminal turns each LF into
 * CR LF, and a program's own CR LF into CR CR LF). Memory is bounded: of a longer line the first 4096 bytes are kept.
 */
export class LineSplitter {
  #held: Buffer[] = []
  #heldBytes = 0
  #cut = false
  /** The last line ended in CR: further CRs and one LF belong to that end. */
  #afterReturn = false

  push(chunk: Buffer): string[] {
    const lines: string[] = []
    let start = 0
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at]
      if (byte !== carriageReturn && byte !== lineFeed) {
        this.#afterReturn = false
        continue
      }
      if (this.#afterReturn && at === start) {
        start = at + 1
        if (byte === lineFeed) this.#afterReturn = false
        continue
      }
      this.#hold(chunk.subarray(start, at))
      lines.push(this.#take())
      start = at + 1
      this.#afterReturn = byte === carriageReturn
    }
    this.#hold(chunk.subarray(start))
    return lines
  }

  /** The unfinished last line, or null. */
  finish(): string | null {
    this.#afterReturn = false
    return this.#heldBytes > 0 ? this.#take() : null
  }

  #hold(bytes: Buffer): void {
    const room = lineLimit - this.#heldBytes
    if (bytes.length > room) this.#cut = true
    if (room <= 0 || bytes.length === 0) return
    // Copied: the chunk's memory is the reader's.
    this.#held.push(Buffer.from(bytes.subarray(0, room)))
    this.#heldBytes += Math.min(room, bytes.length)
  }

  #take(): string {
    const bytes = Buffer.concat(this.#held)
    const text = this.#cut
      ? bytes.subarray(0, wholeCharacters(bytes)).toString('utf8') + cutMark
      : bytes.toString('utf8')
    this.#held = []
    this.#heldBytes = 0
    this.#cut = false
    return text
  }
}

/** Length without a multi-byte character that the cut went through. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes.length
    if (byte >= 0xc0) {
      const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      return back < length ? bytes.length - back : bytes.length
    }
  }
  return bytes.length
}

const escapeSequences =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g
const controlCharacters = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/g

/** What a person may read of a line: without terminal escapes (ECMA-48) and control characters but the tab. */
export function plainText(line: string): string {
  return line.replace(escapeSequences, '').replace(controlCharacters, '')
}
