import { chmodSync, closeSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { ServerError } from '../server-error.ts'
import { migrations as allMigrations } from './migration-list.ts'
import { NodeSqliteDialect } from './node-sqlite-dialect.ts'
import type { Database } from './schema.ts'

/** Milliseconds that a write waits for another process (the command line, a backup). */
const busyTimeout = 5000

/**
 * Opens the database, makes it when it is missing, and brings its schema up to date; an existing one is first copied
 * beside as `FILE.before-MIGRATION`. File 0600, a folder that it has to make 0700. `destroy()` closes it.
 * Rejects with `newer-schema` or `database-unusable` and leaves the file as it was.
 */
export async function openDatabase(
  path: string,
  options: { readonly migrations?: Readonly<Record<string, Migration>> } = {},
): Promise<Kysely<Database>> {
  const migrations = options.migrations ?? allMigrations
  const connection = connect(path)
  try {
    await migrate(connection, path, migrations)
    const db = new Kysely<Database>({ dialect: new NodeSqliteDialect(connection) })
    // Kysely closes nothing that it has not used: without this, a `destroy` at once would leave the file open.
    await sql`SELECT 1`.execute(db)
    return db
  } catch (error) {
    connection.close()
    throw error
  }
}

/** Names of the migrations that a database has had, oldest first. Changes nothing. */
export function appliedMigrations(connection: DatabaseSync): string[] {
  const table = connection.prepare(
    `SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'kysely_migration'`,
  )
  if (!table.get()) return []
  return connection
    .prepare('SELECT name FROM kysely_migration ORDER BY name')
    .all()
    .map(row => String(row['name']))
}

/** Refuses a schema that this version doesn't know. */
export function refuseNewerSchema(path: string, applied: readonly string[], known: readonly string[]): void {
  const unknown = applied.find(name => !known.includes(name))
  if (unknown === undefined) return
  throw new ServerError(
    'newer-schema',
    `${path} was written by a newer left4me (it has the migration ${unknown}): use that version, or a backup from before the upgrade.`,
  )
}

/** A consistent copy of an open database, also while it is written to. Replaces `file` whole or not at all. Mode 0600. */
export function copyDatabase(connection: DatabaseSync, file: string): void {
  const partial = `${file}.partial`
  rmSync(partial, { force: true })
  closeSync(openSync(partial, 'wx', 0o600))
  try {
    connection.prepare('VACUUM INTO ?').run(partial)
    renameSync(partial, file)
  } catch (error) {
    rmSync(partial, { force: true })
    throw error
  }
}

function connect(path: string): DatabaseSync {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    // SQLite gives -wal and -shm the mode of the database itself.
    closeSync(openSync(path, 'a', 0o600))
    chmodSync(path, 0o600)
    const connection = new DatabaseSync(path, { timeout: busyTimeout, enableForeignKeyConstraints: true })
    try {
      // With WAL, NORMAL never corrupts; a power cut may lose the last moments: https://www.sqlite.org/pragma.html#pragma_synchronous
      connection.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA trusted_schema = OFF')
      return connection
    } catch (error) {
      connection.close()
      throw error
    }
  } catch (error) {
    throw unusable(path, error)
  }
}

async function migrate(
  connection: DatabaseSync,
  path: string,
  migrations: Readonly<Record<string, Migration>>,
): Promise<void> {
  const known = Object.keys(migrations).sort()
  const applied = readApplied(connection, path)
  refuseNewerSchema(path, applied, known)
  const next = known.find(name => !applied.includes(name))
  if (next === undefined) return
  if (applied.length > 0) {
    try {
      copyDatabase(connection, `${path}.before-${next}`)
    } catch (error) {
      throw unusable(path, error)
    }
  }
  const db = new Kysely<unknown>({ dialect: new NodeSqliteDialect(connection) })
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw unusable(path, error)
}

function readApplied(connection: DatabaseSync, path: string): string[] {
  try {
    return appliedMigrations(connection)
  } catch (error) {
    throw unusable(path, error)
  }
}

function unusable(path: string, cause: unknown): ServerError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new ServerError(
    'database-unusable',
    `The database ${path} can't be used (${reason}): check that it is a left4me database, that it may be written to, and that the disk has room.`,
    { cause },
  )
}
