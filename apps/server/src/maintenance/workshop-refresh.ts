import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { JobState, WorkshopRefresh } from '@left4me/contract'
import type { Kysely } from 'kysely'
import { pino } from 'pino'
import type { Config } from '../config/config.ts'
import { createDomain } from '../create-domain.ts'
import { createHost } from '../create-host.ts'
import { openDatabase } from '../db/open-database.ts'
import type { Database } from '../db/schema.ts'
import { JobEngine } from '../jobs/job-engine.ts'
import { JobRows } from '../jobs/job-rows.ts'
import { EventHub } from '../live/event-hub.ts'
import { OverlayRows } from '../overlays/overlay-rows.ts'
import { lockRoot } from '../root-lock.ts'
import { ServerError } from '../server-error.ts'
import { version } from '../version.ts'
import { refreshAnswer } from '../workshop/refresh-answer.ts'
import { RefreshRows } from '../workshop/refresh-rows.ts'
import { steamFor } from '../workshop/simulated-steam.ts'
import { refreshJob } from '../workshop/workshop-refresh.ts'

const pollInterval = 250

export interface WorkshopRefreshOptions {
  /** Hears each line of the logs of the refresh. */
  readonly onLine: (line: string) => void
}

/**
 * Refreshes the Workshop's items and waits for the builds that follow. While the web application runs, the job is put
 * into its queue; while it doesn't, the job and its builds are run here, and nothing else is. Throws ServerError when
 * the refresh itself fails; overlays that could not be built are in the answer.
 */
export async function workshopRefresh(
  config: Config,
  { onLine }: WorkshopRefreshOptions,
): Promise<WorkshopRefresh> {
  await using stack = new AsyncDisposableStack()
  const lock = lockUnlessRunning(config)
  // Given back last, when nothing of ours is written any more.
  if (lock !== null) stack.use(lock)
  const db = await openDatabase(config.databasePath)
  stack.defer(() => db.destroy())
  if (lock !== null) await runJobs(config, db, stack)
  const { row } = await db
    .transaction()
    .execute(transaction => new JobRows(db).insert(refreshJob, transaction))
  await finished(db, row.id, onLine)
  const found = (await new RefreshRows(db).last())?.overlays ?? []
  for (const { name, buildJobId } of found) {
    if (buildJobId === null) continue
    onLine(`Building “${name}” …`)
    await ended(db, buildJobId)
  }
  const nothingOpen = { open: () => null }
  return await refreshAnswer(
    { db, jobs: nothingOpen, overlays: new OverlayRows(db) },
    { userId: 0, role: 'admin' },
  )
}

/** null while the web application runs. */
function lockUnlessRunning(config: Config): Disposable | null {
  try {
    return lockRoot(config)
  } catch (error) {
    if (error instanceof ServerError && error.code === 'already-running') return null
    throw error
  }
}

/** The part of the web application that refreshes and builds: no HTTP, no watching, and no servers are started. */
async function runJobs(given: Config, db: Kysely<Database>, stack: AsyncDisposableStack): Promise<void> {
  const log = pino({ level: given.logLevel, base: null }, pino.destination({ dest: 2, sync: true }))
  const { config } = stack.use(await steamFor(given, log))
  const host = createHost(config)
  await host.open()
  stack.defer(() => host.close())
  const hub = new EventHub({ epoch: randomBytes(6).toString('base64url') })
  const kinds = new Set(['workshop-refresh', 'overlay-build'] as const)
  const engine = new JobEngine({ db, hub, log, workers: config.jobWorkers, kinds })
  const domain = createDomain({ config, db, host, jobs: engine, hub, log, version })
  // A build deletes revisions that no server needs.
  await domain.load()
  await engine.start(domain.jobDefinitions)
  stack.defer(() => engine.stop())
  const timer = setInterval(() => void engine.adoptNew(), pollInterval)
  stack.defer(() => clearInterval(timer))
}

async function finished(db: Kysely<Database>, jobId: number, onLine: (line: string) => void): Promise<void> {
  const heard = { sequence: 0 }
  for (;;) {
    const state = await stateOf(db, jobId)
    await tellNewLines(db, jobId, heard, onLine)
    if (state.name === 'succeeded') return
    if (state.name === 'failed' || state.name === 'cancelled') {
      throw new ServerError('refresh-failed', state.message ?? 'The refresh was cancelled.')
    }
    await sleep(pollInterval)
  }
}

async function ended(db: Kysely<Database>, jobId: number): Promise<void> {
  for (;;) {
    const { name } = await stateOf(db, jobId)
    if (name !== 'queued' && name !== 'running') return
    await sleep(pollInterval)
  }
}

/** A row that was pruned has ended. */
async function stateOf(
  db: Kysely<Database>,
  jobId: number,
): Promise<{ readonly name: JobState; readonly message: string | null }> {
  const row = await new JobRows(db).get(jobId)
  const error = row?.error == null ? null : (JSON.parse(row.error) as { message?: unknown; remedy?: unknown })
  const parts = [error?.message, error?.remedy].filter(part => typeof part === 'string')
  return { name: row?.state ?? 'succeeded', message: parts.length === 0 ? null : parts.join(' ') }
}

async function tellNewLines(
  db: Kysely<Database>,
  jobId: number,
  heard: { sequence: number },
  onLine: (line: string) => void,
): Promise<void> {
  const lines = await db
    .selectFrom('job_log')
    .select(['sequence', 'text'])
    .where('job_id', '=', jobId)
    .where('sequence', '>', heard.sequence)
    .orderBy('sequence')
    .execute()
  for (const { sequence, text } of lines) {
    heard.sequence = sequence
    onLine(text)
  }
}
