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

/**
 * Milliseconds that the host may be away before that is told, once it was there: a systemd that reads its units anew
 * answers nobody for a moment, and no monitoring should wake people for that.
 */
const hostGrace = 15_000

type Check = Health['checks'][number]

export interface HealthOptions {
  readonly db: Kysely<Database>
  readonly host: Pick<Host, 'list'>
  readonly jobs: { readonly isRunning: boolean }
  /** The data directory. */
  readonly root: string
  readonly version: string
  /** The commit that was deployed; null in a checkout. */
  readonly revision: string | null
  readonly readOnly: { readonly active: boolean }
  /** A clock in milliseconds; another one only in a test. */
  readonly now?: () => number
}

/** Whether left4me can do its work, each check with what is wrong. Never tells what only an admin should know. */
export class HealthChecks {
  readonly #options: HealthOptions
  /** Since when the host is away; null: it was there when it was last looked. */
  #hostAwaySince: number | null = null
  #hostSeen = false
  #last: { at: number; health: Promise<Omit<Health, 'readOnly'>> } | null = null

  constructor(options: HealthOptions) {
    this.#options = options
  }

  /** Also tells at once that changes are allowed: a deployment says so right after it has asked. */
  async read(): Promise<Health> {
    const now = this.#now()
    if (this.#last === null || now - this.#last.at >= freshness)
      this.#last = { at: now, health: this.#check() }
    return { ...(await this.#last.health), readOnly: this.#options.readOnly.active }
  }

  async #check(): Promise<Omit<Health, 'readOnly'>> {
    const { db, host, jobs, root, version, revision, readOnly } = this.#options
    const checks = await Promise.all([
      run('database', 'The database can’t be written to.', async () => {
        // Sets a number that nobody reads: the smallest thing that has to reach the disk.
        await sql`PRAGMA user_version = 1`.execute(db)
      }),
      run('host', 'The host driver doesn’t answer.', async () => {
        await host.list()
      }).then(check => this.#bear(check)),
      run('disk', 'The disk of the data directory is nearly full.', async () => {
        const { bavail, bsize } = await statfs(root)
        if (bavail * bsize < leastFreeSpace) throw new Error('too little space')
      }),
      run('jobs', 'No jobs are run.', async () => {
        if (!jobs.isRunning && !readOnly.active) throw new Error('stopped')
      }),
    ])
    const status = checks.every(({ ok }) => ok) ? 'ok' : 'failing'
    return { status, version, revision, checks }
  }

  #now(): number {
    return this.#options.now?.() ?? performance.now()
  }

  /** The check of the host, taken as passed while it fails only for a moment. */
  #bear(check: Check): Check {
    const now = this.#now()
    this.#hostAwaySince = check.ok ? null : (this.#hostAwaySince ?? now)
    this.#hostSeen ||= check.ok
    const short = this.#hostAwaySince !== null && now - this.#hostAwaySince < hostGrace
    return this.#hostSeen && short ? { ...check, ok: true, message: null } : check
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

async function run(name: string, message: string, check: () => Promise<void>): Promise<Check> {
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
