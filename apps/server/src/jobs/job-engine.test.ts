import type { Job, JobKind } from '@left4me/contract'
import { HostError } from '@left4me/host'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ProblemError } from '../http/problem-error.ts'
import { EventHub } from '../live/event-hub.ts'
import { quietLog, recordingLog } from '../testing/quiet-log.ts'
import { addUser, type TemporaryDatabase, temporaryDatabase } from '../testing/temporary-database.ts'
import type { JobContext, JobDefinition, JobDefinitions, JobLock, NewJob } from './job-definition.ts'
import { JobEngine, type JobEngineOptions } from './job-engine.ts'

let database: TemporaryDatabase
let hub: EventHub
const engines: JobEngine[] = []

beforeEach(async () => {
  database = await temporaryDatabase()
  hub = new EventHub({ epoch: 'test' })
})
afterEach(async () => {
  await Promise.all(engines.splice(0).map(engine => engine.stop()))
  await database[Symbol.asyncDispose]()
})

function newEngine(options: Partial<JobEngineOptions> = {}): JobEngine {
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
function definitions(definition: Partial<JobDefinition<JobKind>>): JobDefinitions {
  const each = { cancellable: true, run: async () => {}, ...definition }
  return new Proxy({}, { get: () => each }) as JobDefinitions
}

function startOf(
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
class Gate {
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

async function rowOf(id: number) {
  return database.db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise(resolve => setTimeout(resolve, 2))
}

async function ended(id: number): Promise<Job['state']> {
  await until(async () => !['queued', 'running'].includes((await rowOf(id)).state))
  return (await rowOf(id)).state
}

describe('a job', () => {
  test('is in the database before its request is answered, runs, and tells its states in order', async () => {
    const engine = newEngine()
    const job = await engine.enqueue(startOf(1))
    expect(job).toMatchObject({
      state: 'queued',
      progress: 0,
      title: 'Start 1',
      serverId: 1,
      cancellable: true,
    })
    expect((await rowOf(job.id)).state).toBe('queued')
    await engine.start(
      definitions({
        async run(context) {
          expect(context).toMatchObject({ jobId: job.id, attempt: 1, input: { serverId: 1 } })
          context.progress(0.5, 'half-way')
          context.log('working')
        },
      }),
    )
    expect(await ended(job.id)).toBe('succeeded')
    const events = (hub.since(0) ?? []).map(({ event }) => event.data as Job)
    expect(events.map(({ state, progress }) => [state, progress])).toEqual([
      ['queued', 0],
      ['queued', 0],
      ['running', 0],
      ['running', 0.5],
      ['succeeded', 1],
    ])
    const log = await database.db.selectFrom('job_log').select(['sequence', 'text']).execute()
    expect(log).toEqual([{ sequence: 1, text: 'working' }])
  })

  test('that was put in by a transaction begins when that commits, and never when it is rolled back', async () => {
    const gate = new Gate()
    const engine = newEngine()
    await engine.start(definitions(gate))
    const rolledBack = database.db.transaction().execute(async transaction => {
      await engine.enqueue(startOf(1), transaction)
      throw new Error('changed my mind')
    })
    await expect(rolledBack).rejects.toThrow('changed my mind')
    await database.db.transaction().execute(async transaction => {
      await engine.enqueue(startOf(2), transaction)
      await new Promise(resolve => setTimeout(resolve, 10))
      expect(gate.begun).toEqual([])
    })
    await until(() => gate.begun.length > 0)
    expect(gate.begun).toEqual([2])
    expect((hub.since(0) ?? []).map(({ serverId }) => serverId)).not.toContain(1)
  })

  test.each([
    [
      'a HostError',
      new HostError('disk-full', 'The disk is full.', { remedy: 'Free some room.' }),
      { code: 'disk-full', message: 'The disk is full.', remedy: 'Free some room.' },
    ],
    [
      'a ProblemError',
      new ProblemError('not-installed', 'The game is not installed.'),
      { code: 'not-installed', message: 'The game is not installed.', remedy: null },
    ],
    [
      'an error that nobody expected, whose text stays in the log',
      new TypeError('secret of the implementation'),
      {
        code: 'internal-error',
        message: 'Something went wrong in left4me.',
        remedy: 'The log of left4me says more. Try again, and report it if it happens again.',
      },
    ],
  ])('that throws %s fails with what a person can use', async (_, error, expected) => {
    const { log, entries } = recordingLog()
    const engine = newEngine({ log })
    await engine.start(definitions({ run: () => Promise.reject(error) }))
    const { id } = await engine.enqueue(startOf(1))
    expect(await ended(id)).toBe('failed')
    expect(engine.job(await rowOf(id)).error).toEqual(expected)
    expect(JSON.stringify(entries).includes('secret of the implementation')).toBe(error instanceof TypeError)
  })

  test('tells its feature how it ended, after that was written', async () => {
    const outcomes: string[] = []
    const engine = newEngine()
    await engine.start(
      definitions({
        run: async ({ input }) => {
          if ('serverId' in input && input.serverId === 2) throw new HostError('start-failed', 'No.')
        },
        async settled(input, outcome) {
          const [row] = await database.db
            .selectFrom('jobs')
            .select('state')
            .orderBy('id', 'desc')
            .limit(1)
            .execute()
          outcomes.push(`${JSON.stringify(input)} ${outcome} ${row?.state}`)
        },
      }),
    )
    await engine.enqueue(startOf(1))
    await until(() => outcomes.length === 1)
    await engine.enqueue(startOf(2))
    await until(() => outcomes.length === 2)
    expect(outcomes).toEqual(['{"serverId":1} succeeded succeeded', '{"serverId":2} failed failed'])
  })

  test('is found as open by server and by kind until it has ended', async () => {
    const gate = new Gate()
    const engine = newEngine()
    await engine.start(definitions(gate))
    const { id } = await engine.enqueue(startOf(7))
    expect(engine.open({ serverId: 7 })?.id).toBe(id)
    expect(engine.open({ kind: 'server-start' })?.id).toBe(id)
    expect(engine.open({ serverId: 8 })).toBeNull()
    expect(engine.open({ overlayId: 7 })).toBeNull()
    await until(() => gate.begun.length === 1)
    gate.open(7)
    await ended(id)
    await until(() => engine.open({ serverId: 7 }) === null)
  })
})

describe('locks', () => {
  test('two people who start one server at once get two jobs of which the second waits for the first', async () => {
    const gate = new Gate()
    const engine = newEngine()
    await engine.start(definitions(gate))
    const [first, second] = await Promise.all([engine.enqueue(startOf(1)), engine.enqueue(startOf(1))])
    await engine.enqueue(startOf(2))
    await until(() => gate.begun.length === 2)
    expect(gate.begun).toEqual([1, 2])
    expect((await rowOf(second.id)).state).toBe('queued')
    gate.open(1)
    await ended(first.id)
    await until(() => gate.begun.length === 3)
    expect(gate.begun).toEqual([1, 2, 1])
  })

  test('with one merge key two people at once share one queued job', async () => {
    const engine = newEngine()
    const merged = { ...startOf(1), mergeKey: 'start:1' }
    const jobs = await Promise.all(Array.from({ length: 10 }, () => engine.enqueue(merged)))
    expect(new Set(jobs.map(({ id }) => id)).size).toBe(1)
    const other = await engine.enqueue({ ...startOf(2), mergeKey: 'start:2' })
    expect(other.id).not.toBe(jobs[0]?.id)
  })

  test('a merge key does not join a job that runs already: what it works from may be outdated', async () => {
    const gate = new Gate()
    const engine = newEngine()
    await engine.start(definitions(gate))
    const merged = { ...startOf(1), mergeKey: 'start:1' }
    const first = await engine.enqueue(merged)
    await until(() => gate.begun.length === 1)
    expect((await engine.enqueue(merged)).id).not.toBe(first.id)
  })

  test('no more jobs run than there are workers', async () => {
    const gate = new Gate()
    const engine = newEngine({ workers: 2 })
    await engine.start(definitions(gate))
    for (const id of [1, 2, 3]) await engine.enqueue(startOf(id))
    await until(() => gate.begun.length === 2)
    expect(engine.counts()).toEqual({ queued: 1, running: 2 })
    gate.open(2)
    await until(() => gate.begun.length === 3)
    expect(gate.begun).toEqual([1, 2, 3])
  })

  test('an installation that waits for running starts is not starved by later starts', async () => {
    const gate = new Gate()
    const engine = newEngine()
    await engine.start(definitions(gate))
    const shared = (id: number): NewJob =>
      startOf(id, [
        { scope: 'installation', mode: 'shared' },
        { scope: `server:${id}`, mode: 'exclusive' },
      ])
    const update: NewJob<'installation-update'> = {
      kind: 'installation-update',
      input: {},
      title: 'Update',
      locks: [{ scope: 'installation', mode: 'exclusive' }],
      ownerId: null,
    }
    await engine.enqueue(shared(1))
    await until(() => gate.begun.length === 1)
    await engine.enqueue(update)
    await engine.enqueue(shared(2))
    await engine.enqueue(shared(3))
    gate.open(1)
    await until(() => gate.begun.length === 2)
    expect(gate.begun).toEqual([1, 0])
    gate.open(0)
    await until(() => gate.begun.length === 4)
    expect(gate.begun).toEqual([1, 0, 2, 3])
  })
})

describe('cancelling', () => {
  test('ends a queued job at once, which then never runs', async () => {
    const gate = new Gate()
    const outcomes: string[] = []
    const engine = newEngine({ workers: 1 })
    await engine.start(
      definitions({ run: gate.run, settled: async (_, outcome) => void outcomes.push(outcome) }),
    )
    await engine.enqueue(startOf(1))
    const queued = await engine.enqueue(startOf(2))
    expect(await engine.cancelOrRefuse(queued.id)).toMatchObject({
      state: 'cancelled',
      cancelRequested: true,
    })
    expect(outcomes).toEqual(['cancelled'])
    await until(() => gate.begun.length === 1)
    gate.open(1)
    await until(() => outcomes.length === 2)
    expect(gate.begun).toEqual([1])
  })

  test('asks a running job to stop and answers while it still does', async () => {
    const gate = new Gate()
    const engine = newEngine()
    await engine.start(definitions(gate))
    const { id } = await engine.enqueue(startOf(1))
    await until(() => gate.begun.length === 1)
    const asked = await engine.cancelOrRefuse(id)
    expect(asked).toMatchObject({ state: 'running', cancelRequested: true, cancellable: false })
    expect(await ended(id)).toBe('cancelled')
  })

  test('of a job between queued and running is never lost', async () => {
    for (let round = 0; round < 20; round += 1) {
      const gate = new Gate()
      const engine = newEngine()
      await engine.start(definitions(gate))
      const { id } = await engine.enqueue(startOf(1))
      for (let turn = 0; turn < round; turn += 1) await Promise.resolve()
      await engine.cancelOrRefuse(id)
      expect(await ended(id)).toBe('cancelled')
    }
  })

  test('is refused for a kind that can’t be broken off, which goes on', async () => {
    const gate = new Gate()
    const engine = newEngine()
    await engine.start(definitions({ cancellable: false, run: gate.run }))
    const { id } = await engine.enqueue(startOf(1))
    await until(() => gate.begun.length === 1)
    await expect(engine.cancelOrRefuse(id)).rejects.toMatchObject({ code: 'not-cancellable' })
    await expect(engine.cancel(id)).resolves.toBeUndefined()
    gate.open(1)
    expect(await ended(id)).toBe('succeeded')
    await expect(engine.cancelOrRefuse(id)).rejects.toMatchObject({ code: 'not-cancellable' })
    await expect(engine.cancelOrRefuse(404)).rejects.toMatchObject({ code: 'not-found' })
  })

  test('a job that is done before it hears of the cancelling has succeeded', async () => {
    const gate = Promise.withResolvers<void>()
    const engine = newEngine()
    await engine.start(definitions({ run: () => gate.promise }))
    const { id } = await engine.enqueue(startOf(1))
    await until(async () => (await rowOf(id)).state === 'running')
    await engine.cancelOrRefuse(id)
    gate.resolve()
    expect(await ended(id)).toBe('succeeded')
  })
})

describe('after a crash of the web application', () => {
  /** `kill -9`: nothing of the engine runs on, and what it had claimed stays `running` in the table. */
  async function crashed(attempts: number, job: NewJob = startOf(1)): Promise<number> {
    const { id } = await newEngine().enqueue(job)
    await database.db
      .updateTable('jobs')
      .set({ state: 'running', attempt: attempts, progress: 0.4, started_at: 1 })
      .execute()
    return id
  }

  test('queued jobs run, in their order', async () => {
    const before = newEngine()
    for (const id of [1, 2, 3]) await before.enqueue(startOf(id))
    const gate = new Gate()
    await newEngine({ workers: 1 }).start(definitions(gate))
    for (const id of [1, 2, 3]) {
      await until(() => gate.begun.includes(id))
      gate.open(id)
    }
    expect(gate.begun).toEqual([1, 2, 3])
  })

  test('an engine that is abandoned in the middle of a job leaves it to the next one', async () => {
    const stuck = new Gate()
    const abandoned = new JobEngine({ db: database.db, hub, log: quietLog, workers: 4 })
    await abandoned.start(definitions(stuck))
    const { id } = await abandoned.enqueue(startOf(1))
    await until(() => stuck.begun.length === 1)
    const attempts: number[] = []
    await newEngine().start(definitions({ run: async ({ attempt }) => void attempts.push(attempt) }))
    expect(await ended(id)).toBe('succeeded')
    expect(attempts).toEqual([2])
    const log = await database.db.selectFrom('job_log').select('text').execute()
    expect(log).toEqual([{ text: 'Begins again after left4me ended (attempt 2 of 3).' }])
  })

  test('a job that took it down three times fails and says so', async () => {
    const id = await crashed(3)
    const outcomes: string[] = []
    const gate = new Gate()
    const engine = newEngine()
    await engine.start(
      definitions({ run: gate.run, settled: async (_, outcome) => void outcomes.push(outcome) }),
    )
    expect(await ended(id)).toBe('failed')
    expect(engine.job(await rowOf(id)).error).toMatchObject({ code: 'interrupted' })
    expect(outcomes).toEqual(['failed'])
    expect(gate.begun).toEqual([])
  })

  test('a job that somebody had cancelled is not run again', async () => {
    const id = await crashed(1)
    await database.db.updateTable('jobs').set({ cancel_requested: 1 }).execute()
    const gate = new Gate()
    await newEngine().start(definitions(gate))
    expect(await ended(id)).toBe('cancelled')
    expect(gate.begun).toEqual([])
  })

  test('a damaged row fails by itself and keeps nobody else from work', async () => {
    const damaged = await crashed(1)
    await database.db.updateTable('jobs').set({ input: '{"serverId":', locks: '[' }).execute()
    const unknown = (await newEngine().enqueue(startOf(2))).id
    await database.db
      .updateTable('jobs')
      .set({ kind: 'server-dance' as JobKind })
      .where('id', '=', unknown)
      .execute()
    const sound = (await newEngine().enqueue(startOf(3))).id
    const engine = newEngine()
    await engine.start(definitions({}))
    expect(await ended(sound)).toBe('succeeded')
    expect(engine.job(await rowOf(damaged)).error).toMatchObject({
      code: 'corrupt-row',
      message: `Row ${damaged} of jobs is damaged: input is not JSON.`,
    })
    expect(engine.job(await rowOf(unknown)).error).toMatchObject({ code: 'unknown-kind' })
  })
})

describe('a shutdown', () => {
  test('aborts what runs, queues it again, and does not count that run', async () => {
    const gate = new Gate()
    const engine = newEngine()
    let reason: unknown
    await engine.start(
      definitions({
        async run(context) {
          context.signal.addEventListener('abort', () => {
            reason = context.signal.reason
          })
          await gate.run(context)
        },
      }),
    )
    const { id } = await engine.enqueue(startOf(1))
    await until(() => gate.begun.length === 1)
    await engine.stop()
    expect(reason).toBe('shutdown')
    expect(await rowOf(id)).toMatchObject({ state: 'queued', attempt: 0, started_at: null })
    const attempts: number[] = []
    await newEngine().start(definitions({ run: async ({ attempt }) => void attempts.push(attempt) }))
    expect(await ended(id)).toBe('succeeded')
    expect(attempts).toEqual([1])
  })

  test('does not wait for ever for a job that ignores it', async () => {
    const engine = newEngine({ shutdownPatience: 20 })
    let begun = false
    const ignore = () => {
      begun = true
      return new Promise<never>(() => {})
    }
    await engine.start(definitions({ run: ignore }))
    const { id } = await engine.enqueue(startOf(1))
    await until(() => begun)
    await engine.stop()
    expect((await rowOf(id)).state).toBe('running')
  })

  test('begins no further job', async () => {
    const gate = new Gate()
    const engine = newEngine({ workers: 1 })
    await engine.start(definitions(gate))
    await engine.enqueue(startOf(1))
    await engine.enqueue(startOf(2))
    await until(() => gate.begun.length === 1)
    await engine.stop()
    expect(gate.begun).toEqual([1])
  })
})

describe('what a job reports', () => {
  test('is written seldom however often it is said, and its last word counts', async () => {
    const engine = newEngine()
    await engine.start(
      definitions({
        async run(context) {
          for (let step = 1; step <= 10_000; step += 1) context.progress(step / 20_000, `step ${step}`)
        },
      }),
    )
    const { id } = await engine.enqueue(startOf(1))
    await ended(id)
    const progress = (hub.since(0) ?? []).map(({ event }) => (event.data as Job).progress)
    expect(progress.length).toBeLessThan(10)
    expect(progress).toContain(0.5)
  })

  test('keeps the newest lines of an endless log, in order, on single lines and without control characters', async () => {
    const engine = newEngine()
    await engine.start(
      definitions({
        async run(context) {
          for (let line = 1; line <= 12_000; line += 1) context.log(`line ${line}`)
          context.log('red \u001b[31m\u0000text\r\nsecond line')
          context.log('x'.repeat(10_000))
        },
      }),
    )
    const { id } = await engine.enqueue(startOf(1))
    await ended(id)
    const lines = await database.db
      .selectFrom('job_log')
      .select(['sequence', 'text'])
      .orderBy('sequence')
      .execute()
    expect(lines).toHaveLength(5000)
    expect(lines[0]).toEqual({ sequence: 7004, text: 'line 7004' })
    expect(lines.slice(-3).map(({ text }) => text.slice(0, 20))).toEqual([
      'red �[31m�text',
      'second line',
      'x'.repeat(20),
    ])
    expect(lines.at(-1)?.text).toHaveLength(4096)
  })

  test('after its end is ignored', async () => {
    let late: JobContext<JobKind> | undefined
    const engine = newEngine()
    const keep = async (context: JobContext<JobKind>) => {
      late = context
    }
    await engine.start(definitions({ run: keep }))
    const { id } = await engine.enqueue(startOf(1))
    await ended(id)
    late?.progress(0.1, 'late')
    late?.log('late')
    await new Promise(resolve => setTimeout(resolve, 300))
    expect(await rowOf(id)).toMatchObject({ progress: 1, activity: null })
    expect(await database.db.selectFrom('job_log').selectAll().execute()).toEqual([])
  })
})

test('only the newest finished jobs are remembered, with their logs', async () => {
  const engine = newEngine({ keep: 3, workers: 1 })
  await engine.start(definitions({ run: async context => context.log('done') }))
  const owner = await addUser(database.db, 'zoey')
  for (let id = 1; id <= 6; id += 1) await engine.enqueue({ ...startOf(id), ownerId: owner })
  await until(() => engine.counts().queued + engine.counts().running === 0)
  const jobs = await database.db.selectFrom('jobs').select('server_id').orderBy('id').execute()
  expect(jobs.map(({ server_id }) => server_id)).toEqual([4, 5, 6])
  expect(await database.db.selectFrom('job_log').selectAll().execute()).toHaveLength(3)
})
