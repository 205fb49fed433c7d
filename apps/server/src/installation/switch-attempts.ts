import { type Kysely, sql } from 'kysely'
import type { Database } from '../db/schema.ts'
import type { SwitchAttempt } from './switch-decision.ts'

/** What policies have tried already, out of the rows of jobs: no restart of the web application forgets it. */
export class SwitchAttempts {
  readonly #db: Kysely<Database>

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  /** The newest attempt of a policy to bring a server to a revision. */
  async last(serverId: number, revision: number): Promise<SwitchAttempt | null> {
    const row = await this.#db
      .selectFrom('jobs')
      .select(['state', 'finished_at'])
      .where('server_id', '=', serverId)
      .where('kind', '=', 'installation-switch')
      .where(sql<number>`json_extract(input, '$.revision')`, '=', revision)
      .where(sql<number>`json_extract(input, '$.onlyIfEmpty')`, '=', 1)
      .orderBy('id', 'desc')
      .executeTakeFirst()
    return row ? { state: row.state, finishedAt: row.finished_at } : null
  }
}
