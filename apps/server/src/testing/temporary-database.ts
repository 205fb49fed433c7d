import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { openDatabase } from '../db/open-database.ts'
import type { Database } from '../db/schema.ts'

/** A migrated database in a folder of its own, which goes when it is disposed of. */
export interface TemporaryDatabase extends AsyncDisposable {
  readonly db: Kysely<Database>
  readonly folder: string
  readonly path: string
}

export async function temporaryDatabase(): Promise<TemporaryDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'left4me-server-'))
  const path = join(folder, 'data/left4me.db')
  const db = await openDatabase(path)
  return {
    db,
    folder,
    path,
    async [Symbol.asyncDispose]() {
      await db.destroy()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A user whose password nobody knows. */
export async function addUser(
  db: Kysely<Database>,
  username: string,
  role: 'user' | 'admin' = 'user',
): Promise<number> {
  const row = await db
    .insertInto('users')
    .values({
      username,
      username_key: username.toLowerCase(),
      password_hash: '',
      role,
      created_at: Date.now(),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return row.id
}
