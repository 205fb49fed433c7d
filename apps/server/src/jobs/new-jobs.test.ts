import { afterEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../db/open-database.ts'
import { definitions, ended, jobBed, newEngine, startOf, until } from '../testing/job-bed.ts'
import { quietLog } from '../testing/quiet-log.ts'
import { JobRows } from './job-rows.ts'
import { NewJobs } from './new-jobs.ts'

const bed = jobBed()
const watches: NewJobs[] = []
afterEach(async () => {
  await Promise.all(watches.splice(0).map(watch => watch.stop()))
})

/** As another process does it: by a connection of its own. */
async function insertFromElsewhere(serverId: number): Promise<number> {
  const db = await openDatabase(bed.database.path)
  try {
    return (await db.transaction().execute(trx => new JobRows(db).insert(startOf(serverId), trx))).row.id
  } finally {
    await db.destroy()
  }
}

describe('jobs that another process puts into the table', () => {
  test('are taken up, once', async () => {
    const ran: number[] = []
    const engine = newEngine()
    await engine.start(definitions({ run: async ({ jobId }) => void ran.push(jobId) }))
    const watch = new NewJobs({ db: bed.database.db, engine, log: quietLog, interval: 5 })
    watches.push(watch)
    await watch.start()
    const id = await insertFromElsewhere(7)
    expect(await ended(id)).toBe('succeeded')
    await insertFromElsewhere(8)
    await until(() => ran.length === 2)
    expect(ran[0]).toBe(id)
  })

  test('of kinds that an engine doesn’t run are left as they are', async () => {
    const engine = newEngine({ kinds: new Set(['workshop-refresh']) })
    const id = await insertFromElsewhere(7)
    await engine.start(definitions({}))
    await engine.adoptNew()
    expect(engine.counts()).toEqual({ queued: 0, running: 0 })
    const row = await bed.database.db
      .selectFrom('jobs')
      .select('state')
      .where('id', '=', id)
      .executeTakeFirst()
    expect(row?.state).toBe('queued')
  })
})
