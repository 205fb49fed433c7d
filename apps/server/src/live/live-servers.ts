import type { Job, JobKind, Player, Server } from '@left4me/contract'
import type { Host, InstanceStatus } from '@left4me/host'
import { A2sClient } from '@left4me/protocols/client'
import type { FastifyBaseLogger } from 'fastify'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { EarlierLife } from '../servers/earlier-life.ts'
import type { ServerDirectory, ServerRecord } from '../servers/server-directory.ts'
import { ChangePublisher } from './change-publisher.ts'
import type { EventHub } from './event-hub.ts'
import { LiveServer, type Surroundings } from './live-server.ts'
import { RconSession } from './rcon-session.ts'
import { type MonitorPace, monitorPace, ServerMonitor } from './server-monitor.ts'
import type { StateOfServer } from './server-state.ts'

export interface LiveServersOptions {
  readonly directory: ServerDirectory
  readonly jobs: Pick<JobQueue, 'open'>
  readonly hub: EventHub
  readonly host: Pick<Host, 'list' | 'subscribe' | 'followLog' | 'logTail'>
  readonly log: FastifyBaseLogger
  /** Address of the machine that servers listen on, for queries and RCON. */
  readonly queryHost: string
  readonly pace?: MonitorPace
}

/** How a wait for a started server ended. */
export type Readiness = 'ready' | 'deadline' | InstanceStatus

/** Milliseconds. */
const historyInterval = 60_000
/** Lines of an earlier time that may say what holds a running server back. */
const adoptedLogLines = 300

/**
 * All servers as they are now, from memory: no request about a server's state asks the database, the host or the
 * server. Publishes what changes.
 */
export class LiveServers {
  readonly #options: LiveServersOptions
  readonly #servers = new Map<number, LiveServer>()
  readonly #a2s = new A2sClient()
  readonly #changes: ChangePublisher
  readonly #waiting = new Set<() => void>()
  readonly #ending = new Set<Promise<void>>()
  /** What the log was told of. */
  readonly #strangers = new Set<number>()
  #surroundings: Surroundings = { address: '127.0.0.1', simulated: false, installing: false }
  #unsubscribe: (() => void)[] = []
  #historyTimer: NodeJS.Timeout | null = null

