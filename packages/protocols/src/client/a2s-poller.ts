import type { A2sInfo } from '../a2s/info.ts'
import type { A2sPlayerList } from '../a2s/players.ts'
import type { CallOptions } from './deadline.ts'
import { checkTarget, type Target } from './target.ts'
import { TokenBucket } from './token-bucket.ts'

/** What the poller needs of an `A2sClient`. */
export interface A2sQueries {
  info(target: Target, options?: CallOptions): Promise<A2sInfo>
  players(target: Target, options?: CallOptions): Promise<A2sPlayerList>
}

/**
 * `silent` isn't dead: a server over its query limit is silent too, and so is one that hibernates badly or whose network
 * is down. Only its process or RCON can prove that it is gone.
 */
export type Reachability = 'unknown' | 'answering' | 'silent'

export interface A2sObservation {
  readonly target: Target
  readonly reachability: Reachability
  /** What it said last, also while it is silent. */
  readonly info: A2sInfo | null
  readonly players: A2sPlayerList | null
  /** ms since the epoch; null when it never answered. */
  readonly answeredAt: number | null
}

export interface A2sPollerOptions {
  readonly client: A2sQueries
  /** Milliseconds between two INFO queries to one server. 5000 unless said otherwise. */
  readonly infoIntervalMs?: number
  /** Milliseconds between two PLAYER queries to one server, which is only asked while somebody plays. 15000. */
  readonly playersIntervalMs?: number
  readonly timeoutMs?: number
  /** Queries that may wait for their answer at a time, over all servers. */
  readonly maxInFlight?: number
}

/**
 * Servers allow 3 queries a second and address by default (`sv_max_queries_sec`), shared by everybody behind our address:
 * we take 2 at once and one every other second.
 */
const budget = { capacity: 2, perSecond: 0.5 } as const
const maxBackoffMs = 60_000
/** Timeouts in a row, and time without any answer (the window of the query limit), before a server counts as silent. */
const silentAfterTimeouts = 3
const silentAfterMs = 30_000
const firstQueryWithinMs = 1000

interface Watched {
  readonly target: Target
  readonly listener: (observation: A2sObservation) => void
  readonly bucket: TokenBucket
  readonly abort: AbortController
  observation: A2sObservation
  timer: NodeJS.Timeout | undefined
  infoDue: number
  playersDue: number
  timeouts: number
  lastAnswer: number
}

/**
 * Keeps asking many servers how they are. Never two queries at once to one server, never more than `maxInFlight` in all:
 * when answers are slow, queries are late, and none is made up for.
 */
export class A2sPoller {
  readonly #client: A2sQueries
  readonly #infoIntervalMs: number
  readonly #playersIntervalMs: number
  readonly #timeoutMs: number
  readonly #maxInFlight: number
  readonly #watched = new Set<Watched>()
  readonly #ready: Watched[] = []
  #inFlight = 0

  constructor(options: A2sPollerOptions) {
    this.#client = options.client
    this.#infoIntervalMs = options.infoIntervalMs ?? 5000
    this.#playersIntervalMs = options.playersIntervalMs ?? 15_000
    this.#timeoutMs = options.timeoutMs ?? 2000
    this.#maxInFlight = options.maxInFlight ?? 64
  }

