import type { FastifyBaseLogger } from 'fastify'

/** Local time. */
const hour = 4
/** Milliseconds between two looks at the clock: it may be set, and the machine may sleep. */
const interval = 10 * 60_000

export interface NightlyRefreshOptions {
  /** When the last one ended, ms since the epoch; null: never. */
  readonly lastFinishedAt: () => Promise<number | null>
  /** Whether there was anything to refresh at that time, ms since the epoch. */
  readonly needed: (due: number) => Promise<boolean>
  readonly request: () => Promise<unknown>
  readonly log: FastifyBaseLogger
  readonly now?: () => number
}

/**
 * Asks for a refresh every night at four, and at start-up when the last night's was missed, as the host's timer does
 * where systemd is (`Persistent=`). One that fails is not repeated before the next night.
 */
export class NightlyRefresh {
  readonly #options: NightlyRefreshOptions
  readonly #now: () => number
  #timer: NodeJS.Timeout | null = null
  /** The night for which it was asked already. */
  #askedFor = 0

  constructor(options: NightlyRefreshOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), interval).unref()
    void this.look()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
  }

  async look(): Promise<void> {
    try {
      const due = lastNight(this.#now())
      if (this.#askedFor >= due) return
      const finishedAt = await this.#options.lastFinishedAt()
      if (finishedAt !== null && finishedAt >= due) return
      if (!(await this.#options.needed(due))) return
      this.#askedFor = due
      await this.#options.request()
    } catch (error) {
      this.#options.log.warn({ err: error }, 'the nightly refresh of the Workshop could not be asked for')
    }
  }
}

/** The latest four o'clock that is over. Where the clock jumps over it, JavaScript takes the hour after. */
export function lastNight(now: number): number {
  const at = new Date(now)
  at.setHours(hour, 0, 0, 0)
  if (at.getTime() > now) {
    at.setDate(at.getDate() - 1)
    at.setHours(hour, 0, 0, 0)
  }
  return at.getTime()
}
