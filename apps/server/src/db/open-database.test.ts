import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { migrations } from './migration-list.ts'
import { openDatabase } from './open-database.ts'
import type { Database } from './schema.ts'

let folder: string
let path: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'left4me-db-'))
  path = join(folder, 'data', 'left4me.db')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function withNext(...statements: string[]): Record<string, Migration> {
  return {
    ...migrations,
    '9999-next': {
      async up(db) {
        for (const statement of statements) await sql.raw(statement).execute(db)
      },
    },
  }
}

function addUser(db: Kysely<Database>, username: string) {
  return db
    .insertInto('users')
    .values({ username, username_key: username, password_hash: '', role: 'user', created_at: 1 })
    .returning('id')
    .executeTakeFirstOrThrow()
}

function tablesOf(file: string): string[] {
  using database = new DatabaseSync(file, { readOnly: true })
  return database
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
    .all()
    .map(row => String(row['name']))
}

describe('openDatabase', () => {
  test('makes the folder and the file so that only their owner may read them', async () => {
    const db = await openDatabase(path)
    await addUser(db, 'zoey')
    expect(statSync(join(folder, 'data')).mode & 0o777).toBe(0o700)
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777).toBe(0o600)
    await db.destroy()
  })

  test('takes read permission of others away from a database that had it', async () => {
    await (await openDatabase(path)).destroy()
    chmodSync(path, 0o644)
    await (await openDatabase(path)).destroy()
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('enforces foreign keys, which SQLite does only when asked', async () => {
    const db = await openDatabase(path)
    const orphan = db
      .insertInto('sessions')
      .values({ user_id: 404, token_hash: 'x', address: '', created_at: 1, expires_at: 1, last_used_at: 1 })
      .execute()
    await expect(orphan).rejects.toThrow(/FOREIGN KEY/)
    await db.destroy()
  })

  test('keeps what was written when it is opened again, and migrates nothing twice', async () => {
    const first = await openDatabase(path)
    await addUser(first, 'zoey')
    await first.destroy()
    const again = await openDatabase(path)
    expect(await again.selectFrom('users').select('username').execute()).toEqual([{ username: 'zoey' }])
    expect(existsSync(`${path}.before-0001-initial`)).toBe(false)
    await again.destroy()
  })

  test('closes the file when it is closed at once, with nothing left beside it', async () => {
    await (await openDatabase(path)).destroy()
    expect(readdirSync(join(folder, 'data'))).toEqual(['left4me.db'])
  })

  test('copies an existing database beside it before it migrates it', async () => {
    const first = await openDatabase(path)
    await addUser(first, 'zoey')
    await first.destroy()
    const migrated = await openDatabase(path, {
      migrations: withNext('CREATE TABLE next (a TEXT) STRICT'),
    })
    await migrated.destroy()
    const copy = `${path}.before-9999-next`
    expect(tablesOf(path)).toContain('next')
    expect(tablesOf(copy)).not.toContain('next')
    expect(statSync(copy).mode & 0o777).toBe(0o600)
    const restored = await openDatabase(copy)
    expect(await restored.selectFrom('users').select('username').execute()).toEqual([{ username: 'zoey' }])
    await restored.destroy()
  })

  test('undoes a migration that fails half-way, so that it can be tried again', async () => {
    await (await openDatabase(path)).destroy()
    const broken = openDatabase(path, {
      migrations: withNext('CREATE TABLE next (a TEXT) STRICT', 'CREATE NONSENSE'),
    })
    await expect(broken).rejects.toMatchObject({ code: 'database-unusable' })
    expect(tablesOf(path)).not.toContain('next')
    const repaired = await openDatabase(path, {
      migrations: withNext('CREATE TABLE next (a TEXT) STRICT'),
    })
    await repaired.destroy()
    expect(tablesOf(path)).toContain('next')
  })

  test('keeps the servers of the first version, which start with the machine as before', async () => {
    const { '0001-initial': first = { up: async () => {} } } = migrations
    const db = await openDatabase(path, { migrations: { '0001-initial': first } })
    const { id } = await addUser(db, 'zoey')
    await sql`INSERT INTO servers
      (owner_id, name, port, arguments, config, rcon_password, wanted, created_at, updated_at)
      VALUES (${id}, 'Old', 27015, '[]', '[]', 'x', 'running', 1, 1)`.execute(db)
    await db.destroy()
    const migrated = await openDatabase(path)
    const rows = await migrated.selectFrom('servers').select(['name', 'start_at_boot']).execute()
    expect(rows).toEqual([{ name: 'Old', start_at_boot: 1 }])
    await migrated.destroy()
  })

  test('refuses a database of a newer version with one sentence and leaves it as it is', async () => {
    const newer = await openDatabase(path, { migrations: withNext('CREATE TABLE next (a TEXT) STRICT') })
    await newer.destroy()
    const refused = openDatabase(path)
    await expect(refused).rejects.toMatchObject({ name: 'ServerError', code: 'newer-schema' })
    await expect(refused).rejects.toThrow(/written by a newer left4me \(it has the migration 9999-next\)/)
    expect(tablesOf(path)).toContain('next')
  })

  test('says what is wrong with a file that is not a database', async () => {
    writeFileSync(
      join(folder, 'left4me.db'),
      'this is not a database, but long enough to look like one'.repeat(20),
    )
    await expect(openDatabase(join(folder, 'left4me.db'))).rejects.toMatchObject({
      code: 'database-unusable',
      message: expect.stringContaining('left4me.db'),
    })
  })
})

describe('transactions', () => {
  test('keep other writers out until they end, also while they wait for something else', async () => {
    const db = await openDatabase(path)
    const seen: string[] = []
    const slow = db.transaction().execute(async trx => {
      await addUser(trx, 'first')
      await new Promise(resolve => setImmediate(resolve))
      seen.push('transaction ends')
      throw new Error('changed my mind')
    })
    const other = addUser(db, 'second').then(() => seen.push('other write'))
    await expect(slow).rejects.toThrow('changed my mind')
    await other
    expect(seen).toEqual(['transaction ends', 'other write'])
    const rows = await db.selectFrom('users').select('username').execute()
    expect(rows).toEqual([{ username: 'second' }])
    await db.destroy()
  })

  test('many at once that read and then write lose no update', async () => {
    const db = await openDatabase(path)
    const { id } = await addUser(db, 'counter')
    await Promise.all(
      Array.from({ length: 50 }, () =>
        db.transaction().execute(async trx => {
          const row = await trx
            .selectFrom('users')
            .select('created_at')
            .where('id', '=', id)
            .executeTakeFirstOrThrow()
          await new Promise(resolve => setImmediate(resolve))
          await trx
            .updateTable('users')
            .set({ created_at: row.created_at + 1 })
            .where('id', '=', id)
            .execute()
        }),
      ),
    )
    const row = await db.selectFrom('users').select('created_at').executeTakeFirstOrThrow()
    expect(row.created_at).toBe(51)
    await db.destroy()
  })
})
