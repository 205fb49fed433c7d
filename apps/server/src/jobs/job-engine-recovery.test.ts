import type { Job, JobKind } from '@left4me/contract'
import { describe, expect, test } from 'vitest'
import { definitions, ended, Gate, jobBed, newEngine, rowOf, startOf, until } from '../testing/job-bed.ts'
import { quietLog } from '../testing/quiet-log.ts'
import { addUser } from '../testing/temporary-database.ts'
import type { JobContext, NewJob } from './job-definition.ts'
import { JobEngine } from './job-engine.ts'

const bed = jobBed()

describe('after a crash of the web application', () => {
  /** `kill -9`: nothing of the engine runs on, and what it had claimed stays `running` in the table. */
  async function crashed(attempts: number, job: NewJob = startOf(1)): Promise<number> {
    const { id } = await newEngine().enqueue(job)
    await bed.database.db
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
    const abandoned = new JobEngine({ db: bed.database.db, hub: bed.hub, log: quietLog, workers: 4 })
    await abandoned.start(definitions(stuck))
    const { id } = await abandoned.enqueue(startOf(1))
    await until(() => stuck.begun.length === 1)
    const attempts: number[] = []
    await newEngine().start(definitions({ run: async ({ attempt }) => void attempts.push(attempt) }))
    expect(await ended(id)).toBe('succeeded')
    expect(attempts).toEqual([2])
    const log = await bed.database.db.selectFrom('job_log').select('text').execute()
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
    await bed.database.db.updateTable('jobs').set({ cancel_requested: 1 }).execute()
    const gate = new Gate()
    await newEngine().start(definitions(gate))
    expect(await ended(id)).toBe('cancelled')
    expect(gate.begun).toEqual([])
  })

  test('a damaged row fails by itself and keeps nobody else from work', async () => {
    const damaged = await crashed(1)
    await bed.database.db.updateTable('jobs').set({ input: '{"serverId":', locks: '[' }).execute()
    const unknown = (await newEngine().enqueue(startOf(2))).id
    await bed.database.db
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
    const progress = (bed.hub.since(0) ?? []).map(({ event }) => (event.data as Job).progress)
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
    const lines = await bed.database.db
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
    expect(await bed.database.db.selectFrom('job_log').selectAll().execute()).toEqual([])
  })
})

test('only the newest finished jobs are remembered, with their logs', async () => {
  const engine = newEngine({ keep: 3, workers: 1 })
  await engine.start(definitions({ run: async context => context.log('done') }))
  const owner = await addUser(bed.database.db, 'zoey')
  for (let id = 1; id <= 6; id += 1) await engine.enqueue({ ...startOf(id), ownerId: owner })
  await until(() => engine.counts().queued + engine.counts().running === 0)
  const jobs = await bed.database.db.selectFrom('jobs').select('server_id').orderBy('id').execute()
  expect(jobs.map(({ server_id }) => server_id)).toEqual([4, 5, 6])
  expect(await bed.database.db.selectFrom('job_log').selectAll().execute()).toHaveLength(3)
})
