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

const attempt = (account: string, address: string, right = false) =>
  limits.attempt(account, address, async () => right)

async function fail(
  times: number,
  account: string,
  address: string | ((time: number) => string),
): Promise<void> {
  for (let time = 0; time < times; time += 1) {
    now += 60_000
    await attempt(account, typeof address === 'string' ? address : address(time))
  }
}

const many = (time: number) => `198.51.100.${time}`

describe('log-in limits', () => {
  test('slow an account down after five failures, the more the longer, and never for more than half a minute', async () => {
    await fail(5, 'zoey', many)
    now += 500
    await expect(attempt('zoey', '192.0.2.1')).rejects.toMatchObject({
      code: 'too-many-requests',
      retryAfter: 1,
    })
    now += 600
    await attempt('zoey', '192.0.2.1')
    now += 1000
    await expect(attempt('zoey', '192.0.2.1')).rejects.toMatchObject({ retryAfter: 1 })
    for (let time = 0; time < 8; time += 1) {
      now += 31_000
      await attempt('zoey', many(100 + time))
    }
    await expect(attempt('zoey', '192.0.2.1')).rejects.toMatchObject({ retryAfter: 30 })
  })

  test('are not prolonged by tries that were refused', async () => {
    await fail(12, 'zoey', many)
    for (let second = 0; second < 29; second += 1) {
      now += 1000
      await expect(attempt('zoey', '192.0.2.9')).rejects.toMatchObject({ code: 'too-many-requests' })
    }
    now += 1000
    await expect(attempt('zoey', '192.0.2.1')).resolves.toBe(false)
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
    await expect(attempt('zoey', '192.0.2.2')).rejects.toMatchObject({ code: 'too-many-requests' })
    await expect(attempt('zoey', '192.0.2.1')).resolves.toBe(false)
  })

  test('refuse an address after twenty failures, whatever accounts it tried, until the oldest is forgotten', async () => {
    for (let time = 0; time < 20; time += 1) {
      now += 1000
      await attempt(`user${time}`, '192.0.2.1')
    }
    await expect(attempt('another', '192.0.2.1')).rejects.toMatchObject({ retryAfter: 15 * 60 - 19 })
    await expect(attempt('another', '192.0.2.2')).resolves.toBe(false)
    now += (15 * 60 - 19) * 1000
    await expect(attempt('another', '192.0.2.1')).resolves.toBe(false)
  })

  test('keep nobody waiting for a time that came before the clock was set back', async () => {
    await fail(20, 'zoey', '192.0.2.1')
    now -= 120 * 60_000
    await expect(attempt('zoey', '192.0.2.1')).resolves.toBe(false)
    await expect(attempt('another', '192.0.2.1')).resolves.toBe(false)
  })

  test('count a whole IPv6 network of one customer as one address', async () => {
    for (let time = 0; time < 20; time += 1) {
      now += 1000
      await attempt(`user${time}`, `2001:db8:1:2:${time}::1`)
    }
    await expect(attempt('another', '2001:db8:1:2::ffff')).rejects.toMatchObject({
      code: 'too-many-requests',
    })
    await expect(attempt('another', '2001:db8:1:3::1')).resolves.toBe(false)
    await expect(attempt('another', '::1')).resolves.toBe(false)
  })

  test('count a try from its beginning, before it has failed', async () => {
    await fail(4, 'zoey', many)
    await limits.attempt('zoey', '192.0.2.1', async () => {
      await expect(attempt('zoey', '192.0.2.2')).rejects.toMatchObject({
        message: expect.stringContaining('Too many failed log-ins'),
      })
      return false
    })
  })

  /** How many of the tries are verified at the same time; all others were refused by then. */
  async function verifiedAtOnce(tries: readonly (readonly [account: string, address: string])[]) {
    const verdict = Promise.withResolvers<boolean>()
    const refusals: unknown[] = []
    let verifying = 0
    const running = tries.map(([account, address]) =>
      limits
        .attempt(account, address, () => {
          verifying += 1
          return verdict.promise
        })
        .catch((error: unknown) => refusals.push(error)),
    )
    await expect.poll(() => verifying + refusals.length).toBe(tries.length)
    for (const refusal of refusals) {
      expect(refusal).toMatchObject({
        code: 'too-many-requests',
        message: 'Too many log-ins at once. Try again in a few seconds.',
      })
    }
    verdict.resolve(true)
    await Promise.all(running)
    return verifying
  }

  test('let four passwords of an account be verified at once, and twelve for an address, right ones too', async () => {
    const ofAccount = Array.from({ length: 20 }, (_, time) => ['zoey', many(time)] as const)
    expect(await verifiedAtOnce(ofAccount)).toBe(4)
    const ofAddress = Array.from({ length: 20 }, (_, time) => [`user${time}`, '192.0.2.1'] as const)
    expect(await verifiedAtOnce(ofAddress)).toBe(12)
    expect(await verifiedAtOnce([...ofAccount, ['bill', '192.0.2.1']]), 'none is kept').toBe(5)
  })

  test('forget what failed here for this account once it succeeds', async () => {
    await fail(4, 'zoey', '192.0.2.1')
    await fail(3, 'bill', '192.0.2.1')
    expect(await attempt('zoey', '192.0.2.1', true)).toBe(true)
    const left = await database.db.selectFrom('login_failures').select('username_key').execute()
    expect(left.map(({ username_key }) => username_key)).toEqual(['bill', 'bill', 'bill'])
  })
})
