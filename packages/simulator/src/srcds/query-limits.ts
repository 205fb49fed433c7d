import type { CvarStore } from './cvar-store.ts'

interface Window {
  start: number
  count: number
}

/**
 * How many connectionless queries the engine answers: `sv_max_queries_sec` per address and
 * `sv_max_queries_sec_global` altogether, both averaged over `sv_max_queries_window` seconds. Above that it is silent.
 */
export class QueryLimits {
  readonly #cvars: CvarStore
  readonly #addresses = new Map<string, Window>()
  #everywhere: Window = { start: 0, count: 0 }

  constructor(cvars: CvarStore) {
    this.#cvars = cvars
  }

  /** How many are remembered. */
  get addresses(): number {
    return this.#addresses.size
  }

  /** `now` in ms. */
  allows(address: string, now: number): boolean {
    const windowMs = Math.max(1, this.#cvars.number('sv_max_queries_window')) * 1000
    const seconds = windowMs / 1000
    // As the engine does: an address that is refused doesn't use up what is left for the others.
    let window = this.#addresses.get(address)
    if (window === undefined || now - window.start > windowMs) {
      if (window === undefined && this.#addresses.size >= 512) this.#forgetOld(now, windowMs)
      window = { start: now, count: 0 }
      this.#addresses.set(address, window)
    }
    window.count += 1
    if (window.count / seconds > this.#cvars.number('sv_max_queries_sec')) return false
    if (now - this.#everywhere.start > windowMs) this.#everywhere = { start: now, count: 0 }
    this.#everywhere.count += 1
    return this.#everywhere.count / seconds <= this.#cvars.number('sv_max_queries_sec_global')
  }

  #forgetOld(now: number, windowMs: number): void {
    for (const [address, window] of this.#addresses) {
      if (now - window.start > windowMs) this.#addresses.delete(address)
    }
    const oldest = this.#addresses.keys().next().value
    if (this.#addresses.size >= 512 && oldest !== undefined) this.#addresses.delete(oldest)
  }
}
