import { setTimeout as sleep } from 'node:timers/promises'
import type { Job, JobError, JobKind } from '@left4me/contract'
import type { FastifyBaseLogger } from 'fastify'
import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../db/schema.ts'
import { ProblemError } from '../http/problem-error.ts'
import type { EventHub } from '../live/event-hub.ts'
import type { JobContext, JobDefinition, JobDefinitions, NewJob } from './job-definition.ts'
import { expectedJobError, unexpectedJobError } from './job-error.ts'
import type { JobQueue, OpenJobQuery } from './job-queue.ts'
import { maximumAttempts, recoveryOf } from './job-recovery.ts'
import { JobReport } from './job-report.ts'
import { isOpen, type JobRow, JobRows, jobOfRow, type OpenJob, parseOpenJob } from './job-rows.ts'
import { nextJobs } from './next-jobs.ts'

export interface JobEngineOptions {
  readonly db: Kysely<Database>
  readonly hub: EventHub
  readonly log: FastifyBaseLogger
  /** Jobs that run at the same time. */
  readonly workers: number
  /** Finished jobs that are remembered. */
  readonly keep?: number
  /** Milliseconds that running jobs get to end at a shutdown. */
  readonly shutdownPatience?: number
  /** Milliseconds until a write that failed is tried again. */
  readonly retryDelay?: number
  /** Only jobs of these kinds are run, and others are left as they are; null: of all kinds. */
  readonly kinds?: ReadonlySet<JobKind> | null
}

interface RunningJob {
  readonly job: OpenJob
  readonly controller: AbortController
  readonly ended: Promise<void>
}

/**
 * Runs the jobs of the `jobs` table. The table is the truth: a job is there before its request is answered, and what
 * a crash cut off is run again. One engine a database; the lock on the data directory sees to that.
 */
export class JobEngine implements JobQueue {
  readonly #options: Required<JobEngineOptions>
  readonly #rows: JobRows
  /** Of every job that has yet to end, by id, oldest first. */
  readonly #open = new Map<number, OpenJob>()
  readonly #running = new Map<number, RunningJob>()
  #definitions: JobDefinitions | null = null
  #state: 'new' | 'started' | 'stopping' = 'new'
  readonly #stopping = new AbortController()

  constructor(options: JobEngineOptions) {
    this.#options = { keep: 1000, shutdownPatience: 10_000, retryDelay: 1000, kinds: null, ...options }
    this.#rows = new JobRows(options.db)
  }

  get isRunning(): boolean {
    return this.#state === 'started'
  }

