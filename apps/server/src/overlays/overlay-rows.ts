import type { OverlayKind } from '@left4me/contract'
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import type { Database } from '../db/schema.ts'
import type { SignedIn } from '../http/endpoints.ts'
import type { Page } from '../http/page.ts'
import { ProblemError } from '../http/problem-error.ts'

/** Who asks, as far as rights go. */
export type Viewer = Pick<SignedIn, 'userId' | 'role'>

export interface OverlayRecord {
  readonly id: number
  readonly name: string
  readonly kind: OverlayKind
  readonly ownerId: number | null
  readonly shared: boolean
  /** Newest published revision; null before the first build. */
  readonly revision: number | null
  /** ms since the epoch. */
  readonly createdAt: number
  readonly updatedAt: number
}

/** What names an overlay, for the person who wants to delete it. */
export interface OverlayUses {
  readonly blueprints: readonly string[]
  readonly servers: readonly string[]
}

type Executor = Kysely<Database> | Transaction<Database>

/** All SQL about overlays. */
export class OverlayRows {
  readonly #db: Kysely<Database>

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  /** One's own and the shared ones; all of them for an admin. */
  async list(viewer: Viewer, page: Page): Promise<OverlayRecord[]> {
    const rows = await this.#db
      .selectFrom('overlays')
      .selectAll()
      .$if(viewer.role !== 'admin', select =>
        select.where(eb => eb.or([eb('owner_id', '=', viewer.userId), eb('shared', '=', 1)])),
      )
      .$if(page.after !== null, select => select.where('id', '>', page.after))
      .orderBy('id')
      .limit(page.size + 1)
      .execute()
    return rows.map(recordOf)
  }

  async find(id: number, executor: Executor = this.#db): Promise<OverlayRecord | null> {
    const row = await executor.selectFrom('overlays').selectAll().where('id', '=', id).executeTakeFirst()
    return row === undefined ? null : recordOf(row)
  }

  /** Rejects with `not-found`. */
  async get(id: number, executor: Executor = this.#db): Promise<OverlayRecord> {
    const record = await this.find(id, executor)
    if (record === null) throw new ProblemError('not-found', `There is no overlay ${id}.`)
    return record
  }

  /** By id; those that are gone are missing. */
  async byIds(ids: readonly number[]): Promise<Map<number, OverlayRecord>> {
    if (ids.length === 0) return new Map()
    const rows = await this.#db.selectFrom('overlays').selectAll().where('id', 'in', ids).execute()
    return new Map(rows.map(row => [row.id, recordOf(row)]))
  }

  async insert(overlay: Pick<OverlayRecord, 'name' | 'kind' | 'ownerId' | 'shared'>): Promise<OverlayRecord> {
    const now = Date.now()
    const row = await this.#db
      .insertInto('overlays')
      .values({
        name: overlay.name,
        kind: overlay.kind,
        owner_id: overlay.ownerId,
        shared: overlay.shared ? 1 : 0,
        created_at: now,
        updated_at: now,
      })
      .returningAll()
      .executeTakeFirstOrThrow()
    return recordOf(row)
  }

  async change(id: number, change: { name?: string; shared?: boolean }): Promise<OverlayRecord> {
    await this.#db
      .updateTable('overlays')
      .set({
        updated_at: Date.now(),
        ...(change.name === undefined ? {} : { name: change.name }),
        ...(change.shared === undefined ? {} : { shared: change.shared ? 1 : 0 }),
      })
      .where('id', '=', id)
      .execute()
    return this.get(id)
  }

  /** Never goes back to an older one. */
  async setRevision(id: number, revision: number): Promise<void> {
    await this.#db
      .updateTable('overlays')
      .set({ revision, updated_at: Date.now() })
      .where('id', '=', id)
      .where(eb => eb.or([eb('revision', 'is', null), eb('revision', '<', revision)]))
      .execute()
  }

  /**
   * A number that no build of this overlay was ever given: a build that was cut off may have published its revision
   * without anybody having noted that.
   */
  async nextRevision(record: OverlayRecord, transaction: Transaction<Database>): Promise<number> {
    const row = await transaction
      .selectFrom('jobs')
      .select(sql<number | null>`max(json_extract(input, '$.revision'))`.as('newest'))
      .where('overlay_id', '=', record.id)
      .where('kind', '=', 'overlay-build')
      .executeTakeFirst()
    return Math.max(record.revision ?? 0, row?.newest ?? 0) + 1
  }

  async usesOf(id: number, executor: Executor = this.#db): Promise<OverlayUses> {
    const blueprints = await executor
      .selectFrom('blueprint_overlays')
      .innerJoin('blueprints', 'blueprints.id', 'blueprint_overlays.blueprint_id')
      .select('blueprints.name')
      .where('overlay_id', '=', id)
      .orderBy('blueprints.id')
      .execute()
    const servers = await executor
      .selectFrom('server_overlays')
      .innerJoin('servers', 'servers.id', 'server_overlays.server_id')
      .select('servers.name')
      .where('overlay_id', '=', id)
      .orderBy('servers.id')
      .execute()
    return { blueprints: blueprints.map(row => row.name), servers: servers.map(row => row.name) }
  }

  /** Deletes it unless `refusalOf` its uses, as they are in the same moment, finds a reason not to. */
  async removeUnless(id: number, refusalOf: (uses: OverlayUses) => ProblemError | null): Promise<void> {
    await this.#db.transaction().execute(async transaction => {
      const refusal = refusalOf(await this.usesOf(id, transaction))
      if (refusal) throw refusal
      await transaction.deleteFrom('overlays').where('id', '=', id).execute()
    })
  }
}

function recordOf(row: Selectable<Database['overlays']>): OverlayRecord {
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    ownerId: row.owner_id,
    shared: row.shared === 1,
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
