/** Holds text back until a block is full, as the C library does when its output isn't a terminal. */
export class OutputBuffer {
  readonly #blockBytes: number
  readonly #write: (text: string) => void
  #pending = ''

  /** `blockBytes` 0 holds nothing back. */
  constructor(blockBytes: number, write: (text: string) => void) {
    this.#blockBytes = blockBytes
    this.#write = write
  }

  print(text: string): void {
    if (this.#blockBytes === 0) {
      this.#write(text)
      return
    }
    this.#pending += text
    while (this.#pending.length >= this.#blockBytes) {
      this.#write(this.#pending.slice(0, this.#blockBytes))
      this.#pending = this.#pending.slice(this.#blockBytes)
    }
  }

  flush(): void {
    if (this.#pending !== '') this.#write(this.#pending)
    this.#pending = ''
  }
}
