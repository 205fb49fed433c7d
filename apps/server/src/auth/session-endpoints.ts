import type { Session } from '@left4me/contract'
import type { FastifyReply } from 'fastify'
import { endpoints } from '../http/endpoints.ts'
import { ProblemError } from '../http/problem-error.ts'
import { type Accounts, keyOf, type UserRow, userOfRow } from '../users/accounts.ts'
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
  /** Whether the game is the simulator, as far as is known now. */
  readonly simulated: () => boolean
  readonly version: string
}) {
  const { accounts, passwords, sessions, limits, setUpLink } = options

  async function begin(row: UserRow, address: string, reply: FastifyReply): Promise<Session> {
    const session = await sessions.begin(row, address, reply)
    if (session === null) throw wrongCredentials()
    return { user: userOfRow(row), expiresAt: new Date(session.expiresAt).toISOString() }
  }

  return endpoints({
    async getSetUp() {
      const needed = setUpLink !== null && !(await accounts.exist())
      return { needed, simulated: options.simulated(), version: options.version }
    },

    async setUp({ body, clientAddress, reply, note }) {
      if (setUpLink === null || (await accounts.exist())) {
        throw new ProblemError('set-up-closed', 'The first admin has been made already. Log in instead.')
      }
      if (!setUpLink.accepts(body.token)) {
        const detail = 'This link is not the one that left4me printed when it started. Copy that one again.'
        throw new ProblemError('set-up-closed', detail)
      }
      const row = await accounts.createFirst(body)
      note({ target: `user:${row.id}`, user: { userId: row.id, username: row.username } })
      return begin(row, clientAddress, reply)
    },

    async logIn({ body, clientAddress, reply, note, caller }) {
      const row = await accounts.findByName(body.username)
      const right = await limits.attempt(keyOf(body.username), clientAddress, () =>
        passwords.verify(body.password, row?.password_hash ?? null),
      )
      if (!row || !right) throw wrongCredentials()
      const outdated = passwords.isOutdated(row.password_hash)
      const current = outdated ? await accounts.rehash(row, body.password) : row
      const session = await begin(current, clientAddress, reply)
      if (caller?.by.kind === 'session') await sessions.end(caller.by.id)
      note({ target: `user:${row.id}`, user: { userId: row.id, username: row.username } })
      return session
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

function wrongCredentials(): ProblemError {
  return new ProblemError('wrong-credentials', 'Wrong name or password.')
}