  constructor(options: LiveServersOptions) {
    this.#options = options
    this.#changes = new ChangePublisher({
      hub: options.hub,
      server: id => this.server(id),
      players: id => this.players(id),
    })
  }

  /** Asks the host what runs, and begins to watch it. The directory is loaded by then. */
  async start(earlier: EarlierLife): Promise<void> {
    const { host, hub, directory } = this.#options
    await this.#a2s.open()
    this.#unsubscribe = [
      host.subscribe(status => this.#take(status, { found: false, newest: true })),
      hub.subscribe(({ event }) => {
        if (event.name === 'job') this.#jobChanged(event.data)
      }),
      directory.onChange((id, before) => this.#recordChanged(id, before)),
    ]
    for (const [id, failure] of earlier.failures) this.#live(id).failure = failure
    for (const status of await host.list()) this.apply(status, !earlier.starting.has(status.instanceId))
    this.#historyTimer = setInterval(() => this.#sampleHistory(), historyInterval)
    this.#historyTimer.unref()
  }

  /** Servers go on running. */
  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe()
    if (this.#historyTimer) clearInterval(this.#historyTimer)
    this.#changes.stop()
    for (const server of this.#servers.values()) this.#endMonitor(server)
    await Promise.all(this.#ending)
    await this.#a2s.close()
  }

  /** null when there is no such server. */
  server(id: number): Server | null {
    return this.#view(id)?.server ?? null
  }

  /** The same as JSON text. */
  json(id: number): string | null {
    return this.#view(id)?.json ?? null
  }

  state(record: ServerRecord): StateOfServer {
    return this.#live(record.id).state(
      record,
      this.#options.jobs.open({ serverId: record.id }),
      this.#surroundings,
    )
  }

  status(id: number): InstanceStatus {
    return this.#live(id).status
  }

  players(id: number): Player[] {
    return [...(this.#servers.get(id)?.players ?? [])]
  }

  /** The RCON session of the present run; null when none runs. */
  session(id: number): RconSession | null {
    return this.#servers.get(id)?.monitor?.session ?? null
  }

  /** Ids of servers with a process, or about to have one again. */
  runningIds(): number[] {
    return [...this.#servers.values()]
      .filter(({ status }) => status.phase !== 'stopped' && status.phase !== 'failed')
      .map(({ id }) => id)
  }

  get surroundings(): Surroundings {
    return this.#surroundings
  }

  setSurroundings(change: Partial<Surroundings>): void {
    this.#surroundings = { ...this.#surroundings, ...change }
    for (const { id } of this.#options.directory.all()) this.touch(id)
  }

  setRestartStep(id: number, step: 'stopping' | 'starting'): void {
    this.#live(id).restartStep = step
    this.touch(id)
  }

  setSettingsChanged(id: number, changed: boolean): void {
    const server = this.#live(id)
    if (server.settingsChanged === changed) return
    server.settingsChanged = changed
    this.touch(id)
  }

  /** Somebody did what probably changed players or map. */
  refreshSoon(id: number): void {
    this.#servers.get(id)?.monitor?.refreshSoon()
  }

  /**
   * Takes over what the host answered about an instance, unless something newer was heard of it meanwhile. `found`: it
   * ran before the web application did.
   */
  apply(status: InstanceStatus, found = false): void {
    this.#take(status, { found, newest: false })
  }

  #take(status: InstanceStatus, { found, newest }: { found: boolean; newest: boolean }): void {
    const server = this.#live(status.instanceId)
    const before = server.status
    // Events come in order, and clocks are set back: their times decide nothing.
    if (!newest && status.since < before.since) return
    server.apply(status)
    const runs = status.phase === 'running' && status.pid !== null
    const same = runs && before.pid === status.pid && before.processStart === status.processStart
    // Whoever started it: why an earlier start failed is over.
    if (runs && !same) server.failure = null
    if (!same || server.monitor === null) {
      this.#endMonitor(server)
      if (runs) this.#beginMonitor(server, found)
    }
    this.touch(status.instanceId)
  }

  /**
   * Waits until the present run of a server answers, has ended (then with what the host says), or `deadline` (ms) is
   * over. Rejects with the signal's reason.
   */
  async readiness(id: number, deadline: number, signal: AbortSignal): Promise<Readiness> {
    const end = performance.now() + deadline
    for (;;) {
      signal.throwIfAborted()
      const { status, monitor } = this.#live(id)
      if (status.phase !== 'running') return status
      if (monitor?.ready) return 'ready'
      const left = end - performance.now()
      if (left <= 0) return 'deadline'
      await this.#nextChange(left, signal)
    }
  }

  /** The server's view has changed, or may have. */
  touch(id: number): void {
    this.#servers.get(id)?.touch()
    this.#changes.add(id)
    for (const wake of this.#waiting) wake()
  }

  #view(id: number): { server: Server; json: string } | null {
    const record = this.#options.directory.get(id)
    if (record === null) return null
    return this.#live(id).view(record, this.#options.jobs.open({ serverId: id }), this.#surroundings)
  }

  #live(id: number): LiveServer {
    const known = this.#servers.get(id)
    if (known) return known
    const server = new LiveServer(id)
    this.#servers.set(id, server)
    return server
  }

  #nextChange(milliseconds: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, milliseconds)
    signal.addEventListener('abort', () => resolve(), { once: true })
    this.#waiting.add(resolve)
    return promise.finally(() => {
      clearTimeout(timer)
      this.#waiting.delete(resolve)
    })
  }

  #beginMonitor(server: LiveServer, found: boolean): void {
    const record = this.#options.directory.get(server.id)
    if (record === null) {
      if (!this.#strangers.has(server.id))
        this.#options.log.warn({ serverId: server.id }, 'the host runs a server that is not in the database')
      this.#strangers.add(server.id)
      return
    }
    const { queryHost: host, directory, pace = monitorPace } = this.#options
    const port = record.startedWith?.specification.port ?? record.port
    const password = directory.rconPassword(server.id)
    const startedAt = server.status.startedAt ?? 0
    let sequence: number | null = null
    server.monitor = new ServerMonitor({
      target: { host, port },
      session: new RconSession({ host, port, password }),
      a2s: this.#a2s,
      pace,
      adopted: found,
      followLog: async (listener, signal) => {
        sequence ??= await this.#sequenceBefore(server.id, startedAt)
        if (signal.aborted) return
        await this.#options.host.followLog(
          server.id,
          sequence,
          lines => {
            sequence = lines.at(-1)?.sequence ?? sequence
            listener(lines)
          },
          signal,
        )
      },
      onChange: () => this.touch(server.id),
    })
    server.monitor.start()
  }

  /** The last line of the log before the present run began. */
  async #sequenceBefore(id: number, startedAt: number): Promise<number> {
    const lines = await this.#options.host.logTail(id, adoptedLogLines)
    const first = lines.find(line => line.time >= startedAt)
    return first === undefined ? (lines.at(-1)?.sequence ?? 0) : first.sequence - 1
  }

  #endMonitor(server: LiveServer): void {
    const { monitor } = server
    server.monitor = null
    if (monitor === null) return
    const ending = monitor.stop().finally(() => this.#ending.delete(ending))
    this.#ending.add(ending)
  }

  #jobChanged(job: Job): void {
    if (job.serverId === null) return
    if (startKinds.has(job.kind)) {
      const server = this.#live(job.serverId)
      if (job.state === 'failed') server.failure = job.error
      else if (server.failure !== null) server.failure = null
    } else if (job.kind === 'server-stop' && job.state === 'succeeded') {
      this.#live(job.serverId).failure = null
    }
    this.touch(job.serverId)
  }

  #recordChanged(id: number, before: ServerRecord | null): void {
    if (this.#options.directory.get(id) !== null) {
      this.touch(id)
      return
    }
    const server = this.#servers.get(id)
    if (server) this.#endMonitor(server)
    this.#servers.delete(id)
    if (before !== null) this.#changes.deleted(id, before.ownerId)
  }

  #sampleHistory(): void {
    for (const server of this.#servers.values()) {
      server.sampleHistory()
      this.touch(server.id)
    }
  }
}

const startKinds: ReadonlySet<JobKind> = new Set(['server-start', 'server-restart', 'installation-switch'])
