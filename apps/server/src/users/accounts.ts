import type { Role, User } from '@left4me/contract'
import type { Kysely, Selectable, Transaction } from 'kysely'
import type { Passwords } from '../auth/passwords.ts'
import type { Database } from '../db/schema.ts'
import { ProblemError, refuse } from '../http/problem-error.ts'

export type UserRow = Selectable<Database['users']>

export interface NewAccount {
  readonly username: string
  readonly password: string
  readonly role: Role
  readonly mayBringCode?: boolean
}

/** Who may log in. Used by the API and by the command line. */
export class Accounts {
  readonly #db: Kysely<Database>
  readonly #passwords: Passwords

  constructor(options: { readonly db: Kysely<Database>; readonly passwords: Passwords }) {
    this.#db = options.db
    this.#passwords = options.passwords
  }

  /** Rejects with `name-taken`. */
  async create(account: NewAccount): Promise<User> {
    const hash = await this.#passwords.hash(account.password)
    return userOfRow(await this.#db.transaction().execute(transaction => insert(transaction, account, hash)))
  }

  /** Makes the first admin; rejects with `set-up-closed` when somebody has an account already. */
  async createFirst(account: Omit<NewAccount, 'role'>): Promise<UserRow> {
    const hash = await this.#passwords.hash(account.password)
    return this.#db.transaction().execute(async transaction => {
      if (await transaction.selectFrom('users').select('id').limit(1).executeTakeFirst()) {
        throw new ProblemError('set-up-closed', 'The first admin has been made already. Log in instead.')
      }
      return insert(transaction, { ...account, role: 'admin' }, hash)
    })
  }

  async exist(): Promise<boolean> {
    return (await this.#db.selectFrom('users').select('id').limit(1).executeTakeFirst()) !== undefined
  }

  find(id: number): Promise<UserRow | undefined> {
    return this.#db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
  }

  findByName(username: string): Promise<UserRow | undefined> {
    return this.#db
      .selectFrom('users')
      .selectAll()
      .where('username_key', '=', keyOf(username))
      .executeTakeFirst()
  }

  /** Also ends their sessions. */
  async setPassword(id: number, password: string): Promise<void> {
    const hash = await this.#passwords.hash(password)
    await this.#db.transaction().execute(async transaction => {
      await transaction.updateTable('users').set({ password_hash: hash }).where('id', '=', id).execute()
      await endSessions(transaction, id)
    })
  }

  /**
   * Like `setPassword`, but keeps a session, and changes nothing and answers false where the password isn't the one of
   * `verified` any more: somebody set another meanwhile.
   */
  async replacePassword(verified: UserRow, password: string, keepSession: number | null): Promise<boolean> {
    const hash = await this.#passwords.hash(password)
    return this.#db.transaction().execute(async transaction => {
      const replaced = await replaceHash(transaction, verified, hash)
      if (replaced) await endSessions(transaction, verified.id, keepSession)
      return replaced
    })
  }

  /** Keeps the same password under today's parameters. Answers the row as it is then, were it not changed meanwhile. */
  async rehash(verified: UserRow, password: string): Promise<UserRow> {
    const hash = await this.#passwords.hash(password)
    const replaced = await replaceHash(this.#db, verified, hash)
    return replaced ? { ...verified, password_hash: hash } : verified
  }

  /** Also ends their sessions. Rejects with `last-admin` or `not-found`. */
  async change(
    id: number,
    change: { role?: Role; password?: string; mayBringCode?: boolean },
  ): Promise<User> {
    const hash = change.password === undefined ? null : await this.#passwords.hash(change.password)
    return this.#db.transaction().execute(async transaction => {
      const row = await findOrRefuse(transaction, id)
      if (change.role === 'user' && row.role === 'admin') await refuseLastAdmin(transaction, row)
      const changed = {
        ...row,
        role: change.role ?? row.role,
        password_hash: hash ?? row.password_hash,
        may_bring_code: change.mayBringCode === undefined ? row.may_bring_code : Number(change.mayBringCode),
      }
      await transaction
        .updateTable('users')
        .set({
          role: changed.role,
          password_hash: changed.password_hash,
          may_bring_code: changed.may_bring_code,
        })
        .where('id', '=', id)
        .execute()
      if (hash !== null || changed.role !== row.role) await endSessions(transaction, id)
      return userOfRow(changed)
    })
  }

  /** Rejects with `in-use` while they own something, with `last-admin` or `not-found`. */
  async delete(id: number): Promise<UserRow> {
    return this.#db.transaction().execute(async transaction => {
      const row = await findOrRefuse(transaction, id)
      if (row.role === 'admin') await refuseLastAdmin(transaction, row)
      const owned = await ownedBy(transaction, id)
      if (owned !== null) {
        throw new ProblemError('in-use', `${row.username} still has ${owned}. Delete that first.`)
      }
      await transaction.deleteFrom('users').where('id', '=', id).execute()
      return row
    })
  }
}

