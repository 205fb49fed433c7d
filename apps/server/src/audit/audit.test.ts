import { expect, test } from 'vitest'
import { temporaryDatabase } from '../testing/temporary-database.ts'
import { Audit } from './audit.ts'

test('the audit keeps its newest entries, however often somebody logs in', async () => {
  await using database = await temporaryDatabase()
  const audit = new Audit(database.db, { keep: 3 })
  for (const target of ['user:1', 'user:2', 'user:3', 'user:4', 'user:5']) {
    await audit.record({ user: null, action: 'session.log-in', target, detail: null })
  }
  const rows = await database.db.selectFrom('audit').select('target').orderBy('id').execute()
  expect(rows.map(({ target }) => target)).toEqual(['user:3', 'user:4', 'user:5'])
})
