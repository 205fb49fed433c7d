import { type Job, type JobError, type JobKind, type JobState, jobKinds } from '@left4me/contract'
import { type Kysely, type Selectable, sql } from 'kysely'
import { type Cell, isRecord, parseJsonColumn } from '../db/json-column.ts'
import type { Database } from '../db/schema.ts'
import type { JobInputs, JobLock, JobTransfer, NewJob } from './job-definition.ts'
import type { Executor } from './job-queue.ts'

export type JobRow = Selectable<Database['jobs']>

/** A job that has yet to end, with its columns parsed. */
export interface OpenJob {
  readonly row: JobRow
  readonly input: JobInputs[JobKind]
  readonly locks: readonly JobLock[]
}

/** All SQL about jobs. Each method is one step that happens whole or not at all. */
export class JobRows {
  readonly #db: Kysely<Database>

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  /** `isNew` is false when a queued job with the same merge key was there already. */
  async insert(job: NewJob, executor: Executor): Promise<{ row: JobRow; isNew: boolean }> {
    if (job.mergeKey !== undefined) {
      const queued = await executor
        .selectFrom('jobs')
        .selectAll()
        .where('merge_key', '=', job.mergeKey)
        .where('state', '=', 'queued')
        .executeTakeFirst()
      if (queued) return { row: queued, isNew: false }
    }
    const row = await executor
      .insertInto('jobs')
      .values({
        kind: job.kind,
        title: job.title,
        input: JSON.stringify(job.input),
        locks: JSON.stringify(job.locks),
        merge_key: job.mergeKey ?? null,
        state: 'queued',
        progress: 0,
        attempt: 0,
        cancel_requested: 0,
        server_id: job.serverId ?? null,
        overlay_id: job.overlayId ?? null,
        owner_id: job.ownerId,
        created_at: Date.now(),
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    return { row, isNew: true }
  }

  get(id: number): Promise<JobRow | undefined> {
    return this.#db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst()
  }

  /** Queued and running ones, oldest first. */
  open(): Promise<JobRow[]> {
    return this.#db
      .selectFrom('jobs')
      .selectAll()
      .where('state', 'in', ['queued', 'running'])
      .orderBy('id')
      .execute()
  }

  /** undefined when it is no longer queued. */
  claim(id: number): Promise<JobRow | undefined> {
    return this.#db
      .updateTable('jobs')
      .set(eb => ({ state: 'running', attempt: eb('attempt', '+', 1), started_at: Date.now(), progress: 0 }))
      .where('id', '=', id)
      .where('state', '=', 'queued')
      .returningAll()
      .executeTakeFirst()
  }

  /** Back into the queue, where it was. `counted` false: as if this attempt had never been. */
  requeue(id: number, counted: boolean): Promise<JobRow | undefined> {
    return this.#db
      .updateTable('jobs')
      .set(eb => ({
        state: 'queued',
        attempt: counted ? eb.ref('attempt') : eb('attempt', '-', 1),
        started_at: null,
        progress: 0,
        activity: null,
      }))
      .where('id', '=', id)
      .where('state', '=', 'running')
      .returningAll()
      .executeTakeFirst()
  }

  /** undefined when it isn't in `from` any more. */
  finish(
    id: number,
    from: 'queued' | 'running',
    state: 'succeeded' | 'failed' | 'cancelled',
    error: JobError | null,
    result: string | null = null,
  ): Promise<JobRow | undefined> {
    return this.#db
      .updateTable('jobs')
      .set({
        state,
        error: error === null ? null : JSON.stringify(error),
        finished_at: Date.now(),
        activity: null,
        transfer: null,
        result: state === 'succeeded' ? result : null,
        ...(state === 'succeeded' ? { progress: 1 } : {}),
        ...(state === 'cancelled' ? { cancel_requested: 1 } : {}),
      })
      .where('id', '=', id)
      .where('state', '=', from)
      .returningAll()
      .executeTakeFirst()
  }

  requestCancel(id: number): Promise<JobRow | undefined> {
    return this.#db
      .updateTable('jobs')
      .set({ cancel_requested: 1 })
      .where('id', '=', id)
      .where('state', '=', 'running')
      .returningAll()
      .executeTakeFirst()
  }

  setProgress(
    id: number,
    progress: {
      readonly fraction: number
      readonly activity: string
      readonly transfer: JobTransfer | null
    },
  ): Promise<JobRow | undefined> {
    const { fraction, activity, transfer } = progress
    return this.#db
      .updateTable('jobs')
      .set({
        progress: fraction,
        activity,
        transfer: transfer === null ? null : JSON.stringify(transfer),
      })
      .where('id', '=', id)
      .where('state', '=', 'running')
      .returningAll()
      .executeTakeFirst()
  }

  async lastLogSequence(id: number): Promise<number> {
    const row = await this.#db
      .selectFrom('job_log')
      .select(eb => eb.fn.max('sequence').as('last'))
      .where('job_id', '=', id)
      .executeTakeFirst()
    return row?.last ?? 0
  }

  /** Adds lines and drops the oldest beyond `cap`. */
  async appendLog(
    id: number,
    lines: readonly { readonly sequence: number; readonly at: number; readonly text: string }[],
    cap: number,
  ): Promise<void> {
    await this.#db.transaction().execute(async transaction => {
      // The same SQL however many lines there are: prepared statements are kept, each with the values that it had last.
      const rows = JSON.stringify(lines.map(({ sequence, at, text }) => [sequence, at, text]))
      await sql`
        INSERT INTO job_log (job_id, sequence, at, text)
        SELECT ${id}, value ->> 0, value ->> 1, value ->> 2 FROM json_each(${rows})
      `.execute(transaction)
      const last = lines.at(-1)?.sequence ?? 0
      await transaction
        .deleteFrom('job_log')
        .where('job_id', '=', id)
        .where('sequence', '<=', last - cap)
        .execute()
    })
  }

