import type { ServerUsage } from '@left4me/contract'
import type { Host, InstanceUsage } from '@left4me/host'
import type { FastifyBaseLogger } from 'fastify'

export interface UsageWatchOptions {
  readonly host: Pick<Host, 'usage'>
  readonly live: { runningIds(): number[] }
  readonly log: FastifyBaseLogger
  /** Milliseconds between two values of the history. */
  readonly interval?: number
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number
}

interface Observation {
  readonly usage: InstanceUsage
  /** Milliseconds of the clock that never goes back. */
  readonly at: number
  readonly time: number
}

interface Watched {
  last: Observation
  /** What rates are counted from; null for the first observation of a run. */
  before: Observation | null
  /** Where the present value of the history began. */
  historyFrom: Observation
  history: (number | null)[]
}

/** Milliseconds. */
const historyInterval = 10_000
const historyLength = 60
/** An observation that is younger is answered as it is. */
const fresh = 2000

/** What each running server takes from the machine: asked for every ten seconds, and when somebody looks. */
export class UsageWatch {
  readonly #options: UsageWatchOptions
  readonly #now: () => number
  readonly #watched = new Map<number, Watched>()
  readonly #observing = new Map<number, Promise<Watched | null>>()
  #timer: NodeJS.Timeout | null = null

  constructor(options: UsageWatchOptions) {
    this.#options = options
    this.#now = options.now ?? (() => performance.now())
  }

  start(): void {
    this.#timer = setInterval(() => void this.tick(), this.#options.interval ?? historyInterval)
    this.#timer.unref()
    void this.tick()
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
  }

  /** At most two seconds old; null when it doesn't run. Rejects with HostError. */
  async current(id: number): Promise<ServerUsage | null> {
    const known = this.#watched.get(id)
    const watched =
      known && this.#now() - known.last.at < fresh && this.#options.live.runningIds().includes(id)
        ? known
        : await this.#observe(id)
    return watched && describe(watched)
  }

  /** As the host last told it, of all that run. */
  *all(): Generator<{ readonly id: number; readonly usage: InstanceUsage }> {
    for (const [id, { last }] of this.#watched) yield { id, usage: last.usage }
  }

  /** Observes all that run, and adds a value to the history of each. */
  async tick(): Promise<void> {
    const ids = this.#options.live.runningIds()
    for (const id of this.#watched.keys()) if (!ids.includes(id)) this.#watched.delete(id)
    for (const id of ids) {
      try {
        const watched = await this.#observe(id)
        if (watched) extend(watched)
      } catch (error) {
        this.#options.log.debug({ err: error, serverId: id }, 'what a server uses could not be read')
      }
    }
  }

  #observe(id: number): Promise<Watched | null> {
    let observing = this.#observing.get(id)
    if (!observing) {
      observing = this.#ask(id).finally(() => this.#observing.delete(id))
      this.#observing.set(id, observing)
    }
    return observing
  }

  async #ask(id: number): Promise<Watched | null> {
    const usage = await this.#options.host.usage(id)
    if (usage === null) {
      this.#watched.delete(id)
      return null
    }
    const now: Observation = { usage, at: this.#now(), time: Date.now() }
    const known = this.#watched.get(id)
    // Less than before: it is another run.
    if (known && usage.cpuSeconds >= known.last.usage.cpuSeconds) {
      known.before = known.last
      known.last = now
      return known
    }
    const history = known ? [...known.history, null].slice(-historyLength) : []
    const begun: Watched = { last: now, before: null, historyFrom: now, history }
    this.#watched.set(id, begun)
    return begun
  }
}

function extend(watched: Watched): void {
  const { last, historyFrom } = watched
  if (last === historyFrom) return
  const value = rate(historyFrom, last, usage => usage.cpuSeconds)
  watched.history = [...watched.history, value === null ? null : round(value)].slice(-historyLength)
  watched.historyFrom = last
}

function describe({ last, before, history }: Watched): ServerUsage {
  const { usage } = last
  const per = (read: (usage: InstanceUsage) => number | null) => before && rate(before, last, read)
  const cpu = per(({ cpuSeconds }) => cpuSeconds)
  const throttled = per(({ throttledSeconds }) => throttledSeconds)
  return {
    observedAt: new Date(last.time).toISOString(),
    cpu: cpu === null ? null : round(cpu),
    cpuHistory: history,
    memory: { used: usage.memoryBytes, high: usage.memoryHighBytes, limit: usage.memoryLimitBytes },
    processes: { count: usage.processes, limit: usage.processLimit },
    throttled: throttled === null ? null : Math.min(1, round(throttled)),
    read: per(({ readBytes }) => readBytes),
    written: per(({ writtenBytes }) => writtenBytes),
    pressure: usage.pressure && { ...usage.pressure },
  }
}

/** Growth a second; null where it isn't told. */
function rate(
  from: Observation,
  to: Observation,
  read: (usage: InstanceUsage) => number | null,
): number | null {
  const [earlier, later] = [read(from.usage), read(to.usage)]
  const seconds = (to.at - from.at) / 1000
  if (earlier === null || later === null || seconds <= 0) return null
  return Math.max(0, (later - earlier) / seconds)
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
