import { randomInt } from 'node:crypto'
import { Arguments, Config, type UpdatePolicy } from '@left4me/contract'
import type { Kysely, Selectable, Transaction } from 'kysely'
import { sql } from 'kysely'
import Value from 'typebox/value'
import { CorruptRowError, parseJsonColumn } from '../db/json-column.ts'
import type { Database } from '../db/schema.ts'
import { ProblemError, refuse } from '../http/problem-error.ts'
import { settleHeldLayers } from '../overlays/held-layers.ts'
import { isStartedWith, type StartedWith } from './started-with.ts'

/** A server as its owner has set it up. */
export interface ServerRecord {
  readonly id: number
  readonly ownerId: number
  readonly ownerName: string
  readonly name: string
  readonly port: number
  readonly blueprintId: number | null
  /** Uppermost first. */
  readonly overlayIds: readonly number[]
  readonly arguments: readonly string[]
  readonly config: readonly string[]
  /** Unless somebody stopped it. */
  readonly startAtBoot: boolean
  /** Players see its campaigns without an account. */
  readonly publicPage: boolean
  /** When it changes to a new revision of the installation. */
  readonly updatePolicy: UpdatePolicy
  /** What somebody last asked for; the host says what is. */
  readonly wanted: 'stopped' | 'running'
  readonly startedWith: StartedWith | null
  /** ms since the epoch. */
  readonly createdAt: number
  readonly updatedAt: number
  /** What is wrong with its row, one sentence: its arguments and config read as empty then. null for a sound one. */
  readonly damage: string | null
}

export interface NewServerRecord {
  readonly ownerId: number
  readonly name: string
  readonly port: number
  readonly blueprintId: number | null
  readonly overlayIds: readonly number[]
  readonly arguments: readonly string[]
  readonly config: readonly string[]
  readonly startAtBoot: boolean
  readonly publicPage: boolean
  readonly updatePolicy: UpdatePolicy
}

export type ServerRecordChange = Partial<Omit<NewServerRecord, 'ownerId'>>

type Executor = Kysely<Database> | Transaction<Database>
type Row = Selectable<Database['servers']> & { owner_name: string; overlay_ids: string }

const passwordLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const passwordLength = 32

/**
 * The rows of all servers, kept in memory so that a list of servers costs no query. Everything that is written about
 * servers goes through here; `onChange` hears of each.
 */
export class ServerDirectory {
  readonly #db: Kysely<Database>
  readonly #records = new Map<number, ServerRecord>()
  readonly #passwords = new Map<number, string>()
  readonly #listeners = new Set<(id: number, before: ServerRecord | null) => void>()

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  /** Reads all rows. A damaged one is kept as a server that says so. */
  async load(): Promise<void> {
    const rows = await selectRows(this.#db).orderBy('servers.id').execute()
    for (const row of rows) this.#keep(row)
  }

  get(id: number): ServerRecord | null {
    return this.#records.get(id) ?? null
  }

  /** By id, lowest first. */
  all(): IterableIterator<ServerRecord> {
    return this.#records.values()
  }

  byPort(port: number): ServerRecord | null {
    for (const record of this.#records.values()) if (record.port === port) return record
    return null
  }

  /** For the instance's server.cfg and its RCON connection; never for an answer, an event or a log. */
  rconPassword(id: number): string {
    const password = this.#passwords.get(id)
    if (password === undefined) throw new ProblemError('not-found', `There is no server ${id}.`)
    return password
  }

  /** `listener` is told of every server that was written: `before` is null for a new one, `get` for a deleted one. */
  onChange(listener: (id: number, before: ServerRecord | null) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Rejects with `name-taken` or `port-taken`. `also` runs in the same transaction, with the new id. */
  async insert<Extra>(
    server: NewServerRecord,
    also: (id: number, transaction: Transaction<Database>) => Promise<Extra>,
  ): Promise<{ record: ServerRecord; extra: Extra }> {
    const now = Date.now()
    const { id, extra } = await this.#db.transaction().execute(async transaction => {
      await refuseTaken(transaction, server, null)
      const row = await transaction
        .insertInto('servers')
        .values({
          owner_id: server.ownerId,
          name: server.name,
          port: server.port,
          blueprint_id: server.blueprintId,
          arguments: JSON.stringify(server.arguments),
          config: JSON.stringify(server.config),
          rcon_password: newPassword(),
          wanted: 'stopped',
          start_at_boot: Number(server.startAtBoot),
          public_page: Number(server.publicPage),
          update_mode: server.updatePolicy.mode,
          update_time: server.updatePolicy.time,
          created_at: now,
          updated_at: now,
        })
        .returning('id')
        .executeTakeFirstOrThrow()
      await writeOverlays(transaction, row.id, server.overlayIds)
      await settleHeldLayers(transaction, { serverId: row.id })
      return { id: row.id, extra: await also(row.id, transaction) }
    })
    return { record: await this.#reread(id), extra }
  }

  /** Rejects with `name-taken`, `port-taken` or `not-found`, and changes nothing then. */
  async change(id: number, change: ServerRecordChange): Promise<ServerRecord> {
    const before = this.get(id)
    if (before === null) throw new ProblemError('not-found', `There is no server ${id}.`)
    await this.#db.transaction().execute(async transaction => {
      await refuseTaken(transaction, { ownerId: before.ownerId, ...change }, id)
      await transaction
        .updateTable('servers')
        .set({
          updated_at: Date.now(),
          ...(change.name === undefined ? {} : { name: change.name }),
          ...(change.port === undefined ? {} : { port: change.port }),
          ...(change.blueprintId === undefined ? {} : { blueprint_id: change.blueprintId }),
          ...(change.arguments === undefined ? {} : { arguments: JSON.stringify(change.arguments) }),
          ...(change.config === undefined ? {} : { config: JSON.stringify(change.config) }),
          ...(change.startAtBoot === undefined ? {} : { start_at_boot: Number(change.startAtBoot) }),
          ...(change.publicPage === undefined ? {} : { public_page: Number(change.publicPage) }),
          ...(change.updatePolicy === undefined
            ? {}
            : { update_mode: change.updatePolicy.mode, update_time: change.updatePolicy.time }),
        })
        .where('id', '=', id)
        .execute()
      if (change.overlayIds !== undefined) await writeOverlays(transaction, id, change.overlayIds)
      await settleHeldLayers(transaction, { serverId: id })
    })
    return this.#reread(id)
  }

