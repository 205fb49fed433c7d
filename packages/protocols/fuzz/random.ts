/** A small seeded generator (xorshift32), so that a run can be repeated. Not for anything secret. */
export class Random {
  #state: number

  constructor(seed: number) {
    // 0 would stay 0 for ever; neighbouring seeds should not begin alike.
    this.#state = Math.imul(seed | 0, 0x9e37_79b1) || 0x9e37_79b1
    for (let round = 0; round < 8; round += 1) this.#next()
  }

  /** 0 to `limit` − 1. */
  below(limit: number): number {
    return limit <= 1 ? 0 : this.#next() % limit
  }

  /** One of them; the list may not be empty. */
  pick<T>(list: readonly T[]): T {
    const found = list[this.below(list.length)]
    if (found === undefined) throw new Error('There is nothing to pick from.')
    return found
  }

  #next(): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state
    return state >>> 0
  }
}
