const samples = 60

/** Player counts of the last hour, one a minute, oldest first; null where nothing was known. */
export class PlayerHistory {
  #counts: (number | null)[] = []

  /** To be called once a minute. An hour without knowledge leaves nothing. */
  add(count: number | null): void {
    this.#counts = [...this.#counts, count].slice(-samples)
    if (this.#counts.every(each => each === null)) this.#counts = []
  }

  counts(): (number | null)[] {
    return this.#counts
  }
}
