import type { LogLine } from '../../host.ts'
import { HostError } from '../../host-error.ts'
import { Checkpoints } from './checkpoints.ts'
import type { JournalLimits } from './limits.ts'
import { LineNumbering } from './line-numbering.ts'
import { LiveFeed, type ReadJournal } from './live-feed.ts'
import type { Turns } from './turns.ts'

interface Follower {
  position: number
  readonly listener: (lines: LogLine[]) => void
  /** Settles when the following is over. */
  readonly over: PromiseWithResolvers<void>
}

/** The console lines of one instance: those of its journal, numbered, and whoever follows them. */
export class InstanceJournal {
  readonly #folder: string
  readonly #read: ReadJournal
  readonly #turns: Turns
  readonly #limits: JournalLimits
  /** Those that have all that the feed has handed on. */
  readonly #live = new Set<Follower>()
  readonly #followers = new Set<Follower>()
  #checkpoints: Promise<Checkpoints | null> | null = null
  #begun = Promise.withResolvers<void>()
  #feed: LiveFeed | null = null
  #linger: NodeJS.Timeout | null = null
  #beginning: Promise<void> | null = null
  readonly #ending = new AbortController()

  /** `turns`: how many of all instances read what is past at a time. */
  constructor(options: {
    readonly folder: string
    readonly read: ReadJournal
    readonly turns: Turns
    readonly limits: JournalLimits
  }) {
    this.#folder = options.folder
    this.#read = options.read
    this.#turns = options.turns
    this.#limits = options.limits
  }