  async setWanted(id: number, wanted: 'stopped' | 'running'): Promise<void> {
    await this.#db.updateTable('servers').set({ wanted }).where('id', '=', id).execute()
    await this.#reread(id)
  }

  async setStartedWith(id: number, startedWith: StartedWith): Promise<void> {
    await this.#db
      .updateTable('servers')
      .set({ started_with: JSON.stringify(startedWith) })
      .where('id', '=', id)
      .execute()
    await this.#reread(id)
  }

  /** Idempotent. */
  async remove(id: number): Promise<void> {
    await this.#db.deleteFrom('servers').where('id', '=', id).execute()
    const before = this.get(id)
    this.#records.delete(id)
    this.#passwords.delete(id)
    if (before !== null) for (const listener of this.#listeners) listener(id, before)
  }

  async #reread(id: number): Promise<ServerRecord> {
    const before = this.get(id)
    const row = await selectRows(this.#db).where('servers.id', '=', id).executeTakeFirst()
    if (row === undefined) throw new ProblemError('not-found', `There is no server ${id}.`)
    const record = this.#keep(row)
    for (const listener of this.#listeners) listener(id, before)
    return record
  }

  #keep(row: Row): ServerRecord {
    const record = readRow(row)
    this.#records.set(row.id, record)
    this.#passwords.set(row.id, row.rcon_password)
    return record
  }
}

function selectRows(executor: Executor) {
  return executor
    .selectFrom('servers')
    .innerJoin('users', 'users.id', 'servers.owner_id')
    .selectAll('servers')
    .select('users.username as owner_name')
    .select(
      sql<string>`(SELECT json_group_array(overlay_id) FROM
        (SELECT overlay_id FROM server_overlays WHERE server_id = servers.id ORDER BY position))`.as(
        'overlay_ids',
      ),
    )
}

async function refuseTaken(
  transaction: Transaction<Database>,
  server: { ownerId: number; name?: string; port?: number },
  self: number | null,
): Promise<void> {
  const others = transaction
    .selectFrom('servers')
    .select('id')
    .where('id', '!=', self ?? 0)
  if (server.name !== undefined) {
    const taken = await others
      .where('owner_id', '=', server.ownerId)
      .where('name', '=', server.name)
      .executeTakeFirst()
    if (taken) {
      throw refuse(
        'name-taken',
        '/name',
        `The name “${server.name}” is taken by another server. Choose another one.`,
      )
    }
  }
  if (server.port !== undefined && (await others.where('port', '=', server.port).executeTakeFirst())) {
    throw refuse('port-taken', '/port', `Port ${server.port} belongs to another server. Choose another one.`)
  }
}

async function writeOverlays(
  transaction: Transaction<Database>,
  serverId: number,
  overlayIds: readonly number[],
): Promise<void> {
  await transaction.deleteFrom('server_overlays').where('server_id', '=', serverId).execute()
  if (overlayIds.length === 0) return
  await transaction
    .insertInto('server_overlays')
    .values(
      overlayIds.map((overlayId, position) => ({ server_id: serverId, overlay_id: overlayId, position })),
    )
    .execute()
}

function readRow(row: Row): ServerRecord {
  const damages: string[] = []
  const read = <Value>(
    column: 'arguments' | 'config' | 'started_with',
    text: string | null,
    isShape: (value: unknown) => value is Value,
  ): Value | null => {
    if (text === null) return null
    try {
      return parseJsonColumn({ table: 'servers', id: row.id, column }, text, isShape)
    } catch (error) {
      if (!(error instanceof CorruptRowError)) throw error
      if (column !== 'started_with') damages.push(error.message)
      return null
    }
  }
  const launchArguments = read('arguments', row.arguments, isArguments)
  const config = read('config', row.config, isConfig)
  return {
    id: row.id,
    ownerId: row.owner_id,
    ownerName: row.owner_name,
    name: row.name,
    port: row.port,
    blueprintId: row.blueprint_id,
    overlayIds: JSON.parse(row.overlay_ids) as number[],
    arguments: launchArguments ?? [],
    config: config ?? [],
    startAtBoot: row.start_at_boot === 1,
    publicPage: row.public_page === 1,
    updatePolicy: { mode: row.update_mode, time: row.update_time },
    wanted: row.wanted,
    startedWith: read('started_with', row.started_with, isStartedWith),
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    damage: damages.length === 0 ? null : damages.join(' '),
  }
}

/** What the API lets in is also what a row may hold: a line break in a stored line would become another line of server.cfg. */
const isArguments = (value: unknown): value is string[] => Value.Check(Arguments, value)
const isConfig = (value: unknown): value is string[] => Value.Check(Config, value)

/** Letters and digits only: the engine takes nothing else apart, whatever the place. */
function newPassword(): string {
  return Array.from({ length: passwordLength }, () =>
    passwordLetters.charAt(randomInt(passwordLetters.length)),
  ).join('')
}
