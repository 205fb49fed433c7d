import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { expect, test } from 'vitest'
import { NodeSqliteDialect } from '../db/node-sqlite-dialect.ts'
import type { Database } from '../db/schema.ts'
import { temporaryDatabase } from '../testing/temporary-database.ts'
import { JobRows } from './job-rows.ts'

test('a job’s log is written by the same statements, however many lines there are', async () => {
  await using database = await temporaryDatabase()
  const statements = new Set<string>()
  await using db = new Kysely<Database>({
    dialect: new NodeSqliteDialect(new DatabaseSync(database.path)),
    log: ({ query }) => void statements.add(query.sql),
  })
  const rows = new JobRows(db)
  const job = {
    kind: 'server-start',
    input: { serverId: 1 },
    title: 'Start',
    locks: [],
    ownerId: null,
  } as const
  const { row } = await rows.insert(job, db)
  const texts = ['007', '1.0', '', 'null', '{"a": [1]}', '\t"it’s" \\n 🧟', 'true']
  const lines = texts.map((text, index) => ({ sequence: index + 1, at: 1_700_000_000_000, text }))
  statements.clear()
  await rows.appendLog(row.id, lines.slice(0, 1), 100)
  const known = [...statements]
  await rows.appendLog(row.id, lines.slice(1, 3), 100)
  await rows.appendLog(row.id, lines.slice(3), 100)
  expect([...statements]).toEqual(known)
  const kept = await db.selectFrom('job_log').selectAll().orderBy('sequence').execute()
  expect(kept).toEqual(lines.map(line => ({ job_id: row.id, ...line })))
})
