import type { Job, JobKind } from '@left4me/contract'
import { afterEach, beforeEach } from 'vitest'
import type { JobContext, JobDefinition, JobDefinitions, JobLock, NewJob } from '../jobs/job-definition.ts'
import { JobEngine, type JobEngineOptions } from '../jobs/job-engine.ts'
import { EventHub } from '../live/event-hub.ts'
import { quietLog } from './quiet-log.ts'
import { type TemporaryDatabase, temporaryDatabase } from './temporary-database.ts'

/** A database and a hub of its own for each test of the file, and engines that end with it. */
export interface JobBed {
  readonly database: TemporaryDatabase
  readonly hub: EventHub
}

let database: TemporaryDatabase
let hub: EventHub
const engines: JobEngine[] = []

/** To be called once, at the top of a test file. */
export function jobBed(): JobBed {
  beforeEach(async () => {
    database = await temporaryDatabase()
    hub = new EventHub({ epoch: 'test' })
  })
  afterEach(async () => {
    await Promise.all(engines.splice(0).map(engine => engine.stop()))
    await database[Symbol.asyncDispose]()
  })
  return {
    get database() {
      return database
    },
    get hub() {
      return hub
    },
  }
}

export function newEngine(options: Partial<JobEngineOptions> = {}): JobEngine {
  const engine = new JobEngine({
    db: database.db,
    hub,
    log: quietLog,
    workers: 4,
    retryDelay: 1,
    shutdownPatience: 500,
    ...options,
  })
  engines.push(engine)
  return engine
}

/** Every kind does the same. */
export function definitions(definition: Partial<JobDefinition<JobKind>>): JobDefinitions {
  const each = { cancellable: true, run: async () => {}, ...definition }
  return new Proxy({}, { get: () => each }) as JobDefinitions
}

export function startOf(
  serverId: number,
  locks: JobLock[] = [{ scope: `server:${serverId}`, mode: 'exclusive' }],
): NewJob<'server-start'> {
  return {
    kind: 'server-start',
    input: { serverId },
    title: `Start ${serverId}`,
    locks,
    serverId,
    ownerId: null,
  }
}

/** Work that ends when the test says so. */
export class Gate {
  readonly begun: number[] = []
  readonly #open = new Map<number, PromiseWithResolvers<void>>()

  readonly run = async (context: JobContext<JobKind>): Promise<void> => {
    const { serverId = 0 } = context.input as { serverId?: number }
    this.begun.push(serverId)
    const gate = Promise.withResolvers<void>()
    this.#open.set(serverId, gate)
    context.signal.addEventListener('abort', () => gate.reject(new Error('aborted')))
    if (context.signal.aborted) gate.reject(new Error('aborted'))
    await gate.promise
  }

  open(serverId: number): void {
    this.#open.get(serverId)?.resolve()
  }
}

export async function rowOf(id: number) {
  return database.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 2))
}

export async function ended(id: number): Promise<Job['state']> {
  await until(async () => !['queued', 'running'].includes((await rowOf(id)).state))
  return (await rowOf(id)).state
}
