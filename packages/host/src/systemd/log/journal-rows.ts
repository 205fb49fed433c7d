const lineFeed = 0x0a

/**
 * Cuts a byte stream into rows. Memory is bounded: a row of more than `limit` bytes is passed over, for journalctl's
 * largest are far smaller.
 */
export class JournalRows {
  readonly #limit: number
  #held: Buffer[] = []
  #heldBytes = 0
  #skipping = false

  constructor(limit: number) {
    this.#limit = limit
  }

  push(chunk: Buffer): string[] {
    const end = chunk.lastIndexOf(lineFeed)
    if (end < 0) {
      this.#hold(chunk)
      return []
    }
    const rows = Buffer.concat([...this.#held, chunk.subarray(0, end)])
      .toString('utf8')
      .split('\n')
    if (this.#skipping) rows.shift()
    this.#held = []
    this.#heldBytes = 0
    this.#skipping = false
    this.#hold(chunk.subarray(end + 1))
    return rows
  }

  #hold(bytes: Buffer): void {
    if (this.#skipping || bytes.length === 0) return
    this.#held.push(bytes)
    this.#heldBytes += bytes.length
    if (this.#heldBytes <= this.#limit) return
    this.#held = []
    this.#heldBytes = 0
    this.#skipping = true
  }
}
