import type { DatabaseSync } from 'node:sqlite'
import { ServerError } from '../server-error.ts'

/**
 * What a backup says about itself, in a table of its own inside the copied database: one file, which SQLite's own tools
 * can read.
 */
export interface BackupManifest {
  /** Of the backup's own form. */
  readonly format: 1
  /** Version of left4me that made it. */
  readonly version: string
  /** Names of the migrations that the database had had, oldest first. */
  readonly migrations: readonly string[]
  /** RFC 3339, UTC. */
  readonly createdAt: string
}

const table = 'left4me_backup'

export function writeManifest(connection: DatabaseSync, manifest: BackupManifest): void {
  connection.exec(`CREATE TABLE ${table} (manifest TEXT NOT NULL) STRICT`)
  connection.prepare(`INSERT INTO ${table} VALUES (?)`).run(JSON.stringify(manifest))
}

/** Throws ServerError when the file isn't a backup of left4me. */
export function readManifest(connection: DatabaseSync, file: string): BackupManifest {
  let manifest: unknown
  try {
    const row = connection.prepare(`SELECT manifest FROM ${table}`).get()
    manifest = JSON.parse(String(row?.['manifest']))
  } catch (cause) {
    throw notABackup(file, cause)
  }
  if (!isManifest(manifest)) throw notABackup(file)
  return manifest
}

export function dropManifest(connection: DatabaseSync): void {
  connection.exec(`DROP TABLE ${table}`)
}

export function notABackup(file: string, cause?: unknown): ServerError {
  return new ServerError(
    'backup-refused',
    `${file} is not a backup of left4me, or is damaged: choose a file that “left4me backup” wrote.`,
    { cause },
  )
}

function isManifest(value: unknown): value is BackupManifest {
  return (
    typeof value === 'object' &&
    value !== null &&
    'format' in value &&
    value.format === 1 &&
    'migrations' in value &&
    Array.isArray(value.migrations) &&
    value.migrations.every(name => typeof name === 'string')
  )
}
