import type { BuildProgress } from '../overlays/overlay-contract.ts'

const windowMs = 3000

/** Adds up what several downloads have, and how fast it grows: bytes a second over the last three seconds. */
export class TransferMeter {
  readonly #bytes = new Map<string, number>()
  #sum = 0
  #samples: { at: number; received: number }[] = []
  #received = 0

  /** `key` has `bytes` now. What is there from the beginning (`counted` false) isn't speed. */
  set(key: string, bytes: number, now: number, counted = true): void {
    const before = this.#bytes.get(key) ?? 0
    this.#bytes.set(key, bytes)
    this.#sum += bytes - before
    if (counted && bytes > before) this.#received += bytes - before
    const last = this.#samples.at(-1)
    if (!last || now - last.at >= 100) this.#samples.push({ at: now, received: this.#received })
    while ((this.#samples[1]?.at ?? now) < now - windowMs) this.#samples.shift()
  }

  transfer(total: number | null, now: number): NonNullable<BuildProgress['transfer']> {
    const first = this.#samples[0]
    const ms = first ? now - first.at : 0
    const rate = first && ms > 0 ? Math.round(((this.#received - first.received) * 1000) / ms) : 0
    return { bytes: this.#sum, total, rate }
  }
}
