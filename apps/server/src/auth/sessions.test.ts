import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { expect, test } from 'vitest'
import { addUser, temporaryDatabase } from '../testing/temporary-database.ts'
import { Sessions } from './sessions.ts'

test('a user has a hundred sessions at most, and loses those that were used longest ago', async () => {
  await using database = await temporaryDatabase()
  const { db } = database
  let now = 1_000_000_000_000
  const sessions = new Sessions({ db, secretKey: randomBytes(32), cookieSecure: false, now: () => now })
  const reply = { header() {} } as unknown as FastifyReply
  const begin = async (id: number) => {
    now += 1000
    return sessions.begin({ id, password_hash: '' }, '192.0.2.1', reply)
  }
  const zoey = await addUser(db, 'Zoey')
  const bill = await addUser(db, 'Bill')
  const ofBill = await begin(bill)
  const used = await begin(zoey)
  await db
    .updateTable('sessions')
    .set({ last_used_at: now * 2 })
    .where('id', '=', used?.id ?? 0)
    .execute()
  const forgotten = await begin(zoey)
  for (let time = 0; time < 99; time += 1) await begin(zoey)
  const rows = await db.selectFrom('sessions').select(['id', 'user_id']).execute()
  expect(rows.filter(row => row.user_id === zoey)).toHaveLength(100)
  const kept = rows.map(({ id }) => id)
  expect(kept).toContain(used?.id)
  expect(kept).toContain(ofBill?.id)
  expect(kept).not.toContain(forgotten?.id)
})