  counts(): { queued: number; running: number } {
    const running = this.#running.size
    return { queued: Math.max(0, this.#open.size - running), running }
  }

  /** Takes up what an earlier life left behind, and begins to work. */
  async start(definitions: JobDefinitions): Promise<void> {
    this.#definitions = definitions
    this.#state = 'started'
    for (const row of await this.#rows.open()) {
      if (this.#runs(row)) await this.#recover(row)
    }
    this.#schedule()
  }

  /** Takes up what another process has put into the table, as `left4me workshop-refresh` does. */
  async adoptNew(): Promise<void> {
    for (const row of await this.#rows.open()) {
      if (row.state === 'queued' && this.#runs(row) && !this.#open.has(row.id)) this.#adopt(row)
    }
  }

  /**
   * Aborts what runs with the reason `shutdown` and waits for it; those jobs are queued again, and this run doesn't
   * count. One that doesn't end in time is left to the recovery of the next start.
   */
  async stop(): Promise<void> {
    this.#state = 'stopping'
    this.#stopping.abort()
    const running = [...this.#running.values()]
    for (const { controller } of running) controller.abort('shutdown')
    const { promise: deadline, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, this.#options.shutdownPatience)
    await Promise.race([Promise.all(running.map(({ ended }) => ended)), deadline])
    clearTimeout(timer)
    if (this.#running.size > 0) {
      this.#options.log.warn({ jobIds: [...this.#running.keys()] }, 'jobs did not end in time')
    }
  }

  async enqueue<Kind extends JobKind>(job: NewJob<Kind>, transaction?: Transaction<Database>): Promise<Job> {
    const insert = (executor: Transaction<Database>) => this.#rows.insert(job, executor)
    const { row, isNew } = await (transaction
      ? insert(transaction)
      : this.#options.db.transaction().execute(insert))
    if (!isNew) return this.job(row)
    if (transaction) void this.#adoptWhenCommitted(row.id)
    else this.#adopt(row)
    return this.job(row)
  }

  open(about: OpenJobQuery): Job | null {
    let newest: OpenJob | null = null
    for (const job of this.#open.values()) {
      const { row } = job
      const concerned =
        'serverId' in about
          ? row.server_id === about.serverId
          : 'overlayId' in about
            ? row.overlay_id === about.overlayId && (about.kind === undefined || row.kind === about.kind)
            : row.kind === about.kind
      if (concerned) newest = job
    }
    return newest === null ? null : this.job(newest.row)
  }

  /** Those that have yet to end, oldest first, from memory. */
  openJobs(): Job[] {
    return [...this.#open.values()].map(({ row }) => this.job(row))
  }

  async cancel(jobId: number): Promise<void> {
    try {
      await this.cancelOrRefuse(jobId)
    } catch (error) {
      if (!(error instanceof ProblemError && error.code === 'not-cancellable')) throw error
    }
  }

  /**
   * A queued job ends at once; a running one is asked to. Rejects with `not-cancellable` when it has ended or can't be
   * broken off. Asking twice changes nothing.
   */
  async cancelOrRefuse(id: number): Promise<Job> {
    const cancelled = await this.#rows.finish(id, 'queued', 'cancelled', null)
    if (cancelled) {
      const open = this.#open.get(id)
      this.#forget(cancelled)
      if (open) await this.#settled(open, 'cancelled')
      this.#schedule()
      return this.job(cancelled)
    }
    const row = await this.#rows.get(id)
    if (!row) throw new ProblemError('not-found', `There is no job ${id}.`)
    if (row.state !== 'running') throw new ProblemError('not-cancellable', 'The job has ended already.')
    if (!this.#isCancellable(row.kind)) {
      const detail = 'A job of this kind can’t be broken off. Wait until it has ended.'
      throw new ProblemError('not-cancellable', detail)
    }
    const asked = await this.#rows.requestCancel(id)
    if (!asked) throw new ProblemError('not-cancellable', 'The job has ended already.')
    this.#update(asked)
    this.#running.get(id)?.controller.abort('cancelled')
    return this.job(asked)
  }

  /** Throws CorruptRowError. */
  job(row: JobRow): Job {
    return jobOfRow(row, kind => this.#isCancellable(kind))
  }

  async #recover(row: JobRow): Promise<void> {
    const recovery = recoveryOf(row)
    const state = row.state === 'queued' ? 'queued' : 'running'
    if (recovery.action === 'queue') {
      const queued = state === 'queued' ? row : await this.#rows.requeue(row.id, true)
      if (queued) this.#adopt(queued)
      return
    }
    const outcome = recovery.action === 'cancel' ? 'cancelled' : 'failed'
    const error = recovery.action === 'fail' ? recovery.error : null
    const ended = await this.#rows.finish(row.id, state, outcome, error)
    if (ended) this.#publish(ended)
    if (recovery.job) await this.#settled(recovery.job, outcome)
  }

  #runs({ kind }: JobRow): boolean {
    return this.#options.kinds === null || this.#options.kinds.has(kind)
  }

  /** The transaction holds the only connection, so that this query waits until it has ended either way. */
  async #adoptWhenCommitted(id: number): Promise<void> {
    try {
      const row = await this.#rows.get(id)
      if (row?.state === 'queued') this.#adopt(row)
    } catch (error) {
      this.#options.log.error(
        { err: error, jobId: id },
        'a new job could not be read; it begins at the next start',
      )
    }
  }

  #adopt(row: JobRow): void {
    this.#open.set(row.id, parseOpenJob(row))
    this.#publish(row)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#state !== 'started') return
    const { workers } = this.#options
    const takesLong = (job: OpenJob) => this.#definition(job.row.kind).takesLong === true
    const queued = [...this.#open.values()]
      .filter(({ row }) => !this.#running.has(row.id))
      .map(job => ({ ...job, takesLong: takesLong(job) }))
    const running = [...this.#running.values()].map(({ job }) => job)
    const freeForLong = Math.max(1, Math.floor(workers / 2)) - running.filter(takesLong).length
    for (const job of nextJobs(queued, running, workers - running.length, freeForLong)) {
      const controller = new AbortController()
      const { promise: ended, resolve } = Promise.withResolvers<void>()
      this.#running.set(job.row.id, { job, controller, ended })
      void this.#run(job, controller)
        .catch((error: unknown) => this.#rest(job, error))
        .finally(() => {
          this.#running.delete(job.row.id)
          resolve()
          this.#schedule()
        })
    }
  }

  async #run(job: OpenJob, controller: AbortController): Promise<void> {
    const { id } = job.row
    const row = await this.#rows.claim(id)
    if (!row) return void this.#open.delete(id)
    this.#update(row)
    const report = new JobReport({
      jobId: id,
      rows: this.#rows,
      log: this.#options.log,
      lastSequence: await this.#persist(() => this.#rows.lastLogSequence(id)),
      onProgress: updated => this.#update(updated),
    })
    if (row.attempt > 1)
      report.log(`Begins again after left4me ended (attempt ${row.attempt} of ${maximumAttempts}).`)
    const failure = await this.#attempt(job, row, controller.signal, report)
    await report.close()
    if (failure !== null && controller.signal.reason === 'shutdown') {
      const requeued = await this.#persist(() => this.#rows.requeue(id, false))
      if (requeued) this.#update(requeued)
      return
    }
    await this.#end(job, failure, controller.signal.aborted, report.result)
  }

  /** null when it succeeded. */
  async #attempt(
    job: OpenJob,
    row: JobRow,
    signal: AbortSignal,
    report: JobReport,
  ): Promise<{ error: unknown } | null> {
    const definition = this.#definition(row.kind)
    const context: JobContext<JobKind> = {
      jobId: row.id,
      input: job.input,
      signal,
      attempt: row.attempt,
      progress: (fraction, activity, transfer) => report.progress(fraction, activity, transfer),
      result: sentence => report.setResult(sentence),
      log: line => report.log(line),
    }
    try {
      signal.throwIfAborted()
      await definition.run(context)
      return null
    } catch (error) {
      return { error }
    }
  }

  async #end(
    job: OpenJob,
    failure: { error: unknown } | null,
    aborted: boolean,
    result: string | null,
  ): Promise<void> {
    const { id, kind } = job.row
    const outcome = failure === null ? 'succeeded' : aborted ? 'cancelled' : 'failed'
    let error: JobError | null = null
    if (failure !== null && outcome === 'failed') {
      error = expectedJobError(failure.error)
      if (error === null) {
        this.#options.log.error({ err: failure.error, jobId: id, kind }, 'a job failed unexpectedly')
        error = unexpectedJobError
      }
    }
    const row = await this.#persist(() => this.#rows.finish(id, 'running', outcome, error, result))
    if (row) this.#forget(row)
    await this.#settled(job, outcome)
    await this.#rows
      .prune(this.#options.keep)
      .catch((cause: unknown) => this.#options.log.warn({ err: cause }, 'old jobs could not be pruned'))
  }

  /** A full disk must not leave a job that has ended in the state *running*: its locks stay until that is written. */
  async #persist<Result>(write: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await write()
      } catch (error) {
        if (this.#state === 'stopping') throw error
        this.#options.log.error({ err: error }, 'the state of a job could not be written; trying again')
        await this.#pause()
      }
    }
  }

  /** The database could not be used: the job waits a moment, or the loop would turn without a pause. */
  async #rest(job: OpenJob, error: unknown): Promise<void> {
    this.#options.log.error({ err: error, jobId: job.row.id }, 'a job could not be run; trying again')
    await this.#pause()
  }

  async #pause(): Promise<void> {
    await sleep(this.#options.retryDelay, undefined, { signal: this.#stopping.signal }).catch(() => {})
  }

  async #settled(job: OpenJob, outcome: 'succeeded' | 'failed' | 'cancelled'): Promise<void> {
    try {
      await this.#definition(job.row.kind).settled?.(job.input, outcome)
    } catch (error) {
      this.#options.log.error({ err: error, jobId: job.row.id, outcome }, 'what follows a job failed')
    }
  }

  #update(row: JobRow): void {
    const open = this.#open.get(row.id)
    if (open) this.#open.set(row.id, { ...open, row })
    this.#publish(row)
  }

  #forget(row: JobRow): void {
    this.#open.delete(row.id)
    this.#publish(row)
  }

  #publish(row: JobRow): void {
    if (!isOpen(row.state) && this.#open.has(row.id)) this.#open.delete(row.id)
    this.#options.hub.publish({ name: 'job', data: this.job(row) }, { ownerId: row.owner_id }, row.server_id)
  }

  #isCancellable(kind: JobKind): boolean {
    return this.#definitions?.[kind]?.cancellable ?? false
  }

  /** Input and definition belong to the same kind: both come from one row. */
  #definition(kind: JobKind): JobDefinition<JobKind> {
    if (!this.#definitions) throw new TypeError('The job engine has not been started')
    const definition: unknown = this.#definitions[kind]
    return definition as JobDefinition<JobKind>
  }
}
