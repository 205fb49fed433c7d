import type { FastifyBaseLogger } from 'fastify'
import { type Kysely, sql } from 'kysely'
import type { Database } from '../db/schema.ts'
import type { JobEngine } from './job-engine.ts'

export interface NewJobsOptions {
  readonly db: Kysely<Database>
  readonly engine: Pick<JobEngine, 'adoptNew'>
  readonly log: FastifyBaseLogger
  /** Milliseconds between two looks. */
  readonly interval?: number
}

/**
 * Notices what other processes put into the table of jobs. SQLite tells by a number whether another connection has
 * written anything, so that the table is only read then: https://www.sqlite.org/pragma.html#pragma_data_version
 */
export class NewJobs {
  readonly #options: Required<NewJobsOptions>
  #timer: NodeJS.Timeout | null = null
  #version: number | null = null
  #looking: Promise<void> = Promise.resolve()

  constructor(options: NewJobsOptions) {
    this.#options = { interval: 1000, ...options }
  }

  async start(): Promise<void> {
    await this.#look()
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look())
    }, this.#options.interval).unref()
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer)
    await this.#looking
  }

  async #look(): Promise<void> {
    const { db, engine, log } = this.#options
    try {
      const { rows } = await sql<{ data_version: number }>`PRAGMA data_version`.execute(db)
      const version = rows[0]?.data_version ?? null
      const known = this.#version
      if (version === known) return
      if (known !== null) await engine.adoptNew()
      this.#version = version
    } catch (error) {
      log.warn({ err: error }, 'jobs of other processes could not be looked for')
    }
  }
}
