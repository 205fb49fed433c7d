import type { Host, InstallationRevision, InstallationStatus } from '@left4me/host'
import type { FastifyBaseLogger } from 'fastify'
import { ProblemError } from '../http/problem-error.ts'
import type { LiveServers } from '../live/live-servers.ts'
import type { Power } from '../servers/power/power.ts'
import type { ServerDirectory, ServerRecord } from '../servers/server-directory.ts'
import { EmptyServers } from './empty-servers.ts'
import type { SwitchAttempts } from './switch-attempts.ts'
import { decideSwitch } from './switch-decision.ts'

export interface SwitcherPace {
  /** Milliseconds between two looks. */
  readonly look: number
  /** Milliseconds for which nobody must have played. */
  readonly emptyAtLeast: number
  /** Milliseconds after an attempt that found players. */
  readonly retryAfter: number
}

export const switcherPace: SwitcherPace = { look: 10_000, emptyAtLeast: 60_000, retryAfter: 5 * 60_000 }

export interface InstallationSwitcherOptions {
  readonly host: Pick<Host, 'installation'>
  readonly directory: ServerDirectory
  readonly live: LiveServers
  readonly power: Power
  readonly attempts: SwitchAttempts
  readonly pace: SwitcherPace
  /** A server with the current files says on its console that Valve has newer ones. */
  readonly onOutOfDate: (installed: InstallationStatus) => void
  readonly log: FastifyBaseLogger
  /** Milliseconds since the epoch. */
  readonly now: () => number
}

/** A running server that has yet to change to the current game files. */
export interface PendingServer {
  readonly record: ServerRecord
  /** null: files of an earlier left4me. */
  readonly revision: number | null
  readonly waitsFor: string
}

/**
 * Brings running servers to the current game files as their policies say. It remembers nothing that matters: which
 * server runs with what is the host's to say, policies and attempts are rows. A restart of the web application only makes
 * it see for another minute that nobody plays.
 */
export class InstallationSwitcher {
  readonly #options: InstallationSwitcherOptions
  readonly #empty: EmptyServers
  #timer: NodeJS.Timeout | null = null
  #looking: Promise<void> = Promise.resolve()
  #failing = false

  constructor(options: InstallationSwitcherOptions) {
    this.#options = options
    this.#empty = new EmptyServers(options.live)
  }

  start(): void {
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#lookQuietly())
    }, this.#options.pace.look)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    this.#timer = null
    await this.#looking
  }

  /** By id. */
  async pending(revisions: readonly InstallationRevision[]): Promise<PendingServer[]> {
    const found: PendingServer[] = []
    for (const { record, revision, current } of this.#behind(revisions)) {
      const decision = await this.#decide(record, current)
      const waitsFor = decision.kind === 'wait' ? decision.reason : 'the next look, in a few seconds'
      found.push({ record, revision, waitsFor })
    }
    return found
  }

  async #look(): Promise<void> {
    const { host, live, power } = this.#options
    if (live.runningIds().length === 0) return
    const revisions = await host.installation.revisions()
    await this.#hearConsoles(revisions)
    const behind = this.#behind(revisions)
    this.#empty.look(
      behind.map(({ record }) => record.id),
      performance.now(),
    )
    for (const { record, current } of behind) {
      if (live.state(record).state !== 'running') continue
      if ((await this.#decide(record, current)).kind === 'wait') continue
      try {
        await power.switchInstallation(record.id, { revision: current, onlyIfEmpty: true })
      } catch (error) {
        // Somebody else does something with it: the next look comes soon.
        if (!(error instanceof ProblemError)) throw error
      }
    }
  }

  async #hearConsoles(revisions: readonly InstallationRevision[]): Promise<void> {
    const { host, live, onOutOfDate } = this.#options
    const upToDate = revisions.find(({ current }) => current)?.usedBy ?? []
    if (upToDate.some(id => live.server(id)?.stateReason?.code === 'out-of-date'))
      onOutOfDate(await host.installation.status())
  }

  async #decide(record: ServerRecord, revision: number) {
    const { attempts, pace, now } = this.#options
    return decideSwitch({
      policy: record.updatePolicy,
      emptyFor: this.#empty.emptyFor(record.id, performance.now()),
      emptyAtLeast: pace.emptyAtLeast,
      now: now(),
      lastAttempt: await attempts.last(record.id, revision),
      retryAfter: pace.retryAfter,
    })
  }

  /** Servers that run with other files than the current ones. */
  #behind(revisions: readonly InstallationRevision[]) {
    const { directory, live } = this.#options
    const current = revisions.find(({ current: is }) => is)
    if (!current) return []
    return live
      .runningIds()
      .toSorted((a, b) => a - b)
      .flatMap(id => {
        const record = directory.get(id)
        if (record === null || current.usedBy.includes(id)) return []
        const revision = revisions.find(({ usedBy }) => usedBy.includes(id))?.revision ?? null
        return { record, revision, current: current.revision }
      })
  }

  /** Tells the log once of what lasts. */
  async #lookQuietly(): Promise<void> {
    try {
      await this.#look()
      this.#failing = false
    } catch (error) {
      if (!this.#failing)
        this.#options.log.warn({ err: error }, 'servers could not be looked at for an update')
      this.#failing = true
    }
  }
}
