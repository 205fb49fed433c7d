import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Config } from '../config/config.ts'
import { appliedMigrations, copyDatabase } from '../db/open-database.ts'
import { ServerError } from '../server-error.ts'
import { version } from '../version.ts'
import { type BackupManifest, writeManifest } from './backup-manifest.ts'

/**
 * Writes a consistent copy of the database, also while the web application runs and writes. Holds accounts (hashed
 * passwords), servers, blueprints, overlays' names and jobs; files of overlays and servers are not in it, nor is the
 * secret key. Mode 0600, since RCON passwords are in it. Replaces `file` whole or not at all.
 */
export function backup(config: Config, file: string): BackupManifest {
  const target = resolve(file)
  if (!existsSync(config.databasePath)) {
    throw new ServerError(
      'backup-refused',
      `There is no database at ${config.databasePath}: name the data directory with LEFT4ME_ROOT.`,
    )
  }
  if (existsSync(target) && !statSync(target).isFile()) {
    throw new ServerError(
      'backup-refused',
      `${target} is no file that could be replaced: choose another name.`,
    )
  }
  const unfinished = `${target}.unfinished`
  try {
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 })
    const migrations = copyOf(config.databasePath, unfinished)
    const manifest: BackupManifest = { format: 1, version, migrations, createdAt: new Date().toISOString() }
    addManifest(unfinished, manifest)
    renameSync(unfinished, target)
    return manifest
  } catch (error) {
    if (error instanceof ServerError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new ServerError(
      'backup-refused',
      `${target} can't be written (${reason}): choose a place with room that you may write to.`,
      { cause: error },
    )
  } finally {
    if (existsSync(unfinished)) rmSync(unfinished)
  }
}

function copyOf(databasePath: string, file: string): string[] {
  const connection = new DatabaseSync(databasePath, { timeout: 5000 })
  try {
    // Names and copy of one moment: no migration may come between.
    const migrations = appliedMigrations(connection)
    copyDatabase(connection, file)
    return migrations
  } finally {
    connection.close()
  }
}

function addManifest(file: string, manifest: BackupManifest): void {
  const connection = new DatabaseSync(file)
  try {
    writeManifest(connection, manifest)
  } finally {
    connection.close()
  }
}