  async begin(): Promise<void> {
    this.#beginning ??= this.#begin().finally(() => {
      this.#beginning = null
    })
    await this.#beginning
  }

  async tail(lines: number): Promise<LogLine[]> {
    const checkpoints = await this.#load()
    if (!checkpoints || lines <= 0) return []
    const { ring, isCurrent } = this.#feed ?? { ring: null, isCurrent: false }
    if (ring && isCurrent && (ring.length >= lines || ring.after === 0)) return ring.last(lines)
    let wanted = lines
    for (;;) {
      const { found, complete } = await this.#readTail(checkpoints, wanted, lines)
      if (found.length >= lines || complete) return found
      // Numbers were left out, or lines are no longer there.
      wanted *= 4
    }
  }

  async follow(after: number, listener: Follower['listener'], signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#ending.signal.aborted) return
    const follower: Follower = { position: after, listener, over: Promise.withResolvers() }
    const leave = () => follower.over.resolve()
    signal.addEventListener('abort', leave, { once: true })
    this.#followers.add(follower)
    try {
      await this.#catchUp(follower, AbortSignal.any([signal, this.#ending.signal]))
      await follower.over.promise
    } finally {
      signal.removeEventListener('abort', leave)
      this.#followers.delete(follower)
      this.#live.delete(follower)
      if (this.#followers.size === 0) this.#endSoon()
    }
  }

  /** Deletes what is known of its numbers; lines that come after the next `begin` are numbered from 1 on. */
  async remove(): Promise<void> {
    const checkpoints = await this.#load()
    await this.#endFeed()
    await checkpoints?.remove()
    this.#checkpoints = null
    this.#begun = Promise.withResolvers()
  }

  /** Ends every following, as if its signal had aborted. */
  async stop(): Promise<void> {
    this.#ending.abort()
    for (const follower of this.#followers) follower.over.resolve()
    await this.#endFeed()
  }

  async #begin(): Promise<void> {
    if (await this.#load()) return
    const checkpoints = await Checkpoints.begin(this.#folder)
    this.#checkpoints = Promise.resolve(checkpoints)
    if (this.#live.size > 0) this.#startFeed(checkpoints, 0)
    this.#begun.resolve()
  }

  /** null when it hasn't begun. */
  async #load(): Promise<Checkpoints | null> {
    this.#checkpoints ??= Checkpoints.open(this.#folder)
    const loading = this.#checkpoints
    const checkpoints = await loading.catch((error: unknown) => {
      if (this.#checkpoints === loading) this.#checkpoints = null
      throw error
    })
    if (checkpoints === null && this.#checkpoints === loading) this.#checkpoints = null
    return checkpoints
  }

  /** Resolves when the follower is among the live ones, or leaves. */
  async #catchUp(follower: Follower, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const checkpoints = await this.#load()
      if (!checkpoints) {
        await Promise.race([this.#begun.promise, follower.over.promise])
        continue
      }
      if (signal.aborted) return
      const { ring } = this.#feed ?? this.#startFeed(checkpoints, follower.position)
      const { after } = ring
      if (follower.position >= after) {
        this.#live.add(follower)
        hand(follower, ring.behind(follower.position))
        return
      }
      await this.#readPast(checkpoints, follower, signal)
      follower.position = Math.max(follower.position, after)
    }
  }

  /** All that the journal has by now behind where the follower stands. */
  async #readPast(checkpoints: Checkpoints, follower: Follower, signal: AbortSignal): Promise<void> {
    using _turn = await this.#turns.take()
    const numbering = new LineNumbering(checkpoints, checkpoints.before(follower.position))
    for await (const entries of this.#read(numbering.position, false, signal)) {
      const lines = numbering.push(entries)
      await checkpoints.keepUp(numbering.checkpoint)
      if (!signal.aborted) hand(follower, lines)
    }
  }

  /** The last lines, from a place on that is `wanted` numbers before the end. `complete`: there are no older ones. */
  async #readTail(
    checkpoints: Checkpoints,
    wanted: number,
    lines: number,
  ): Promise<{ found: LogLine[]; complete: boolean }> {
    using _turn = await this.#turns.take()
    const start = checkpoints.before(checkpoints.newest.sequence - wanted)
    const complete = checkpoints.isOldest(start)
    const numbering = new LineNumbering(checkpoints, start)
    let found: LogLine[] = []
    for await (const entries of this.#read(numbering.position, false, this.#ending.signal)) {
      found.push(...numbering.push(entries))
      if (found.length > 2 * lines) found = found.slice(-lines)
      // Many came while nobody followed: whoever reads next needn't begin before them.
      await checkpoints.keepUp(numbering.checkpoint)
    }
    if (this.#ending.signal.aborted) throw notOpen()
    const { checkpoint } = numbering
    if (checkpoint) await checkpoints.add(checkpoint)
    const all = complete && found.length <= lines
    found = found.slice(-lines)
    const first = found[0]
    const after = all ? 0 : first ? first.sequence - 1 : numbering.sequence
    this.#feed?.ring.complete(found, after, numbering.sequence)
    this.#feed?.journalEndedWith(numbering.sequence)
    return { found, complete }
  }

  #startFeed(checkpoints: Checkpoints, after: number): LiveFeed {
    if (this.#linger) clearTimeout(this.#linger)
    this.#linger = null
    const feed = new LiveFeed({
      checkpoints,
      after,
      read: this.#read,
      limits: this.#limits,
      onLines: lines => {
        for (const follower of this.#live) {
          try {
            hand(follower, lines)
          } catch (error) {
            this.#live.delete(follower)
            follower.over.reject(error)
          }
        }
      },
    })
    this.#feed = feed
    feed.start()
    return feed
  }

  #endSoon(): void {
    if (this.#feed === null || this.#linger !== null) return
    this.#linger = setTimeout(() => {
      this.#linger = null
      if (this.#followers.size === 0) void this.#endFeed()
    }, this.#limits.linger).unref()
  }

  async #endFeed(): Promise<void> {
    const feed = this.#feed
    this.#feed = null
    if (this.#linger) clearTimeout(this.#linger)
    this.#linger = null
    await feed?.stop()
  }
}

export function notOpen(): HostError {
  return new HostError('unavailable', "The host isn't open.")
}

function hand(follower: Follower, lines: readonly LogLine[]): void {
  const fresh = lines.filter(line => line.sequence > follower.position)
  const last = fresh.at(-1)
  if (!last) return
  follower.position = last.sequence
  follower.listener(fresh)
}
