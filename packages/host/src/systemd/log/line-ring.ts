import type { LogLine } from '../../host.ts'

/** The newest lines of an instance, so many of them, without one missing in between. */
export class LineRing {
  readonly #lineLimit: number
  readonly #characterLimit: number
  #lines: LogLine[] = []
  #first = 0
  #characters = 0
  #after: number

  /** `after`: every line behind this one will be pushed, as far as the journal has it. */
  constructor(limits: { readonly lines: number; readonly characters: number }, after: number) {
    this.#lineLimit = limits.lines
    this.#characterLimit = limits.characters
    this.#after = after
  }

  get length(): number {
    return this.#lines.length - this.#first
  }

  /** It has every line behind this one that was pushed or is in the journal. */
  get after(): number {
    return this.#after
  }

  push(lines: readonly LogLine[]): void {
    for (const line of lines) {
      this.#lines.push(line)
      this.#characters += line.text.length
    }
    while (this.length > this.#lineLimit || this.#characters > this.#characterLimit) {
      const oldest = this.#lines[this.#first++]
      if (!oldest) break
      this.#characters -= oldest.text.length
      this.#after = oldest.sequence
    }
    // Not each time: what is left would be moved for every line.
    if (this.#first > this.#lineLimit) {
      this.#lines = this.#lines.slice(this.#first)
      this.#first = 0
    }
  }

  last(count: number): LogLine[] {
    return this.#lines.slice(Math.max(this.#first, this.#lines.length - count))
  }

  /** Lines behind `sequence`. */
  behind(sequence: number): LogLine[] {
    let at = this.#lines.length
    while (at > this.#first && (this.#lines[at - 1]?.sequence ?? 0) > sequence) at--
    return this.#lines.slice(at)
  }

  /**
   * Puts older lines in front, as far as there is room: every line behind `after`, up to `until` at least, as far as the
   * journal has it.
   */
  complete(older: readonly LogLine[], after: number, until: number): void {
    if (after >= this.#after || until < this.#after) return
    const all = [...older.filter(line => line.sequence <= this.#after), ...this.last(this.length)]
    this.#lines = []
    this.#first = 0
    this.#characters = 0
    this.#after = after
    this.push(all)
  }
}
