import { statfs } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Health } from '@left4me/contract'
import type { Host } from '@left4me/host'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../db/schema.ts'
import { endpoints } from '../http/endpoints.ts'

/** Bytes that the database, logs and uppers need to go on. */
const leastFreeSpace = 256 * 1024 * 1024
/** Milliseconds that one check may take. */
const patience = 3000
/** Milliseconds that an answer is good for: anybody may ask, as often as they like. */
const freshness = 2000

export interface HealthOptions {
  readonly db: Kysely<Database>
  readonly host: Pick<Host, 'list'>
  readonly jobs: { readonly isRunning: boolean }
  /** The data directory. */
  readonly root: string
  readonly version: string
}

/** Whether left4me can do its work, each check with what is wrong. Never tells what only an admin should know. */
export class HealthChecks {
  readonly #options: HealthOptions
  #last: { at: number; health: Promise<Health> } | null = null

  constructor(options: HealthOptions) {
    this.#options = options
  }

  read(): Promise<Health> {
    const now = Date.now()
    if (this.#last === null || now - this.#last.at >= freshness)
      this.#last = { at: now, health: this.#check() }
    return this.#last.health
  }

  async #check(): Promise<Health> {
    const { db, host, jobs, root, version } = this.#options
    const checks = await Promise.all([
      run('database', 'The database can’t be written to.', async () => {
        // Sets a number that nobody reads: the smallest thing that has to reach the disk.
        await sql`PRAGMA user_version = 1`.execute(db)
      }),
      run('host', 'The host driver doesn’t answer.', async () => {
        await host.list()
      }),
      run('disk', 'The disk of the data directory is nearly full.', async () => {
        const { bavail, bsize } = await statfs(root)
        if (bavail * bsize < leastFreeSpace) throw new Error('too little space')
      }),
      run('jobs', 'No jobs are run.', async () => {
        if (!jobs.isRunning) throw new Error('stopped')
      }),
    ])
    return { status: checks.every(({ ok }) => ok) ? 'ok' : 'failing', version, checks }
  }
}

export function healthEndpoints(checks: HealthChecks) {
  return endpoints({
    async health({ reply }) {
      const health = await checks.read()
      if (health.status !== 'ok') reply.code(503)
      return health
    },
  })
}

async function run(
  name: string,
  message: string,
  check: () => Promise<void>,
): Promise<Health['checks'][number]> {
  const deadline = new AbortController()
  try {
    const late = sleep(patience, undefined, { signal: deadline.signal }).then(() => {
      throw new Error('no answer in time')
    })
    await Promise.race([check(), late])
    return { name, ok: true, message: null }
  } catch {
    return { name, ok: false, message }
  } finally {
    deadline.abort()
  }
}
