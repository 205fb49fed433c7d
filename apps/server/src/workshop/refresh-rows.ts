import type { Kysely } from 'kysely'
import { isRecord } from '../db/json-column.ts'
import type { Database } from '../db/schema.ts'
import type { ChangedItem } from './changed-items.ts'

/** What a refresh found of one overlay. */
export interface RefreshedOverlay {
  readonly overlayId: number
  /** As it was called then. */
  readonly name: string
  /** Its newest revision then. */
  readonly before: number | null
  readonly changed: readonly ChangedItem[]
  /** The build that brings what changed; null when nothing did, or none could be asked for. */
  readonly buildJobId: number | null
  readonly failed: boolean
  readonly message: string | null
}

export interface RefreshRecord {
  readonly jobId: number
  /** ms since the epoch. */
  readonly finishedAt: number
  readonly overlays: readonly RefreshedOverlay[]
}

const keptRefreshes = 30

/** All SQL about refreshes. */
export class RefreshRows {
  readonly #db: Kysely<Database>

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  /** null before the first. A damaged row is as good as one that found nothing. */
  async last(): Promise<RefreshRecord | null> {
    const row = await this.#db
      .selectFrom('workshop_refreshes')
      .selectAll()
      .orderBy('finished_at', 'desc')
      .orderBy('job_id', 'desc')
      .executeTakeFirst()
    if (row === undefined) return null
    const overlays: unknown = JSON.parse(row.overlays)
    return {
      jobId: row.job_id,
      finishedAt: row.finished_at,
      overlays: Array.isArray(overlays) ? overlays.filter(isRefreshedOverlay) : [],
    }
  }

  /** Idempotent by job. Older ones than the last thirty are forgotten. */
  async put({ jobId, finishedAt, overlays }: RefreshRecord): Promise<void> {
    const values = { finished_at: finishedAt, overlays: JSON.stringify(overlays) }
    await this.#db
      .insertInto('workshop_refreshes')
      .values({ job_id: jobId, ...values })
      .onConflict(conflict => conflict.column('job_id').doUpdateSet(values))
      .execute()
    await this.#db
      .deleteFrom('workshop_refreshes')
      .where('job_id', 'not in', eb =>
        eb
          .selectFrom('workshop_refreshes')
          .select('job_id')
          .orderBy('finished_at', 'desc')
          .limit(keptRefreshes),
      )
      .execute()
  }
}

function isRefreshedOverlay(value: unknown): value is RefreshedOverlay {
  return (
    isRecord(value) &&
    Number.isInteger(value['overlayId']) &&
    typeof value['name'] === 'string' &&
    (value['before'] === null || Number.isInteger(value['before'])) &&
    (value['buildJobId'] === null || Number.isInteger(value['buildJobId'])) &&
    typeof value['failed'] === 'boolean' &&
    (value['message'] === null || typeof value['message'] === 'string') &&
    Array.isArray(value['changed']) &&
    value['changed'].every(item => isRecord(item) && typeof item['id'] === 'string')
  )
}
