import { Arguments, type Blueprint, Config } from '@left4me/contract'
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely'
import Value from 'typebox/value'
import { parseJsonColumn } from '../db/json-column.ts'
import type { Database } from '../db/schema.ts'
import type { Page } from '../http/page.ts'
import { ProblemError } from '../http/problem-error.ts'
import { settleHeldLayers } from '../overlays/held-layers.ts'
import type { Viewer } from '../overlays/overlay-rows.ts'

export interface BlueprintRecord {
  readonly id: number
  /** null: the platform's own, which is the default. */
  readonly ownerId: number | null
  readonly name: string
  readonly description: string
  readonly shared: boolean
  /** Uppermost first. */
  readonly overlayIds: readonly number[]
  readonly arguments: readonly string[]
  readonly config: readonly string[]
  readonly serverCount: number
  /** ms since the epoch. */
  readonly createdAt: number
  readonly updatedAt: number
}

export type NewBlueprintRecord = Omit<BlueprintRecord, 'id' | 'serverCount' | 'createdAt' | 'updatedAt'>
export type BlueprintRecordChange = Partial<Omit<NewBlueprintRecord, 'ownerId'>>
export type BlueprintRow = Selectable<Database['blueprints']> & { overlay_ids: string; server_count: number }

type Executor = Kysely<Database> | Transaction<Database>

/** All SQL about blueprints. */
export class BlueprintRows {
  readonly #db: Kysely<Database>

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  /** One's own and the shared ones; all of them for an admin. Rows, since one of them may be damaged. */
  list(viewer: Viewer, page: Page): Promise<BlueprintRow[]> {
    return select(this.#db)
      .$if(viewer.role !== 'admin', query =>
        query.where(eb => eb.or([eb('owner_id', '=', viewer.userId), eb('shared', '=', 1)])),
      )
      .$if(page.after !== null, query => query.where('blueprints.id', '>', page.after))
      .orderBy('blueprints.id')
      .limit(page.size + 1)
      .execute()
  }

  /** null when there is none. Throws CorruptRowError. */
  async find(id: number): Promise<BlueprintRecord | null> {
    const row = await select(this.#db).where('blueprints.id', '=', id).executeTakeFirst()
    return row === undefined ? null : blueprintOfRow(row)
  }

  /** Rejects with `not-found`. Throws CorruptRowError. */
  async get(id: number): Promise<BlueprintRecord> {
    const record = await this.find(id)
    if (record === null) throw new ProblemError('not-found', `There is no blueprint ${id}.`)
    return record
  }

  /** Whose it is and what it is called, without its content, which may be damaged. */
  async titleOf(id: number): Promise<{ ownerId: number | null; shared: boolean; name: string } | null> {
    const row = await this.#db
      .selectFrom('blueprints')
      .select(['owner_id', 'shared', 'name'])
      .where('id', '=', id)
      .executeTakeFirst()
    return row === undefined ? null : { ownerId: row.owner_id, shared: row.shared === 1, name: row.name }
  }

  /** Uppermost first, also of a row that is damaged otherwise; none when it is gone. */
  async overlayIdsOf(id: number): Promise<number[]> {
    const rows = await this.#db
      .selectFrom('blueprint_overlays')
      .select('overlay_id')
      .where('blueprint_id', '=', id)
      .orderBy('position')
      .execute()
    return rows.map(row => row.overlay_id)
  }

  /** The platform's own one; null before the first start. */
  async defaultId(): Promise<number | null> {
    const row = await this.#db
      .selectFrom('blueprints')
      .select('id')
      .where('owner_id', 'is', null)
      .orderBy('id')
      .executeTakeFirst()
    return row?.id ?? null
  }

  async insert(blueprint: NewBlueprintRecord): Promise<BlueprintRecord> {
    const id = await this.#db.transaction().execute(transaction => this.insertIn(transaction, blueprint))
    return this.get(id)
  }

  /** Its id. */
  async insertIn(transaction: Transaction<Database>, blueprint: NewBlueprintRecord): Promise<number> {
    const now = Date.now()
    const row = await transaction
      .insertInto('blueprints')
      .values({
        owner_id: blueprint.ownerId,
        name: blueprint.name,
        description: blueprint.description,
        shared: blueprint.shared ? 1 : 0,
        arguments: JSON.stringify(blueprint.arguments),
        config: JSON.stringify(blueprint.config),
        created_at: now,
        updated_at: now,
      })
      .returning('id')
      .executeTakeFirstOrThrow()
    await writeOverlays(transaction, row.id, blueprint.overlayIds)
    return row.id
  }

  async change(id: number, change: BlueprintRecordChange): Promise<BlueprintRecord> {
    await this.#db.transaction().execute(async transaction => {
      await transaction
        .updateTable('blueprints')
        .set({
          updated_at: Date.now(),
          ...(change.name === undefined ? {} : { name: change.name }),
          ...(change.description === undefined ? {} : { description: change.description }),
          ...(change.shared === undefined ? {} : { shared: change.shared ? 1 : 0 }),
          ...(change.arguments === undefined ? {} : { arguments: JSON.stringify(change.arguments) }),
          ...(change.config === undefined ? {} : { config: JSON.stringify(change.config) }),
        })
        .where('id', '=', id)
        .execute()
      if (change.overlayIds !== undefined) await writeOverlays(transaction, id, change.overlayIds)
      await settleHeldLayers(transaction)
    })
    return this.get(id)
  }

