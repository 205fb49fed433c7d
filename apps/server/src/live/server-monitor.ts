import { setTimeout as sleep } from 'node:timers/promises'
import type { Player, StateReason } from '@left4me/contract'
import type { LogLine } from '@left4me/host'
import type { A2sClient, Target } from '@left4me/protocols/client'
import { ConsoleComplaints } from './console-complaints.ts'
import type { RconSession } from './rcon-session.ts'

/** Milliseconds. A server counts queries by address and is silent when asked too often (`sv_max_queries_sec`). */
export interface MonitorPace {
  /** Between two A2S INFO while the server has yet to answer, and at least between two of them after a hint. */
  readonly starting: number
  readonly afterHint: number
  /** Between two A2S INFO of a server that has answered. */
  readonly info: number
  /** Between two RCON `status` while people play, while nobody does, and at least between two of them. */
  readonly status: number
  readonly idleStatus: number
  readonly statusGap: number
  /** After the server said that it reads server.cfg, until RCON is tried: the password has to be set by then. */
  readonly rconAfterConfig: number
  /** After the start of a server that says nothing, until RCON is tried. */
  readonly rconAnyway: number
}

export const monitorPace: MonitorPace = {
  starting: 1000,
  afterHint: 300,
  info: 5000,
  status: 15_000,
  idleStatus: 60_000,
  statusGap: 2000,
  rconAfterConfig: 1000,
  rconAnyway: 60_000,
}

export interface ServerMonitorOptions {
  readonly target: Target
  readonly session: RconSession
  /** Opened and closed by whoever made it. */
  readonly a2s: A2sClient
  readonly pace: MonitorPace
  /** It has answered before: the web application found it running. */
  readonly adopted: boolean
  /** Lines of this run's console, first those already there. Ends with `signal`. */
  readonly followLog: (listener: (lines: LogLine[]) => void, signal: AbortSignal) => Promise<void>
  /** Called after anything below changed. */
  readonly onChange: () => void
}

/** What was last heard from the server itself. */
export interface Heard {
  readonly players: readonly Player[]
  readonly playerCount: number
  readonly maxPlayers: number | null
  readonly map: string | null
  /** ms since the epoch; null when it has yet to answer. */
  readonly at: number | null
}

/** Milliseconds that a query waits for its answer. */
const queryTimeout = 2000
/**
 * While it starts, a query that came before the server listened is lost: the next one follows soon, and each waits
 * longer in case that the machine is slow rather than the server not there.
 */
const firstQueryTimeout = 200
const longestQueryTimeout = 900
const followAgainAfter = 5000
/** The game has room for 32, and takes names of 31 bytes and maps of 63; a plugin can make it say anything. */
const mostPlayers = 64
const longestName = 128

/**
 * Watches one run of one server: whether it is ready, what is played and who plays. A server that is silent is not
 * dead: only its process can end it, so that silence changes nothing but how old the knowledge is.
 */
export class ServerMonitor {
  readonly #options: ServerMonitorOptions
  readonly #complaints = new ConsoleComplaints()
  readonly #ended = new AbortController()
  readonly #startedAt = performance.now()
  #heard: Heard = { players: [], playerCount: 0, maxPlayers: null, map: null, at: null }
  #ready: boolean
  #running: Promise<unknown> = Promise.resolve()
  #queries = 0
  #infoDue = 0
  #statusDue = 0
  #lastInfo = Number.NEGATIVE_INFINITY
  #lastStatus = Number.NEGATIVE_INFINITY
  #rconDue: number
  /** Asked for while a query was on its way, whose answer may be older than the reason to ask. */
  #infoWanted = false
  #statusWanted = false
  #wake: () => void = () => {}

  constructor(options: ServerMonitorOptions) {
    this.#options = options
    this.#ready = options.adopted
    this.#rconDue = this.#startedAt + (options.adopted ? 0 : options.pace.rconAnyway)
  }

  get heard(): Heard {
    return this.#heard
  }

  /** It has answered by A2S or RCON since it was started. */
  get ready(): boolean {
    return this.#ready
  }

  get complaint(): StateReason | null {
    return this.#options.session.complaint ?? this.#complaints.gravest
  }

  get session(): RconSession {
    return this.#options.session
  }

  start(): void {
    const { signal } = this.#ended
    this.#running = Promise.all([this.#watch(signal), this.#follow(signal)])
  }

  /** Ends the RCON session too. */
  async stop(): Promise<void> {
    this.#ended.abort()
    this.#wake()
    await this.#options.session.close()
    await this.#running
  }

  /** Something probably changed: ask who plays as soon as the pace allows. */
  refreshSoon(): void {
    const { pace } = this.#options
    this.#infoWanted = true
    this.#statusWanted = true
    this.#infoDue = Math.min(this.#infoDue, this.#lastInfo + pace.afterHint)
    this.#statusDue = Math.min(this.#statusDue, this.#lastStatus + pace.statusGap)
    this.#wake()
  }

  async #watch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (performance.now() >= this.#infoDue) await this.#askInfo(signal)
      if (!signal.aborted && !this.#ready && performance.now() >= this.#rconDue) await this.#tryRcon()
      if (!signal.aborted && this.#ready && performance.now() >= this.#statusDue)
        await this.#askStatus(signal)
      if (!signal.aborted) await this.#pause()
    }
  }

