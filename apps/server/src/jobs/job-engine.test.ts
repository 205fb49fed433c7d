import type { Job } from '@left4me/contract'
import { HostError } from '@left4me/host'
import { describe, expect, test } from 'vitest'
import { ProblemError } from '../http/problem-error.ts'
import { definitions, ended, Gate, jobBed, newEngine, rowOf, startOf, until } from '../testing/job-bed.ts'
import { recordingLog } from '../testing/quiet-log.ts'
import type { NewJob } from './job-definition.ts'

const bed = jobBed()

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
    const events = (bed.hub.since(0) ?? []).map(({ event }) => event.data as Job)
    expect(events.map(({ state, progress }) => [state, progress])).toEqual([
      ['queued', 0],
      ['queued', 0],
      ['running', 0],
      ['running', 0.5],
      ['succeeded', 1],
    ])
    const log = await bed.database.db.selectFrom('job_log').select(['sequence', 'text']).execute()
    expect(log).toEqual([{ sequence: 1, text: 'working' }])
  })

  test('that was put in by a transaction begins when that commits, and never when it is rolled back', async () => {
    const gate = new Gate()
    const engine = newEngine()
    await engine.start(definitions(gate))
    const rolledBack = bed.database.db.transaction().execute(async transaction => {
      await engine.enqueue(startOf(1), transaction)
      throw new Error('changed my mind')
    })
    await expect(rolledBack).rejects.toThrow('changed my mind')
    await bed.database.db.transaction().execute(async transaction => {
      await engine.enqueue(startOf(2), transaction)
      await new Promise(resolve => setTimeout(resolve, 10))
      expect(gate.begun).toEqual([])
    })
    await until(() => gate.begun.length > 0)
    expect(gate.begun).toEqual([2])
    expect((bed.hub.since(0) ?? []).map(({ serverId }) => serverId)).not.toContain(1)
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
          const [row] = await bed.database.db
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
