import type { OverlayKind, Role } from '@left4me/contract'
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import { isListOfText, parseJsonColumn } from '../db/json-column.ts'
import type { Database } from '../db/schema.ts'
import type { SignedIn } from '../http/endpoints.ts'
import type { Page } from '../http/page.ts'
import { ProblemError } from '../http/problem-error.ts'
import type { Executor } from '../jobs/job-queue.ts'
import { HeldLayers } from './held-layers.ts'
import { type OverlayUses, usesOf } from './overlay-uses.ts'
import { saveScript } from './script-history.ts'

/** Who asks, as far as lists of things go. */
export type Viewer = Pick<SignedIn, 'userId' | 'role'>

export interface OverlayRecord {
  readonly id: number
  readonly name: string
  readonly kind: OverlayKind
  /** null: the platform's own, which only admins may change. */
  readonly ownerId: number | null
  readonly ownerName: string | null
  readonly ownerRole: Role | null
  readonly shared: boolean
  /** Of a script overlay; null for the other kinds. */
  readonly script: string | null
  /** Items and collections of a workshop overlay, as they were added; null for the other kinds. */
  readonly workshopIds: readonly string[] | null
  /** Of a map-index overlay; null for the other kinds. */
  readonly indexUrl: string | null
  /** Newest published revision; null before the first build. */
  readonly revision: number | null
  /** ms since the epoch: when what the next build takes was last changed; 0 when the newest revision has it all. */
  readonly contentChangedAt: number
  /** ms since the epoch. */
  readonly createdAt: number
  readonly updatedAt: number
}

export interface NewOverlayRecord {
  readonly name: string
  readonly kind: OverlayKind
  readonly ownerId: number | null
  readonly shared: boolean
  readonly script?: string
  readonly workshopIds?: readonly string[]
  readonly indexUrl?: string
  /** Names what it was seeded from, so that seeding again finds it. */
  readonly seedKey?: string
}

export type OverlayRecordChange = Partial<
  Pick<NewOverlayRecord, 'name' | 'shared' | 'script' | 'workshopIds' | 'indexUrl'>
>

export type OverlayRow = Selectable<Database['overlays']> & {
  owner_name: string | null
  owner_role: Role | null
}