  #pause(): Promise<void> {
    const due = Math.min(this.#infoDue, this.#ready ? this.#statusDue : this.#rconDue)
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, Math.max(10, due - performance.now()))
    this.#wake = () => {
      clearTimeout(timer)
      resolve()
    }
    return promise
  }

  async #askInfo(signal: AbortSignal): Promise<void> {
    const { a2s, target, pace } = this.#options
    this.#lastInfo = performance.now()
    this.#infoWanted = false
    try {
      const timeoutMs = this.#ready ? queryTimeout : this.#nextTimeout()
      const info = await a2s.info(target, { signal, timeoutMs })
      if (signal.aborted) return
      const playerCount = Math.max(0, info.players - info.bots)
      const changed = playerCount !== this.#heard.playerCount || info.map !== this.#heard.map || !this.#ready
      this.#hear({
        playerCount,
        maxPlayers: info.maxPlayers,
        map: info.map,
        players: playerCount === 0 ? this.#heard.players.filter(player => player.bot) : this.#heard.players,
      })
      if (changed) this.#statusDue = Math.min(this.#statusDue, this.#lastStatus + pace.statusGap)
    } catch {
      // Silence says nothing: hibernation, the query limit and a map change look the same.
    } finally {
      const pause = this.#ready ? pace.info : pace.starting
      this.#infoDue = this.#lastInfo + (this.#infoWanted ? pace.afterHint : pause)
    }
  }

  #nextTimeout(): number {
    this.#queries += 1
    return Math.min(longestQueryTimeout, firstQueryTimeout * this.#queries)
  }

  async #tryRcon(): Promise<void> {
    const { session, pace } = this.#options
    this.#rconDue = performance.now() + pace.info
    if (!session.available) return
    try {
      await session.connect()
      this.#becomeReady()
    } catch {
      // The session keeps why. A2S decides then.
    }
    this.#options.onChange()
  }

  async #askStatus(signal: AbortSignal): Promise<void> {
    const { session, pace } = this.#options
    this.#statusDue = performance.now() + pace.info
    if (!session.available) return
    this.#statusWanted = false
    const complaint = session.complaint
    this.#lastStatus = performance.now()
    try {
      const report = await session.status({ signal })
      if (signal.aborted || !report.complete) return
      this.#hear({
        players: report.players.map(player => ({
          userId: player.userId,
          name: player.name,
          steamId: player.steamId,
          bot: player.bot,
          connectedSeconds: player.connectedSeconds,
          ping: player.ping,
          loss: player.loss,
          state: player.state,
        })),
        playerCount: report.players.filter(player => !player.bot).length,
        maxPlayers: report.maxPlayers,
        map: report.map,
      })
    } catch {
      if (!signal.aborted && session.complaint !== complaint) this.#options.onChange()
    } finally {
      const pause = this.#heard.playerCount > 0 ? pace.status : pace.idleStatus
      const next = session.connected ? pause : pace.info
      this.#statusDue = this.#lastStatus + (this.#statusWanted ? pace.statusGap : next)
    }
  }

  #hear(news: Omit<Heard, 'at'>): void {
    this.#heard = {
      players: news.players.slice(0, mostPlayers).map(player => ({
        ...player,
        name: short(player.name),
        state: short(player.state),
      })),
      playerCount: news.playerCount,
      maxPlayers: news.maxPlayers,
      map: news.map === null ? null : short(news.map),
      at: Date.now(),
    }
    this.#becomeReady()
    this.#options.onChange()
  }

  #becomeReady(): void {
    if (this.#ready) return
    this.#ready = true
    this.#statusDue = 0
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#options.followLog(lines => this.#read(lines), signal)
      } catch {
        // The host is unreachable for a moment; its status says so where it matters.
      }
      if (!signal.aborted) await sleep(followAgainAfter, undefined, { signal }).catch(() => {})
    }
  }

  #read(lines: readonly LogLine[]): void {
    let changed = false
    for (const { text } of lines) {
      if (/^L \d\d\/\d\d\/\d{4} /.test(text)) {
        if (/ connected, address "| entered the game| disconnected \(reason "/.test(text)) this.refreshSoon()
        continue
      }
      changed = this.#complaints.read(text) || changed
      if (!this.#ready) this.#readWhileStarting(text)
    }
    if (changed) this.#options.onChange()
  }

  #readWhileStarting(text: string): void {
    const now = performance.now()
    const { pace } = this.#options
    const readsConfig = text === 'Executing dedicated server config file'
    if (readsConfig) this.#rconDue = Math.min(this.#rconDue, now + pace.rconAfterConfig)
    if (!readsConfig && !/Steam servers|VAC secure|HSCRIPT loaded/.test(text)) return
    this.#infoWanted = true
    this.#infoDue = Math.min(this.#infoDue, this.#lastInfo + pace.afterHint)
    this.#wake()
  }
}

/** A copy: what is cut out of a text keeps the whole of it in memory. */
function short(text: string): string {
  return Buffer.from(text.slice(0, longestName)).toString()
}
