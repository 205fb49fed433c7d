import { StringDecoder } from 'node:string_decoder'

export const outputLimits = { lines: 20_000, bytes: 2 * 1024 * 1024, lineLength: 2000 } as const

/**
 * A program's output as lines for a log, however much it prints: beyond the limits the rest is counted and left out, and
 * the end says so. Control characters that a terminal would obey are taken out.
 */
export class OutputLines {
  readonly #onLine: (line: string) => void
  readonly #limits: typeof outputLimits
  readonly #decoder = new StringDecoder('utf8')
  #rest = ''
  #lines = 0
  #bytes = 0
  #omitted = 0

  constructor(onLine: (line: string) => void, limits: typeof outputLimits = outputLimits) {
    this.#onLine = onLine
    this.#limits = limits
  }

  add(chunk: Buffer): void {
    if (this.#isFull()) {
      this.#omitted += chunk.length
      return
    }
    const [first = '', ...more] = this.#decoder.write(chunk).split(/\r\n|[\r\n]/)
    this.#rest += first
    for (const next of more) {
      this.#say(this.#rest)
      this.#rest = next
    }
    // What never ends is cut here and goes on as the next line.
    while (this.#rest.length > this.#limits.lineLength) {
      this.#say(this.#rest.slice(0, this.#limits.lineLength))
      this.#rest = this.#rest.slice(this.#limits.lineLength)
    }
  }

  end(): void {
    this.#rest += this.#decoder.end()
    if (this.#rest !== '') this.#say(this.#rest)
    this.#rest = ''
    if (this.#omitted > 0) this.#onLine(`… ${this.#omitted} more bytes of output are left out.`)
  }

  #isFull(): boolean {
    return this.#lines >= this.#limits.lines || this.#bytes >= this.#limits.bytes
  }

  #say(line: string): void {
    if (this.#isFull()) {
      this.#omitted += line.length + 1
      return
    }
    const shown = line.slice(0, this.#limits.lineLength)
    this.#omitted += line.length - shown.length
    this.#lines += 1
    this.#bytes += shown.length + 1
    this.#onLine(
      shown.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/[\0-\u0008\u000b-\u001f\u007f]/g, ''),
    )
  }
}