  /**
   * Asks a server again and again, first within a second, and calls `listener` after each query, until the returned
   * function is called. Throws `bad-input` for a target that no engine has.
   */
  watch(target: Target, listener: (observation: A2sObservation) => void): () => void {
    checkTarget(target)
    const now = performance.now()
    const firstQuery = now + Math.random() * Math.min(firstQueryWithinMs, this.#infoIntervalMs)
    const watched: Watched = {
      target,
      listener,
      bucket: new TokenBucket({ ...budget, now }),
      abort: new AbortController(),
      observation: { target, reachability: 'unknown', info: null, players: null, answeredAt: null },
      timer: undefined,
      infoDue: firstQuery,
      playersDue: firstQuery,
      timeouts: 0,
      lastAnswer: now,
    }
    this.#watched.add(watched)
    this.#schedule(watched)
    return () => this.#unwatch(watched)
  }

  /** Stops watching everything. Idempotent. */
  stop(): void {
    for (const watched of this.#watched) this.#unwatch(watched)
  }

  #unwatch(watched: Watched): void {
    if (!this.#watched.delete(watched)) return
    clearTimeout(watched.timer)
    watched.abort.abort()
    const waiting = this.#ready.indexOf(watched)
    if (waiting >= 0) this.#ready.splice(waiting, 1)
  }

  #schedule(watched: Watched): void {
    const now = performance.now()
    const due = wantsPlayers(watched) ? Math.min(watched.infoDue, watched.playersDue) : watched.infoDue
    const delay = Math.max(due - now, watched.bucket.wait(now), 0)
    watched.timer = setTimeout(() => {
      this.#ready.push(watched)
      this.#runReady()
    }, delay)
  }

  #runReady(): void {
    while (this.#inFlight < this.#maxInFlight) {
      const watched = this.#ready.shift()
      if (watched === undefined) return
      void this.#query(watched)
    }
  }

  async #query(watched: Watched): Promise<void> {
    this.#inFlight += 1
    watched.bucket.take(performance.now())
    const options = { timeoutMs: this.#timeoutMs, signal: watched.abort.signal }
    try {
      if (wantsPlayers(watched) && watched.playersDue <= watched.infoDue) {
        watched.playersDue = performance.now() + jittered(this.#playersIntervalMs)
        this.#answered(watched, { players: await this.#client.players(watched.target, options) })
      } else {
        const info = await this.#client.info(watched.target, options)
        this.#answered(watched, info.players > 0 ? { info } : { info, players: nobody })
      }
    } catch {
      // Whatever went wrong, there was no answer; the reason changes nothing about what is done next.
      this.#unanswered(watched)
    }
    this.#inFlight -= 1
    if (this.#watched.has(watched)) {
      this.#notify(watched)
      this.#schedule(watched)
    }
    this.#runReady()
  }

  #answered(watched: Watched, news: { info?: A2sInfo; players?: A2sPlayerList }): void {
    watched.timeouts = 0
    watched.lastAnswer = performance.now()
    if (news.info !== undefined) watched.infoDue = watched.lastAnswer + jittered(this.#infoIntervalMs)
    watched.observation = {
      ...watched.observation,
      ...news,
      reachability: 'answering',
      answeredAt: Date.now(),
    }
  }

  #unanswered(watched: Watched): void {
    const now = performance.now()
    watched.timeouts += 1
    const backoff = Math.min(
      this.#infoIntervalMs * 2 ** (watched.timeouts - 1),
      Math.max(maxBackoffMs, this.#infoIntervalMs),
    )
    watched.infoDue = now + jittered(backoff)
    watched.playersDue = Math.max(watched.playersDue, watched.infoDue)
    if (watched.timeouts < silentAfterTimeouts || now - watched.lastAnswer < silentAfterMs) return
    watched.observation = { ...watched.observation, reachability: 'silent' }
  }

  #notify(watched: Watched): void {
    try {
      watched.listener(watched.observation)
    } catch (error) {
      // A listener's own failure must not end the polling of other servers, but must not be lost either.
      queueMicrotask(() => {
        throw error
      })
    }
  }
}

const nobody: A2sPlayerList = { players: [], declaredCount: 0, truncated: false }

function wantsPlayers(watched: Watched): boolean {
  const { reachability, info } = watched.observation
  return reachability === 'answering' && watched.timeouts === 0 && info !== null && info.players > 0
}

/** ± 10 %, so that servers that were started together are not asked together for ever. */
function jittered(ms: number): number {
  return ms * (0.9 + Math.random() * 0.2)
}