export function userOfRow(row: UserRow): User {
  return {
    id: row.id,
    username: row.username,
    role: row.role,
    mayBringCode: row.role === 'admin' || row.may_bring_code === 1,
    createdAt: new Date(row.created_at).toISOString(),
    lastSeenAt: row.last_seen_at === null ? null : new Date(row.last_seen_at).toISOString(),
  }
}

/** Names are compared without regard to case. */
export function keyOf(username: string): string {
  return username.toLowerCase()
}

async function insert(
  transaction: Transaction<Database>,
  account: NewAccount,
  hash: string,
): Promise<UserRow> {
  const key = keyOf(account.username)
  const taken = await transaction
    .selectFrom('users')
    .select('id')
    .where('username_key', '=', key)
    .executeTakeFirst()
  if (taken) throw refuse('name-taken', '/username', `There is a user ${account.username} already.`)
  return transaction
    .insertInto('users')
    .values({
      username: account.username,
      username_key: key,
      may_bring_code: Number(account.mayBringCode ?? false),
      password_hash: hash,
      role: account.role,
      created_at: Date.now(),
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

async function findOrRefuse(transaction: Transaction<Database>, id: number): Promise<UserRow> {
  const row = await transaction.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
  if (!row) throw new ProblemError('not-found', `There is no user ${id}.`)
  return row
}

async function refuseLastAdmin(transaction: Transaction<Database>, row: UserRow): Promise<void> {
  const other = await transaction
    .selectFrom('users')
    .select('id')
    .where('role', '=', 'admin')
    .where('id', '!=', row.id)
    .executeTakeFirst()
  if (other) return
  throw new ProblemError(
    'last-admin',
    `${row.username} is the last admin. Make somebody else an admin first.`,
  )
}

/** false when the hash is no longer that of the row. */
async function replaceHash(
  db: Kysely<Database>,
  { id, password_hash }: UserRow,
  hash: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('users')
    .set({ password_hash: hash })
    .where('id', '=', id)
    .where('password_hash', '=', password_hash)
    .executeTakeFirstOrThrow()
  return numUpdatedRows > 0n
}

async function endSessions(
  transaction: Transaction<Database>,
  userId: number,
  kept: number | null = null,
): Promise<void> {
  await transaction
    .deleteFrom('sessions')
    .where('user_id', '=', userId)
    .where('id', '!=', kept ?? 0)
    .execute()
}

/** For a person: “the servers 3 (Friday) and 7 (Versus)”. null when they own nothing. */
async function ownedBy(transaction: Transaction<Database>, userId: number): Promise<string | null> {
  const [servers, blueprints, overlays] = await Promise.all([
    transaction.selectFrom('servers').select(['id', 'name']).where('owner_id', '=', userId).execute(),
    transaction.selectFrom('blueprints').select(['id', 'name']).where('owner_id', '=', userId).execute(),
    transaction.selectFrom('overlays').select(['id', 'name']).where('owner_id', '=', userId).execute(),
  ])
  const kinds = [
    ['server', servers],
    ['blueprint', blueprints],
    ['overlay', overlays],
  ] as const
  const parts = kinds
    .filter(([, things]) => things.length > 0)
    .map(([noun, things]) => {
      const named = things.slice(0, 5).map(({ id, name }) => `${id} (${name})`)
      const more = things.length > 5 ? ` and ${things.length - 5} more` : ''
      return `the ${noun}${things.length === 1 ? '' : 's'} ${named.join(', ')}${more}`
    })
  return parts.length === 0 ? null : parts.join(' and ')
}
