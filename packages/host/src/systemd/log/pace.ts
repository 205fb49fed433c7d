import { setTimeout as delay } from 'node:timers/promises'

/**
 * Lets through so much at once, then so much a second. Who reads the journal no faster holds journalctl up, at no cost
 * of memory, and leaves the processor to the other servers' lines.
 */
export class Pace {
  readonly #burst: number
  readonly #perSecond: number
  #left: number
  #at = performance.now()

  constructor({ burst, perSecond }: { readonly burst: number; readonly perSecond: number }) {
    this.#burst = burst
    this.#perSecond = perSecond
    this.#left = burst
  }

  /** Resolves when so much more may come, at once as a rule, or when `signal` aborts. */
  async spend(amount: number, signal: AbortSignal): Promise<void> {
    const now = performance.now()
    this.#left = Math.min(this.#burst, this.#left + ((now - this.#at) / 1000) * this.#perSecond) - amount
    this.#at = now
    if (this.#left >= 0) return
    await delay((-this.#left / this.#perSecond) * 1000, undefined, { signal }).catch(() => undefined)
  }
}
