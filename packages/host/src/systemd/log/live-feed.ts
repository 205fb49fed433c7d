import { setTimeout as delay } from 'node:timers/promises'
import type { LogLine } from '../../host.ts'
import type { Checkpoints } from './checkpoints.ts'
import type { JournalEntry } from './journal-entry.ts'
import { isOfEntry, type JournalPosition } from './journal-position.ts'
import type { JournalLimits } from './limits.ts'
import { LineNumbering } from './line-numbering.ts'
import { LineRing } from './line-ring.ts'
import { Pace } from './pace.ts'

export type ReadJournal = (
  after: JournalPosition,
  follow: boolean,
  signal: AbortSignal,
) => AsyncIterable<readonly JournalEntry[]>

/** How far before the newest checkpoint a feed may begin for the sake of who follows. */
const longestWayBack = 2000

/**
 * Reads an instance's lines as they come, by one journalctl, and begins another one where the last one ended: when it
 * dies, and when journald restarts or is replaced.
 */
export class LiveFeed {
  readonly #checkpoints: Checkpoints
  readonly #read: ReadJournal
  readonly #onLines: (lines: LogLine[]) => void
  readonly #limits: JournalLimits
  readonly #numbering: LineNumbering
  readonly #pace: Pace
  readonly #ending = new AbortController()
  /** The newest lines; it has all that followers behind its `after` lack. */
  readonly ring: LineRing
  #running: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null
  #end = Number.POSITIVE_INFINITY

  /** `after`: where its first follower stands. */
  constructor(options: {
    readonly checkpoints: Checkpoints
    readonly after: number
    readonly read: ReadJournal
    readonly onLines: (lines: LogLine[]) => void
    readonly limits: JournalLimits
  }) {
    const { checkpoints, after, limits } = options
    this.#checkpoints = checkpoints
    this.#read = options.read
    this.#onLines = options.onLines
    this.#limits = limits
    const { sequence } = checkpoints.newest
    const start = checkpoints.before(sequence - after <= longestWayBack ? after : sequence)
    this.#numbering = new LineNumbering(checkpoints, start)
    this.#pace = new Pace({ burst: limits.burst, perSecond: limits.linesPerSecond })
    this.ring = new LineRing({ lines: limits.ringLines, characters: limits.ringCharacters }, start.sequence)
  }

  start(): void {
    this.#running ??= this.#run(this.#ending.signal)
  }

  /** Resolves when the last line's number is written down. */
  async stop(): Promise<void> {
    this.#ending.abort()
    await this.#running
  }

  /** Whether the ring ends with the newest line, but for those that are just on their way. */
  get isCurrent(): boolean {
    return this.#numbering.sequence >= this.#end
  }

  /** Tells that the journal ended with line `sequence`: who has come so far is current. */
  journalEndedWith(sequence: number): void {
    this.#end = Math.min(this.#end, sequence)
  }

  async #run(signal: AbortSignal): Promise<void> {
    let pause = this.#limits.pause
    while (!signal.aborted) {
      const patience = this.#patience(signal)
      try {
        for await (const entries of this.#read(this.#numbering.position, true, patience)) {
          pause = this.#limits.pause
          const lines = this.#numbering.push(entries)
          await this.#checkpoints.keepUp(this.#numbering.checkpoint)
          this.#writeDownSoon()
          if (lines.length > 0) this.#hand(lines)
          await this.#pace.spend(entries.length, signal)
        }
      } catch {
        // `logTail` tells whoever asks what is wrong; whoever follows gets the lines when it works again.
      }
      this.#end = Number.POSITIVE_INFINITY
      if (patience.aborted) continue
      await delay(pause, undefined, { signal }).catch(() => undefined)
      pause = Math.min(pause * 2, this.#limits.longestPause)
    }
    await this.#writeDown()
  }

  /**
   * A journalctl that found no journal of the namespace when it began never finds the one that comes (seen with systemd
   * 257): before the first line of all it is begun anew now and then.
   */
  #patience(signal: AbortSignal): AbortSignal {
    if (isOfEntry(this.#numbering.position)) return signal
    return AbortSignal.any([signal, AbortSignal.timeout(this.#limits.patience)])
  }

  #hand(lines: LogLine[]): void {
    this.ring.push(lines)
    this.#onLines(lines)
  }

  #writeDownSoon(): void {
    this.#timer ??= setTimeout(() => void this.#writeDown(), this.#limits.checkpoint).unref()
  }

  async #writeDown(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    const { checkpoint } = this.#numbering
    if (checkpoint) await this.#checkpoints.add(checkpoint)
  }
}
