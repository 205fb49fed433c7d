import type { AuditEntry } from '@left4me/contract'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import { endpoints } from '../http/endpoints.ts'
import { listOfPage, pageOf } from '../http/page.ts'

export interface NewAuditEntry {
  /** null: nobody who is signed in. */
  readonly user: { readonly userId: number; readonly username: string } | null
  /** Noun and verb, for example `server.start`. */
  readonly action: string
  /** For example `server:3`. */
  readonly target: string | null
  /** Never anything secret. */
  readonly detail: string | null
}

/** The newest entries that are kept: each log-in leaves one. */
const keptEntries = 100_000

/** Who did what. Entries outlive the accounts and things that they name. */
export class Audit {
  readonly #db: Kysely<Database>
  readonly #keep: number

  constructor(db: Kysely<Database>, options: { readonly keep?: number } = {}) {
    this.#db = db
    this.#keep = options.keep ?? keptEntries
  }

  async record(entry: NewAuditEntry): Promise<void> {
    const { id } = await this.#db
      .insertInto('audit')
      .values({
        at: Date.now(),
        user_id: entry.user?.userId ?? null,
        username: entry.user?.username ?? null,
        action: entry.action,
        target: entry.target,
        detail: entry.detail?.slice(0, 500) ?? null,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await this.#db
      .deleteFrom('audit')
      .where('id', '<=', id - this.#keep)
      .execute()
  }
}

export function auditEndpoints(db: Kysely<Database>) {
  return endpoints({
    async listAudit({ query }) {
      const page = pageOf(query)
      const rows = await db
        .selectFrom('audit')
        .selectAll()
        .$if(page.after !== null, select => select.where('id', '<', page.after))
        .orderBy('id', 'desc')
        .limit(page.size + 1)
        .execute()
      return listOfPage(
        rows,
        page,
        (row): AuditEntry => ({
          id: row.id,
          time: new Date(row.at).toISOString(),
          userId: row.user_id,
          username: row.username,
          action: row.action,
          target: row.target,
          detail: row.detail,
        }),
      )
    },
  })
}
