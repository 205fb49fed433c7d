import type { Session, User } from '@left4me/contract'
import type { FastifyReply } from 'fastify'
import { endpoints } from '../http/endpoints.ts'
import { ProblemError } from '../http/problem-error.ts'
import { type Accounts, keyOf, userOfRow } from '../users/accounts.ts'
import type { LogInLimits } from './log-in-limits.ts'
import type { Passwords } from './passwords.ts'
import type { Sessions } from './sessions.ts'
import type { SetUpLink } from './set-up.ts'

/** An API token has no end of its own. */
const never = '9999-12-31T23:59:59.999Z'

export function sessionEndpoints(options: {
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly sessions: Sessions
  readonly limits: LogInLimits
  /** null: the first admin is made on the command line. */
  readonly setUpLink: SetUpLink | null
  readonly simulated: boolean
  readonly version: string
}) {
  const { accounts, passwords, sessions, limits, setUpLink } = options

  async function begin(user: User, address: string, reply: FastifyReply): Promise<Session> {
    const { expiresAt } = await sessions.begin(user.id, address, reply)
    return { user, expiresAt: new Date(expiresAt).toISOString() }
  }

  return endpoints({
    async getSetUp() {
      const needed = setUpLink !== null && !(await accounts.exist())
      return { needed, simulated: options.simulated, version: options.version }
    },

    async setUp({ body, clientAddress, reply, note }) {
      if (setUpLink === null || (await accounts.exist())) {
        throw new ProblemError('set-up-closed', 'The first admin has been made already. Log in instead.')
      }
      if (!setUpLink.accepts(body.token)) {
        const detail = 'This link is not the one that left4me printed when it started. Copy that one again.'
        throw new ProblemError('set-up-closed', detail)
      }
      const user = await accounts.createFirst(body)
      note({ target: `user:${user.id}`, user: { userId: user.id, username: user.username } })
      return begin(user, clientAddress, reply)
    },

    async logIn({ body, clientAddress, reply, note, caller }) {
      const key = keyOf(body.username)
      const attempt = await limits.begin(key, clientAddress)
      const row = await accounts.findByName(body.username)
      const right = await passwords.verify(body.password, row?.password_hash ?? null)
      if (!row || !right) throw new ProblemError('wrong-credentials', 'Wrong name or password.')
      await limits.succeeded(attempt, key, clientAddress)
      if (passwords.isOutdated(row.password_hash)) {
        await accounts.rehash(row.id, body.password, row.password_hash)
      }
      if (caller?.by.kind === 'session') await sessions.end(caller.by.id)
      note({ target: `user:${row.id}`, user: { userId: row.id, username: row.username } })
      return begin(userOfRow(row), clientAddress, reply)
    },

    async getSession({ caller }) {
      const row = await accounts.find(caller.userId)
      if (!row) throw new ProblemError('not-signed-in', 'Sign in first.')
      const expiry = caller.by.kind === 'session' ? await sessions.expiryOf(caller.by.id) : null
      return { user: userOfRow(row), expiresAt: expiry === null ? never : new Date(expiry).toISOString() }
    },

    async logOut({ caller, reply }) {
      if (caller.by.kind === 'session') {
        await sessions.end(caller.by.id)
        sessions.takeCookieBack(reply)
      }
      return undefined
    },
  })
}
