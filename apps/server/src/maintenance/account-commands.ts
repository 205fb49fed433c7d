import { NewUser, type Role, type User } from '@left4me/contract'
import { Audit } from '../audit/audit.ts'
import { Passwords } from '../auth/passwords.ts'
import type { Config } from '../config/config.ts'
import { openDatabase } from '../db/open-database.ts'
import { ProblemError } from '../http/problem-error.ts'
import { checkOf } from '../http/validation.ts'
import { ServerError } from '../server-error.ts'
import { Accounts } from '../users/accounts.ts'

/** Whoever can run a command on the host. */
const byCommand = { user: null, detail: 'on the command line' } as const

/** Makes an account from the command line, also while the web application runs. Throws ServerError. */
export async function createUser(
  config: Config,
  user: { readonly username: string; readonly password: string; readonly role: Role },
): Promise<User> {
  return withAccounts(config, async (accounts, audit) => {
    checkOf(NewUser)(user)
    const made = await accounts.create(user)
    await audit.record({ ...byCommand, action: 'user.create', target: `user:${made.id}` })
    return made
  })
}

/** Sets somebody's password and ends their sessions. Throws ServerError when there is no such user. */
export async function setPassword(
  config: Config,
  user: { readonly username: string; readonly password: string },
): Promise<void> {
  await withAccounts(config, async (accounts, audit) => {
    checkOf(NewUser)(user)
    const row = await accounts.findByName(user.username)
    if (!row) throw new ServerError('account-refused', `There is no user ${user.username}.`)
    await accounts.setPassword(row.id, user.password)
    await audit.record({ ...byCommand, action: 'user.change-password', target: `user:${row.id}` })
  })
}

async function withAccounts<Result>(
  config: Config,
  use: (accounts: Accounts, audit: Audit) => Promise<Result>,
): Promise<Result> {
  const db = await openDatabase(config.databasePath)
  try {
    return await use(new Accounts({ db, passwords: new Passwords() }), new Audit(db))
  } catch (error) {
    if (error instanceof ProblemError)
      throw new ServerError('account-refused', error.message, { cause: error })
    throw error
  } finally {
    await db.destroy()
  }
}
