import { type Job, type JobKind, type PowerAction, type ServerState, whyNot } from '@left4me/contract'
import type { Host } from '@left4me/host'
import { ProblemError } from '../../http/problem-error.ts'
import type { JobLock } from '../../jobs/job-definition.ts'
import type { JobQueue } from '../../jobs/job-queue.ts'
import type { LiveServers } from '../../live/live-servers.ts'
import type { ServerDirectory, ServerRecord } from '../server-directory.ts'
import { KeyedLock } from './keyed-lock.ts'

export interface PowerDependencies {
  readonly host: Pick<Host, 'installation'>
  readonly directory: ServerDirectory
  readonly live: LiveServers
  readonly jobs: JobQueue
}

const verbs = {
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  reset: 'Reset',
  delete: 'Delete',
} as const satisfies Record<PowerAction, string>

/**
 * The one door for power actions: what the table in contract allows in the state that is true now becomes a job, all
 * else is refused with the table's reason. One decision a server at a time, so that of two people who press at the same
 * moment the second is answered from the first one's state.
 */
export class Power {
  readonly #dependencies: PowerDependencies
  readonly #locks = new KeyedLock()

  constructor(dependencies: PowerDependencies) {
    this.#dependencies = dependencies
  }

  /** Rejects with `not-found`, `action-not-allowed` or `not-installed`, and changes nothing then. */
  request(serverId: number, action: PowerAction): Promise<Job> {
    return this.#locks.run(serverId, async () => {
      const { directory, jobs, live } = this.#dependencies
      const record = this.record(serverId)
      const { state } = live.state(record)
      this.#refuse(record, action, state)
      if (action === 'start') await this.#refuseWithoutGame()
      const open = jobs.open({ serverId })
      // A stop needn't wait for a start that may take minutes.
      if (open && overtaken.has(open.kind) && (action === 'stop' || action === 'restart')) {
        await jobs.cancel(open.id)
      }
      if (action === 'start' || action === 'restart') await directory.setWanted(serverId, 'running')
      if (action === 'stop') await directory.setWanted(serverId, 'stopped')
      return jobs.enqueue({
        kind: `server-${action}`,
        input: { serverId },
        title: `${verbs[action]} “${record.name}”`,
        locks: locksOf(serverId),
        serverId,
        ownerId: record.ownerId,
      })
    })
  }

  /**
   * Restarts a running server with the current game files; `onlyIfEmpty` not while somebody plays. Rejects with
   * `not-found` or `action-not-allowed`, and changes nothing then.
   */
  switchInstallation(
    serverId: number,
    { revision, onlyIfEmpty }: { readonly revision: number; readonly onlyIfEmpty: boolean },
  ): Promise<Job> {
    return this.#locks.run(serverId, async () => {
      const { jobs, live } = this.#dependencies
      const record = this.record(serverId)
      const open = jobs.open({ serverId })
      if (open?.kind === 'installation-switch' && !onlyIfEmpty) return open
      if (open !== null)
        throw new ProblemError('action-not-allowed', `“${record.name}” is busy with: ${open.title}.`)
      if (live.state(record).state === 'stopped' || live.state(record).state === 'failed')
        throw new ProblemError(
          'action-not-allowed',
          `“${record.name}” doesn’t run. It takes the current game files when it is started.`,
        )
      this.#refuse(record, 'restart', live.state(record).state)
      return jobs.enqueue({
        kind: 'installation-switch',
        input: { serverId, revision, onlyIfEmpty },
        title: `Restart “${record.name}” with the current game files`,
        locks: locksOf(serverId),
        serverId,
        ownerId: record.ownerId,
      })
    })
  }

  /** Runs `work` when nothing is being decided about the server, and not while it is being deleted. */
  whileKept<Result>(serverId: number, work: (record: ServerRecord) => Promise<Result>): Promise<Result> {
    return this.#locks.run(serverId, () => {
      const record = this.record(serverId)
      this.#refuseDeleting(record)
      return work(record)
    })
  }

  /** Throws `not-found`. */
  record(serverId: number): ServerRecord {
    const record = this.#dependencies.directory.get(serverId)
    if (record === null) throw new ProblemError('not-found', `There is no server ${serverId}.`)
    return record
  }

  #refuse(record: ServerRecord, action: PowerAction, state: ServerState): void {
    this.#refuseDeleting(record)
    const reason = whyNot(action, state)
    if (reason !== null) throw new ProblemError('action-not-allowed', reason)
    const kind = this.#dependencies.jobs.open({ serverId: record.id })?.kind
    if (kind === 'server-reset' && action === 'reset') {
      throw new ProblemError('action-not-allowed', 'The server is already being reset.')
    }
    if (record.damage !== null && (action === 'start' || action === 'restart')) {
      throw new ProblemError(
        'action-not-allowed',
        `${record.damage} Save the server’s arguments and config again, then start it.`,
      )
    }
  }

  #refuseDeleting(record: ServerRecord): void {
    if (this.#dependencies.jobs.open({ serverId: record.id })?.kind !== 'server-delete') return
    throw new ProblemError('action-not-allowed', `The server “${record.name}” is being deleted.`)
  }

  async #refuseWithoutGame(): Promise<void> {
    const { state } = await this.#dependencies.host.installation.status()
    if (state === 'missing') {
      throw new ProblemError(
        'not-installed',
        'The game is not installed yet. An admin installs it on the installation page.',
      )
    }
  }
}

const overtaken: ReadonlySet<JobKind> = new Set(['server-start', 'server-restart', 'installation-switch'])

/** Nobody waits for an installation: it is made beside what servers are started with. */
function locksOf(serverId: number): JobLock[] {
  return [{ scope: `server:${serverId}`, mode: 'exclusive' }]
}
