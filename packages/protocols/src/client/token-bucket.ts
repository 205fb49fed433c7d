/** Lets `capacity` through at once and `perSecond` in the long run. Times are those of `performance.now()`. */
export class TokenBucket {
  readonly #capacity: number
  readonly #perMs: number
  #tokens: number
  #at: number

  constructor(options: { readonly capacity: number; readonly perSecond: number; readonly now: number }) {
    this.#capacity = options.capacity
    this.#perMs = options.perSecond / 1000
    this.#tokens = options.capacity
    this.#at = options.now
  }

  /** Milliseconds until a token is there; 0 when one is. Takes none. */
  wait(now: number): number {
    this.#fill(now)
    return this.#tokens >= 1 ? 0 : Math.ceil((1 - this.#tokens) / this.#perMs)
  }

  /** Takes a token, whether one is there or not: who doesn't wait makes the next one wait longer. */
  take(now: number): void {
    this.#fill(now)
    this.#tokens -= 1
  }

  #fill(now: number): void {
    this.#tokens = Math.min(this.#capacity, this.#tokens + (now - this.#at) * this.#perMs)
    this.#at = now
  }
}