  /** Deletes it unless `refusalOf` the servers that use it, as they are in the same moment, finds a reason not to. */
  async removeUnless(
    id: number,
    refusalOf: (servers: readonly string[]) => ProblemError | null,
  ): Promise<void> {
    await this.#db.transaction().execute(async transaction => {
      const servers = await transaction
        .selectFrom('servers')
        .select('name')
        .where('blueprint_id', '=', id)
        .orderBy('id')
        .execute()
      const refusal = refusalOf(servers.map(server => server.name))
      if (refusal) throw refusal
      await transaction.deleteFrom('blueprints').where('id', '=', id).execute()
    })
  }
}

/** Throws CorruptRowError. */
export function blueprintOfRow(row: BlueprintRow): BlueprintRecord {
  return {
    id: row.id,
    ownerId: row.owner_id,
    name: row.name,
    description: row.description,
    shared: row.shared === 1,
    overlayIds: JSON.parse(row.overlay_ids) as number[],
    arguments: parseJsonColumn(
      { table: 'blueprints', id: row.id, column: 'arguments' },
      row.arguments,
      isArguments,
    ),
    config: parseJsonColumn({ table: 'blueprints', id: row.id, column: 'config' }, row.config, isConfig),
    serverCount: row.server_count,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

export function answerOfBlueprint(record: BlueprintRecord): Blueprint {
  return {
    ...record,
    overlayIds: [...record.overlayIds],
    arguments: [...record.arguments],
    config: [...record.config],
    createdAt: new Date(record.createdAt).toISOString(),
    updatedAt: new Date(record.updatedAt).toISOString(),
  }
}

const isArguments = (value: unknown): value is string[] => Value.Check(Arguments, value)
const isConfig = (value: unknown): value is string[] => Value.Check(Config, value)

function select(executor: Executor) {
  return executor
    .selectFrom('blueprints')
    .selectAll('blueprints')
    .select([
      sql<string>`(SELECT json_group_array(overlay_id) FROM
        (SELECT overlay_id FROM blueprint_overlays WHERE blueprint_id = blueprints.id ORDER BY position))`.as(
        'overlay_ids',
      ),
      sql<number>`(SELECT count(*) FROM servers WHERE blueprint_id = blueprints.id)`.as('server_count'),
    ])
}

async function writeOverlays(
  transaction: Transaction<Database>,
  blueprintId: number,
  overlayIds: readonly number[],
): Promise<void> {
  await transaction.deleteFrom('blueprint_overlays').where('blueprint_id', '=', blueprintId).execute()
  if (overlayIds.length === 0) return
  await transaction
    .insertInto('blueprint_overlays')
    .values(
      overlayIds.map((overlayId, position) => ({
        blueprint_id: blueprintId,
        overlay_id: overlayId,
        position,
      })),
    )
    .execute()
}
