/**
 * Newline-delimited JSON: cuts a byte stream into values. A line longer than `limit` bytes or one that isn't JSON throws
 * from `push`; the connection that it came from should then be closed.
 */
export class JsonLineReader {
  readonly #limit: number
  #pending: Buffer[] = []
  #pendingBytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  push(chunk: Buffer): unknown[] {
    const values: unknown[] = []
    let rest = chunk
    for (;;) {
      const end = rest.indexOf(0x0a)
      if (end < 0) break
      const line = Buffer.concat([...this.#pending, rest.subarray(0, end)])
      this.#pending = []
      this.#pendingBytes = 0
      if (line.length > this.#limit) throw new RangeError(`a message exceeds ${this.#limit} bytes`)
      values.push(JSON.parse(line.toString('utf8')))
      rest = rest.subarray(end + 1)
    }
    if (rest.length > 0) {
      this.#pending.push(rest)
      this.#pendingBytes += rest.length
      if (this.#pendingBytes > this.#limit) throw new RangeError(`a message exceeds ${this.#limit} bytes`)
    }
    return values
  }
}

export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`
}