/** All SQL about overlays themselves. Rows with a damaged list of items throw CorruptRowError. */
export class OverlayRows {
  readonly #db: Kysely<Database>

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  /** One's own and the shared ones; all of them for an admin. Rows, since one of them may be damaged. */
  list(viewer: Viewer, page: Page): Promise<OverlayRow[]> {
    return select(this.#db)
      .$if(viewer.role !== 'admin', query =>
        query.where(eb => eb.or([eb('owner_id', '=', viewer.userId), eb('shared', '=', 1)])),
      )
      .$if(page.after !== null, query => query.where('overlays.id', '>', page.after))
      .orderBy('overlays.id')
      .limit(page.size + 1)
      .execute()
  }

  async find(id: number, executor: Executor = this.#db): Promise<OverlayRecord | null> {
    const row = await select(executor).where('overlays.id', '=', id).executeTakeFirst()
    return row === undefined ? null : overlayOfRow(row)
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
    const rows = await select(this.#db).where('overlays.id', 'in', ids).execute()
    return new Map(rows.map(row => [row.id, overlayOfRow(row)]))
  }

  /** Ids of all overlays of a kind, or of all; lowest first. */
  async ids(kind?: OverlayKind): Promise<number[]> {
    const rows = await this.#db
      .selectFrom('overlays')
      .select('id')
      .$if(kind !== undefined, query => query.where('kind', '=', kind ?? 'upload'))
      .orderBy('id')
      .execute()
    return rows.map(row => row.id)
  }

  async bySeedKey(seedKey: string): Promise<OverlayRecord | null> {
    const row = await select(this.#db).where('seed_key', '=', seedKey).executeTakeFirst()
    return row === undefined ? null : overlayOfRow(row)
  }

  /** `userId`: who wrote the script, for its history. */
  async insert(overlay: NewOverlayRecord, userId: number | null = null): Promise<OverlayRecord> {
    const now = Date.now()
    return this.#db.transaction().execute(async transaction => {
      const { id } = await transaction
        .insertInto('overlays')
        .values({
          name: overlay.name,
          kind: overlay.kind,
          owner_id: overlay.ownerId,
          shared: Number(overlay.shared),
          script: overlay.script ?? null,
          workshop_ids: overlay.workshopIds === undefined ? null : JSON.stringify(overlay.workshopIds),
          index_url: overlay.indexUrl ?? null,
          seed_key: overlay.seedKey ?? null,
          content_changed_at: overlay.kind === 'upload' ? 0 : now,
          created_at: now,
          updated_at: now,
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      if (overlay.script !== undefined) await saveScript(transaction, id, overlay.script, userId)
      return this.get(id, transaction)
    })
  }

  /** A script that is changed goes into the history. Rejects with `not-found`. */
  async change(
    id: number,
    change: OverlayRecordChange,
    userId: number | null = null,
  ): Promise<OverlayRecord> {
    return this.#db.transaction().execute(async transaction => {
      const before = await this.get(id, transaction)
      await transaction
        .updateTable('overlays')
        .set({
          updated_at: laterThanBefore(),
          ...(change.name === undefined ? {} : { name: change.name }),
          ...(change.shared === undefined ? {} : { shared: Number(change.shared) }),
          ...(change.script === undefined ? {} : { script: change.script }),
          ...(change.workshopIds === undefined ? {} : { workshop_ids: JSON.stringify(change.workshopIds) }),
          ...(change.indexUrl === undefined ? {} : { index_url: change.indexUrl }),
        })
        .where('id', '=', id)
        .execute()
      const otherScript = change.script !== undefined && change.script !== before.script
      if (otherScript) await saveScript(transaction, id, change.script, userId)
      const otherIds =
        change.workshopIds !== undefined && change.workshopIds.join() !== before.workshopIds?.join()
      const otherIndex = change.indexUrl !== undefined && change.indexUrl !== before.indexUrl
      if (otherScript || otherIds || otherIndex) await this.touchContent(id, transaction)
      return this.get(id, transaction)
    })
  }

  /** What the next build takes is another than before. */
  async touchContent(id: number, executor: Executor = this.#db): Promise<void> {
    await executor
      .updateTable('overlays')
      // Never the same values twice: a build tells by the one whether anything changed while it ran, and what was
      // counted of a draft is true as long as the other is the same.
      .set({
        content_changed_at: sql<number>`max(${Date.now()}, content_changed_at + 1)`,
        updated_at: laterThanBefore(),
      })
      .where('id', '=', id)
      .execute()
  }

  /** The newest revision from now on. */
  async setRevision(id: number, revision: number | null, executor: Executor = this.#db): Promise<void> {
    await executor
      .updateTable('overlays')
      .set({ revision, updated_at: laterThanBefore() })
      .where('id', '=', id)
      .execute()
  }

  /** A build took the content that was last changed at `contentChangedAt`. */
  async contentBuilt(id: number, contentChangedAt: number, executor: Executor = this.#db): Promise<void> {
    await executor
      .updateTable('overlays')
      .set({ content_changed_at: 0 })
      .where('id', '=', id)
      .where('content_changed_at', '=', contentChangedAt)
      .execute()
  }

  /** The revisions that a server stays on, by overlay. */
  heldBy(serverId: number): Promise<Map<number, number>> {
    return new HeldLayers(this.#db).of(serverId)
  }

  /** Whether the owner may bring code now; true for the platform's own. */
  async ownerMayBringCode(record: Pick<OverlayRecord, 'ownerId'>): Promise<boolean> {
    if (record.ownerId === null) return true
    const row = await this.#db
      .selectFrom('users')
      .select(['role', 'may_bring_code'])
      .where('id', '=', record.ownerId)
      .executeTakeFirst()
    return row !== undefined && (row.role === 'admin' || row.may_bring_code === 1)
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

  /** Deletes it unless `refusalOf` its uses, as they are in the same moment, finds a reason not to. */
  async removeUnless(id: number, refusalOf: (uses: OverlayUses) => ProblemError | null): Promise<void> {
    await this.#db.transaction().execute(async transaction => {
      const uses = (await usesOf(transaction, [id])).get(id)
      const refusal = refusalOf(uses ?? { servers: [], blueprints: [] })
      if (refusal) throw refusal
      await transaction.deleteFrom('overlays').where('id', '=', id).execute()
    })
  }
}

/** Now, but never a time that the row had before. */
const laterThanBefore = () => sql<number>`max(${Date.now()}, updated_at + 1)`

function select(executor: Executor) {
  return executor
    .selectFrom('overlays')
    .leftJoin('users', 'users.id', 'overlays.owner_id')
    .selectAll('overlays')
    .select(['users.username as owner_name', 'users.role as owner_role'])
}

/** Throws CorruptRowError. */
export function overlayOfRow(row: OverlayRow): OverlayRecord {
  const cell = { table: 'overlays', id: row.id, column: 'workshop_ids' } as const
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    ownerId: row.owner_id,
    ownerName: row.owner_name,
    ownerRole: row.owner_role,
    shared: row.shared === 1,
    script: row.script,
    workshopIds: row.workshop_ids === null ? null : parseJsonColumn(cell, row.workshop_ids, isListOfText),
    indexUrl: row.index_url,
    revision: row.revision,
    contentChangedAt: row.content_changed_at,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}
