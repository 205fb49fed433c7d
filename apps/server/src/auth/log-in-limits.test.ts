import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { addUser, type TemporaryDatabase, temporaryDatabase } from '../testing/temporary-database.ts'
import { LogInLimits } from './log-in-limits.ts'

let database: TemporaryDatabase
let limits: LogInLimits
let now = 0

beforeEach(async () => {
  database = await temporaryDatabase()
  now = 1_000_000_000_000
  limits = new LogInLimits({ db: database.db, now: () => now })
})
afterEach(() => database[Symbol.asyncDispose]())

async function fail(
  times: number,
  account: string,
  address: string | ((time: number) => string),
): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    now += 60_000
    await limits.begin(account, typeof address === 'string' ? address : address(time))
  }
}

const many = (time: number) => `198.51.100.${time}`

describe('log-in limits', () => {
  test('slow an account down after five failures, the more the longer, and never for more than half a minute', async () => {
    await fail(5, 'zoey', many)
    now += 500
    await expect(limits.begin('zoey', '192.0.2.1')).rejects.toMatchObject({
      code: 'too-many-requests',
      retryAfter: 1,
    })
    now += 600
    await limits.begin('zoey', '192.0.2.1')
    now += 1000
    await expect(limits.begin('zoey', '192.0.2.1')).rejects.toMatchObject({ retryAfter: 1 })
    for (let attempt = 0; attempt < 8; attempt += 1) {
      now += 31_000
      await limits.begin('zoey', many(100 + attempt))
    }
    await expect(limits.begin('zoey', '192.0.2.1')).rejects.toMatchObject({ retryAfter: 30 })
  })

  test('are not prolonged by tries that were refused', async () => {
    await fail(12, 'zoey', many)
    for (let second = 0; second < 29; second += 1) {
      now += 1000
      await expect(limits.begin('zoey', '192.0.2.9')).rejects.toMatchObject({ code: 'too-many-requests' })
    }
    now += 1000
    await expect(limits.begin('zoey', '192.0.2.1')).resolves.toBeGreaterThan(0)
  })

  test('do not slow an owner down who is logged in from where they are', async () => {
    const userId = await addUser(database.db, 'Zoey')
    await database.db
      .insertInto('sessions')
      .values({
        user_id: userId,
        token_hash: 'x',
        address: '192.0.2.1',
        created_at: 1,
        expires_at: now * 2,
        last_used_at: 1,
      })
      .execute()
    await fail(12, 'zoey', many)
    await expect(limits.begin('zoey', '192.0.2.2')).rejects.toMatchObject({ code: 'too-many-requests' })
    await expect(limits.begin('zoey', '192.0.2.1')).resolves.toBeGreaterThan(0)
  })

  test('refuse an address after twenty failures, whatever accounts it tried, until the oldest is forgotten', async () => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      now += 1000
      await limits.begin(`user${attempt}`, '192.0.2.1')
    }
    await expect(limits.begin('another', '192.0.2.1')).rejects.toMatchObject({ retryAfter: 15 * 60 - 19 })
    await expect(limits.begin('another', '192.0.2.2')).resolves.toBeGreaterThan(0)
    now += (15 * 60 - 19) * 1000
    await expect(limits.begin('another', '192.0.2.1')).resolves.toBeGreaterThan(0)
  })

  test('count a whole IPv6 network of one customer as one address', async () => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      now += 1000
      await limits.begin(`user${attempt}`, `2001:db8:1:2:${attempt}::1`)
    }
    await expect(limits.begin('another', '2001:db8:1:2::ffff')).rejects.toMatchObject({
      code: 'too-many-requests',
    })
    await expect(limits.begin('another', '2001:db8:1:3::1')).resolves.toBeGreaterThan(0)
    await expect(limits.begin('another', '::1')).resolves.toBeGreaterThan(0)
  })

  test('count tries that run at the same time, before any of them has failed', async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 50 }, () => limits.begin('zoey', '192.0.2.1')),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(5)
  })

  test('forget what failed here for this account once it succeeds', async () => {
    await fail(4, 'zoey', '192.0.2.1')
    await fail(3, 'bill', '192.0.2.1')
    const attempt = await limits.begin('zoey', '192.0.2.1')
    await limits.succeeded(attempt, 'zoey', '192.0.2.1')
    const left = await database.db.selectFrom('login_failures').select('username_key').execute()
    expect(left.map(({ username_key }) => username_key)).toEqual(['bill', 'bill', 'bill'])
  })
})
