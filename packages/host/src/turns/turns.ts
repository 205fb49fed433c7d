import { Gate } from './gate.ts'

/** Lets one caller at a time do what has the same key, in this process. */
export class Turns {
  readonly #gates = new Map<string, { readonly gate: Gate; callers: number }>()

  /** Whether somebody has the turn, or waits for it; of any key when none is given. */
  isTaken(key?: string): boolean {
    return key === undefined ? this.#gates.size > 0 : this.#gates.has(key)
  }

  /** Rejects with the signal's reason when it is aborted before the turn comes. */
  async take<Result>(key: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const entry = this.#gates.get(key) ?? { gate: new Gate(1), callers: 0 }
    this.#gates.set(key, entry)
    entry.callers += 1
    try {
      return await entry.gate.pass(signal, work)
    } finally {
      entry.callers -= 1
      if (entry.callers === 0) this.#gates.delete(key)
    }
  }
}
