import type { LogLine } from '../../host.ts'
import { type Checkpoint, type Checkpoints, linesBetweenCheckpoints } from './checkpoints.ts'
import { linesOf } from './entry-lines.ts'
import type { JournalEntry } from './journal-entry.ts'
import { comparePositions, type JournalPosition } from './journal-position.ts'

/** Lines that wait for the first checkpoint; more are there only when the checkpoints in between were lost. */
const waitingLimit = 20_000

/**
 * Gives the lines of entries, read from a checkpoint on, their numbers. Entries between two checkpoints are numbered
 * backwards from the second one, so that the numbers are right also where journald has deleted the first of them.
 */
export class LineNumbering {
  readonly #checkpoints: Checkpoints
  readonly #start: Checkpoint
  /** The number of the last line so far; null until a checkpoint's entry was met. */
  #sequence: number | null = null
  #waiting: Omit<LogLine, 'sequence'>[] = []
  #position: JournalPosition
  #overlong: string | null

  constructor(checkpoints: Checkpoints, start: Checkpoint) {
    this.#checkpoints = checkpoints
    this.#start = start
    this.#position = start.position
    this.#overlong = start.overlong
    if (checkpoints.after(start.position) === null) this.#sequence = start.sequence
  }

  /** Where to read on. */
  get position(): JournalPosition {
    return this.#position
  }

  /** The last line's number, as far as it is known. */
  get sequence(): number {
    return this.#sequence ?? this.#checkpoints.newest.sequence
  }

  /** What to write down of the last entry; null while that isn't known. */
  get checkpoint(): Checkpoint | null {
    if (this.#sequence === null) return null
    return { sequence: this.#sequence, position: this.#position, overlong: this.#overlong }
  }

  /** The lines whose numbers are known by now: they may be of earlier entries, or fewer than were given. */
  push(entries: readonly JournalEntry[]): LogLine[] {
    const numbered: LogLine[] = []
    for (const entry of entries) this.#take(entry, numbered)
    return numbered
  }

  #take(entry: JournalEntry, numbered: LogLine[]): void {
    if (comparePositions(entry.position, this.#position) <= 0) return
    let next = this.#checkpoints.after(this.#position)
    while (next && comparePositions(next.position, entry.position) < 0) {
      const following = this.#checkpoints.after(next.position)
      this.#pass(next, following === null)
      next = following
    }
    this.#position = entry.position
    const { texts, overlong } = linesOf(entry, this.#overlong)
    this.#overlong = overlong
    const lines = texts.map(text => ({ time: entry.time, text }))
    if (next && comparePositions(next.position, entry.position) === 0) this.#meet(next, lines, numbered)
    else if (this.#sequence === null) this.#wait(lines)
    else this.#count(lines, this.#sequence, numbered)
  }

  /** The journal has no longer the entry of a checkpoint. */
  #pass(gone: Checkpoint, isNewest: boolean): void {
    this.#waiting = []
    if (isNewest) this.#sequence = Math.max(this.#sequence ?? 0, gone.sequence) + linesBetweenCheckpoints
    else if (this.#sequence !== null) this.#sequence = Math.max(this.#sequence, gone.sequence)
  }

  #meet(checkpoint: Checkpoint, lines: Omit<LogLine, 'sequence'>[], numbered: LogLine[]): void {
    const all = [...this.#waiting, ...lines]
    this.#waiting = []
    const before = checkpoint.sequence - all.length
    this.#count(all, Math.max(this.#sequence ?? before, before), numbered)
  }

  #wait(lines: Omit<LogLine, 'sequence'>[]): void {
    this.#waiting.push(...lines)
    if (this.#waiting.length > waitingLimit) this.#waiting.splice(0, this.#waiting.length - waitingLimit)
  }

  #count(lines: Omit<LogLine, 'sequence'>[], after: number, numbered: LogLine[]): void {
    let sequence = after
    for (const { time, text } of lines) {
      sequence += 1
      if (sequence > this.#start.sequence) numbered.push({ sequence, time, text })
    }
    this.#sequence = sequence
  }
}
