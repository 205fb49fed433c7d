import type { RevisionSummary } from '@left4me/host'
import type { Kysely, Selectable } from 'kysely'
import { isRecord, parseJsonColumn } from '../db/json-column.ts'
import type { Database } from '../db/schema.ts'
import type { Executor } from '../jobs/job-queue.ts'

export interface RevisionRecord {
  readonly summary: RevisionSummary
  /** The job that built it; null when that isn't known any more. */
  readonly jobId: number | null
}

/** What the host says of published revisions, kept so that a list of overlays costs no question to the host. */
export class RevisionRows {
  readonly #db: Kysely<Database>

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  /** Newest first. Throws CorruptRowError, which the next start puts right. */
  async list(overlayId: number, executor: Executor = this.#db): Promise<RevisionRecord[]> {
    const rows = await executor
      .selectFrom('overlay_revisions')
      .selectAll()
      .where('overlay_id', '=', overlayId)
      .orderBy('revision', 'desc')
      .execute()
    return rows.map(recordOf)
  }

  async find(
    overlayId: number,
    revision: number,
    executor: Executor = this.#db,
  ): Promise<RevisionRecord | null> {
    const row = await executor
      .selectFrom('overlay_revisions')
      .selectAll()
      .where('overlay_id', '=', overlayId)
      .where('revision', '=', revision)
      .executeTakeFirst()
    return row === undefined ? null : recordOf(row)
  }

  /** Of each overlay that has one, its newest, by overlay. */
  async newest(overlayIds: readonly number[]): Promise<Map<number, RevisionSummary>> {
    if (overlayIds.length === 0) return new Map()
    const rows = await this.#db
      .selectFrom('overlay_revisions')
      .innerJoin('overlays', join =>
        join
          .onRef('overlays.id', '=', 'overlay_revisions.overlay_id')
          .onRef('overlays.revision', '=', 'overlay_revisions.revision'),
      )
      .selectAll('overlay_revisions')
      .where('overlay_id', 'in', overlayIds)
      .execute()
    return new Map(rows.map(row => [row.overlay_id, recordOf(row).summary]))
  }

  /** Numbers of the published revisions, newest first, by overlay. */
  async numbers(): Promise<Map<number, number[]>> {
    const rows = await this.#db
      .selectFrom('overlay_revisions')
      .select(['overlay_id', 'revision'])
      .orderBy('revision', 'desc')
      .execute()
    const numbers = new Map<number, number[]>()
    for (const row of rows) {
      numbers.set(row.overlay_id, [...(numbers.get(row.overlay_id) ?? []), row.revision])
    }
    return numbers
  }

  async put(summary: RevisionSummary, jobId: number | null, executor: Executor = this.#db): Promise<void> {
    const text = JSON.stringify(summary)
    await executor
      .insertInto('overlay_revisions')
      .values({ overlay_id: summary.overlayId, revision: summary.revision, summary: text, job_id: jobId })
      .onConflict(conflict => conflict.columns(['overlay_id', 'revision']).doUpdateSet({ summary: text }))
      .execute()
  }

  /** Idempotent. */
  async remove(overlayId: number, revision: number, executor: Executor = this.#db): Promise<void> {
    await executor
      .deleteFrom('overlay_revisions')
      .where('overlay_id', '=', overlayId)
      .where('revision', '=', revision)
      .execute()
  }
}

function recordOf(row: Selectable<Database['overlay_revisions']>): RevisionRecord {
  const cell = { table: 'overlay_revisions', id: row.overlay_id, column: 'summary' } as const
  return { summary: parseJsonColumn(cell, row.summary, isSummary), jobId: row.job_id }
}

function isSummary(value: unknown): value is RevisionSummary {
  return (
    isRecord(value) &&
    ['overlayId', 'revision', 'publishedAt', 'files', 'bytes'].every(key => Number.isInteger(value[key])) &&
    typeof value['digest'] === 'string' &&
    Array.isArray(value['findings']) &&
    Array.isArray(value['sources'])
  )
}
