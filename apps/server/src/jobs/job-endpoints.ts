import type { Kysely } from 'kysely'
import { type CorruptRowError, readableRows } from '../db/json-column.ts'
import type { Database } from '../db/schema.ts'
import { endpoints } from '../http/endpoints.ts'
import type { Ownership } from '../http/owners.ts'
import { listOfPage, pageOf } from '../http/page.ts'
import { ProblemError } from '../http/problem-error.ts'
import type { JobEngine } from './job-engine.ts'

/** Log lines of one answer; the cursor of the next is the last sequence. */
const logPage = 1000

export function jobEndpoints(options: {
  readonly db: Kysely<Database>
  readonly engine: JobEngine
  readonly onCorrupt: (error: CorruptRowError) => void
}) {
  const { db, engine, onCorrupt } = options
  return endpoints({
    async listJobs({ query, caller }) {
      const page = pageOf(query)
      const { state, serverId, overlayId } = query
      const rows = await db
        .selectFrom('jobs')
        .selectAll()
        .$if(caller.role !== 'admin', select => select.where('owner_id', '=', caller.userId))
        .$if(page.after !== null, select => select.where('id', '<', page.after))
        .$if(state !== undefined, select => select.where('state', '=', state ?? 'queued'))
        .$if(serverId !== undefined, select => select.where('server_id', '=', serverId ?? 0))
        .$if(overlayId !== undefined, select => select.where('overlay_id', '=', overlayId ?? 0))
        .orderBy('id', 'desc')
        .limit(page.size + 1)
        .execute()
      const { items, nextCursor } = listOfPage(rows, page, row => row)
      return { items: readableRows(items, row => engine.job(row), onCorrupt), nextCursor }
    },

    async getJob({ params }) {
      const row = await db.selectFrom('jobs').selectAll().where('id', '=', params.id).executeTakeFirst()
      if (!row) throw new ProblemError('not-found', `There is no job ${params.id}.`)
      return engine.job(row)
    },

    async getJobLog({ params, query }) {
      const rows = await db
        .selectFrom('job_log')
        .select(['sequence', 'at', 'text'])
        .where('job_id', '=', params.id)
        .where('sequence', '>', query.after ?? 0)
        .orderBy('sequence')
        .limit(logPage + 1)
        .execute()
      const shown = rows.slice(0, logPage)
      const last = shown.at(-1)
      return {
        items: shown.map(row => ({
          sequence: row.sequence,
          time: new Date(row.at).toISOString(),
          text: row.text,
        })),
        nextCursor: rows.length > logPage && last ? String(last.sequence) : null,
      }
    },

    cancelJob({ params }) {
      return engine.cancelOrRefuse(params.id)
    },
  })
}

export async function jobOwnership(db: Kysely<Database>, id: number): Promise<Ownership | null> {
  const row = await db.selectFrom('jobs').select('owner_id').where('id', '=', id).executeTakeFirst()
  return row ? { ownerId: row.owner_id, shared: false } : null
}