  /** Forgets all finished jobs, with their logs, but the newest `keep`. */
  async prune(keep: number): Promise<void> {
    await this.#db
      .deleteFrom('jobs')
      .where('finished_at', 'is not', null)
      .where('id', '<', eb =>
        eb
          .selectFrom('jobs')
          .select(sql<number>`id`.as('id'))
          .orderBy('id', 'desc')
          .limit(1)
          .offset(keep - 1),
      )
      .execute()
  }
}

/** Throws CorruptRowError when it can't be run because its row is damaged. */
export function parseOpenJob(row: JobRow): OpenJob {
  return {
    row,
    input: parseJsonColumn(cell(row, 'input'), row.input, isRecord) as unknown as JobInputs[JobKind],
    locks: parseJsonColumn(cell(row, 'locks'), row.locks, isLocks),
  }
}

/** Throws CorruptRowError. `cancellable` says whether a running one of its kind is. */
export function jobOfRow(row: JobRow, cancellable: (kind: JobKind) => boolean): Job {
  const stoppable = row.state === 'queued' || (row.state === 'running' && cancellable(row.kind))
  return {
    id: row.id,
    kind: row.kind,
    title: row.title,
    state: row.state,
    progress: row.progress,
    activity: row.activity,
    transfer: row.transfer === null ? null : parseJsonColumn(cell(row, 'transfer'), row.transfer, isTransfer),
    result: row.result,
    error: row.error === null ? null : parseJsonColumn(cell(row, 'error'), row.error, isJobError),
    serverId: row.server_id,
    overlayId: row.overlay_id,
    ownerId: row.owner_id,
    cancellable: stoppable && row.cancel_requested === 0,
    cancelRequested: row.cancel_requested === 1,
    createdAt: new Date(row.created_at).toISOString(),
    startedAt: row.started_at === null ? null : new Date(row.started_at).toISOString(),
    finishedAt: row.finished_at === null ? null : new Date(row.finished_at).toISOString(),
  }
}

export function isJobKind(kind: string): kind is JobKind {
  return jobKinds.some(known => known === kind)
}

export function isOpen(state: JobState): boolean {
  return state === 'queued' || state === 'running'
}

function cell(row: JobRow, column: 'input' | 'locks' | 'error' | 'transfer'): Cell {
  return { table: 'jobs', id: row.id, column }
}

function isLocks(value: unknown): value is JobLock[] {
  return (
    Array.isArray(value) &&
    value.every(
      lock =>
        isRecord(lock) &&
        typeof lock['scope'] === 'string' &&
        (lock['mode'] === 'shared' || lock['mode'] === 'exclusive'),
    )
  )
}

function isTransfer(value: unknown): value is JobTransfer {
  return (
    isRecord(value) &&
    typeof value['bytes'] === 'number' &&
    typeof value['rate'] === 'number' &&
    (value['total'] === null || typeof value['total'] === 'number')
  )
}

function isJobError(value: unknown): value is JobError {
  return (
    isRecord(value) &&
    typeof value['code'] === 'string' &&
    typeof value['message'] === 'string' &&
    (value['remedy'] === null || typeof value['remedy'] === 'string')
  )
}
