/** One at a time for each key, in the order of the calls. */
export class KeyedLock {
  readonly #last = new Map<number, Promise<unknown>>()

  async run<Result>(key: number, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key) ?? Promise.resolve()
    const result = before.then(work, work)
    // A failure of this one is its caller's to hear of, not the next one's.
    const settled = result.catch(() => {})
    this.#last.set(key, settled)
    try {
      return await result
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    }
  }
}
