import type { Job, JobKind } from '@left4me/contract'
import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../db/schema.ts'
import type { NewJob } from './job-definition.ts'

export type OpenJobQuery =
  | { readonly serverId: number }
  | { readonly overlayId: number; readonly kind?: JobKind }
  | { readonly kind: JobKind }

/** The jobs as features see them: they put work in and ask what is going on. */
export interface JobQueue {
  /**
   * Puts a job into the queue; it is durable when this resolves, or when `transaction` commits. With a merge key that a
   * queued job has already, that job is answered instead.
   */
  enqueue<Kind extends JobKind>(job: NewJob<Kind>, transaction?: Transaction<Database>): Promise<Job>
  /** The newest queued or running job of a server, an overlay, or a kind; null when there is none. From memory. */
  open(about: OpenJobQuery): Job | null
  /**
   * Asks a queued or running job to stop, as its Cancel button does; resolves when that is durable, not when it has
   * stopped. Nothing happens when it has ended already. A stop overtakes a start with this.
   */
  cancel(jobId: number): Promise<void>
}

/** What a query may run in: the database, or a transaction of it. */
export type Executor = Kysely<Database> | Transaction<Database>
