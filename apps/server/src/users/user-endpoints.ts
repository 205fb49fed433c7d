import type { Kysely } from 'kysely'
import type { Sessions } from '../auth/sessions.ts'
import type { Database } from '../db/schema.ts'
import { endpoints } from '../http/endpoints.ts'
import { listOfPage, pageOf } from '../http/page.ts'
import { ProblemError } from '../http/problem-error.ts'
import { type Accounts, userOfRow } from './accounts.ts'

export function userEndpoints(options: {
  readonly db: Kysely<Database>
  readonly accounts: Accounts
  readonly sessions: Sessions
}) {
  const { db, accounts, sessions } = options
  return endpoints({
    async listUsers({ query }) {
      const page = pageOf(query)
      const rows = await db
        .selectFrom('users')
        .selectAll()
        .where('id', '>', page.after ?? 0)
        .orderBy('id')
        .limit(page.size + 1)
        .execute()
      return listOfPage(rows, page, userOfRow)
    },

    async createUser({ body, note }) {
      const user = await accounts.create({ role: 'user', ...body })
      note({ detail: `${user.username}, ${user.role}${body.mayBringCode ? ', may bring code' : ''}` })
      return user
    },

    async getUser({ params }) {
      const row = await accounts.find(params.id)
      if (!row) throw new ProblemError('not-found', `There is no user ${params.id}.`)
      return userOfRow(row)
    },

    async changeUser({ params, body, note }) {
      const user = await accounts.change(params.id, body)
      sessions.changed()
      const changes = [
        ...(body.role === undefined ? [] : [`role ${body.role}`]),
        ...(body.password === undefined ? [] : ['password']),
        ...(body.mayBringCode === undefined
          ? []
          : [body.mayBringCode ? 'may bring code' : 'may not bring code']),
      ]
      note({ detail: `${user.username}: ${changes.join(', ') || 'nothing'}` })
      return user
    },

    async deleteUser({ params, note }) {
      const row = await accounts.delete(params.id)
      sessions.changed()
      note({ detail: row.username })
      return undefined
    },
  })
}
