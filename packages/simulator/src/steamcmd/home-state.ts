import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * What a simulated steamcmd keeps in `HOME/Steam` between two runs: counters, so that something can fail twice and then
 * work. Where the home can't be written every run is the first.
 */
export class HomeState {
  readonly #folder: string

  constructor(home: string) {
    this.#folder = join(home, 'Steam')
  }

  /** Adds one to a counter and returns what it was before. */
  count(name: string): number {
    const path = join(this.#folder, `simulated-${name}`)
    let before = 0
    try {
      before = Number(readFileSync(path, 'utf8')) || 0
    } catch {
      // The first time.
    }
    try {
      mkdirSync(this.#folder, { recursive: true })
      writeFileSync(path, String(before + 1))
    } catch {
      // Not writable.
    }
    return before
  }
}
