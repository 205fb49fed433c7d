import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Config } from '../config/config.ts'
import { migrations } from '../db/migration-list.ts'
import { openDatabase, refuseNewerSchema } from '../db/open-database.ts'
import { lockRoot } from '../root-lock.ts'
import { ServerError } from '../server-error.ts'
import { type BackupManifest, dropManifest, notABackup, readManifest } from './backup-manifest.ts'

export interface Restored {
  readonly manifest: BackupManifest
  /** Where the database lies that was replaced; null when there was none. */
  readonly replaced: string | null
}

/**
 * Puts a backup in the place of the database. Refuses (`newer-schema`, `backup-refused`, `already-running`) before
 * anything is changed; the database of before is kept beside. Everybody has to log in again, and jobs that were open at
 * the time of the backup have failed: what they were about has long changed.
 */
export async function restore(config: Config, file: string): Promise<Restored> {
  using _lock = lockRoot(config)
  const source = resolve(file)
  const manifest = inspect(source)
  const path = config.databasePath
  const prepared = `${path}.restoring`
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    removeDatabase(prepared)
    copyFileSync(source, prepared)
    chmodSync(prepared, 0o600)
    prepare(prepared, manifest)
    await (await openDatabase(prepared)).destroy()
    const replaced = setAside(path)
    renameSync(prepared, path)
    return { manifest, replaced }
  } catch (error) {
    if (error instanceof ServerError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new ServerError(
      'backup-refused',
      `The backup can't be put back (${reason}): check the disk and try again.`,
      {
        cause: error,
      },
    )
  } finally {
    removeDatabase(prepared)
    // Of an older backup that was migrated there is the original.
    for (const name of Object.keys(migrations)) rmSync(`${prepared}.before-${name}`, { force: true })
  }
}

function inspect(source: string): BackupManifest {
  if (!existsSync(source)) throw new ServerError('backup-refused', `There is no file ${source}.`)
  let connection: DatabaseSync
  try {
    connection = new DatabaseSync(source, { readOnly: true })
  } catch (cause) {
    throw notABackup(source, cause)
  }
  try {
    const manifest = readManifest(connection, source)
    refuseNewerSchema(source, manifest.migrations, Object.keys(migrations))
    const [verdict] = connection.prepare('PRAGMA integrity_check').all()
    if (verdict?.['integrity_check'] !== 'ok') throw notABackup(source)
    return manifest
  } finally {
    connection.close()
  }
}

function prepare(file: string, manifest: BackupManifest): void {
  const connection = new DatabaseSync(file)
  try {
    const error = JSON.stringify({
      code: 'restored',
      message: `It was open when the backup of ${manifest.createdAt} was made.`,
      remedy: 'Start it again if it is still wanted.',
    })
    connection.exec('BEGIN')
    dropManifest(connection)
    // Sessions that were ended since would be good again.
    connection.exec('DELETE FROM sessions; DELETE FROM login_failures')
    connection
      .prepare(
        `UPDATE jobs SET state = 'failed', error = ?, finished_at = ?, activity = NULL WHERE state IN ('queued', 'running')`,
      )
      .run(error, Date.now())
    connection.exec('COMMIT')
  } finally {
    connection.close()
  }
}

function setAside(path: string): string | null {
  if (!existsSync(path)) return null
  const aside = `${path}.replaced-${new Date().toISOString().replaceAll(':', '-')}`
  foldLog(path)
  renameSync(path, aside)
  // What couldn't be folded in still belongs to it, by name.
  for (const suffix of ['-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix)
  }
  return aside
}

/** A damaged database is often why somebody restores: then its parts are kept as they are. */
function foldLog(path: string): void {
  try {
    const connection = new DatabaseSync(path)
    try {
      connection.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } finally {
      connection.close()
    }
  } catch {
    // It is kept all the same.
  }
}

function removeDatabase(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true })
}
