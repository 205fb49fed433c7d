import type { ApiToken } from '@left4me/contract'
import type { Kysely, Selectable } from 'kysely'
import type { LogInLimits } from '../auth/log-in-limits.ts'
import type { Passwords } from '../auth/passwords.ts'
import type { Sessions } from '../auth/sessions.ts'
import { hashOfToken, newApiToken } from '../auth/tokens.ts'
import type { Database } from '../db/schema.ts'
import { endpoints, type SignedIn } from '../http/endpoints.ts'
import { ProblemError, refuse } from '../http/problem-error.ts'
import { type Accounts, keyOf, type UserRow, userOfRow } from './accounts.ts'

/** API tokens of one user. */
const mostTokens = 100

export function meEndpoints(options: {
  readonly db: Kysely<Database>
  readonly accounts: Accounts
  readonly passwords: Passwords
  readonly sessions: Sessions
  readonly limits: LogInLimits
  readonly secretKey: Buffer
}) {
  const { db, accounts, passwords, sessions, limits, secretKey } = options

  async function self(caller: SignedIn): Promise<UserRow> {
    const row = await accounts.find(caller.userId)
    if (!row) throw new ProblemError('not-signed-in', 'Sign in first.')
    return row
  }

  return endpoints({
    async getMe({ caller }) {
      return userOfRow(await self(caller))
    },

    async changeMyPassword({ body, caller, clientAddress }) {
      const row = await self(caller)
      // Whoever finds an open browser must not be able to guess on.
      const right = await limits.attempt(keyOf(row.username), clientAddress, () =>
        passwords.verify(body.currentPassword, row.password_hash),
      )
      if (!right) throw notYourPassword()
      const kept = caller.by.kind === 'session' ? caller.by.id : null
      if (!(await accounts.replacePassword(row, body.newPassword, kept))) throw notYourPassword()
      sessions.changed()
      return userOfRow(row)
    },

    async listMyTokens({ caller }) {
      const rows = await db
        .selectFrom('api_tokens')
        .selectAll()
        .where('user_id', '=', caller.userId)
        .orderBy('id')
        .execute()
      return { items: rows.map(apiTokenOfRow), nextCursor: null }
    },

    async createMyToken({ body, caller, note }) {
      const token = newApiToken()
      const row = await db.transaction().execute(async transaction => {
        const { count } = await transaction
          .selectFrom('api_tokens')
          .select(eb => eb.fn.countAll<number>().as('count'))
          .where('user_id', '=', caller.userId)
          .executeTakeFirstOrThrow()
        if (count >= mostTokens) {
          throw refuse('invalid-input', '/name', `You have ${count} tokens already. Delete some first.`)
        }
        return transaction
          .insertInto('api_tokens')
          .values({
            user_id: caller.userId,
            name: body.name,
            token_hash: hashOfToken(secretKey, token),
            created_at: Date.now(),
          })
          .returningAll()
          .executeTakeFirstOrThrow()
      })
      note({ target: `token:${row.id}`, detail: body.name })
      return { apiToken: apiTokenOfRow(row), token }
    },

    async deleteMyToken({ params, caller }) {
      const { numDeletedRows } = await db
        .deleteFrom('api_tokens')
        .where('id', '=', params.id)
        .where('user_id', '=', caller.userId)
        .executeTakeFirstOrThrow()
      if (numDeletedRows === 0n) throw new ProblemError('not-found', `You have no token ${params.id}.`)
      sessions.changed()
      return undefined
    },
  })
}

function notYourPassword(): ProblemError {
  return refuse('wrong-credentials', '/currentPassword', 'This is not your present password.')
}

function apiTokenOfRow(row: Selectable<Database['api_tokens']>): ApiToken {
  return {
    id: row.id,
    name: row.name,
    createdAt: new Date(row.created_at).toISOString(),
    lastUsedAt: row.last_used_at === null ? null : new Date(row.last_used_at).toISOString(),
  }
}
