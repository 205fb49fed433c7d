import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Call, SignedIn } from '../http/endpoints.ts'
import { type TemporaryDatabase, temporaryDatabase } from '../testing/temporary-database.ts'
import { Accounts, type UserRow } from '../users/accounts.ts'
import { meEndpoints } from '../users/me-endpoints.ts'
import { LogInLimits } from './log-in-limits.ts'
import { Passwords } from './passwords.ts'
import { sessionEndpoints } from './session-endpoints.ts'
import { Sessions } from './sessions.ts'

/** Something happens while a password is verified, after its hash was read. */
class InterruptedPasswords extends Passwords {
  meanwhile: () => Promise<unknown> = async () => {}

  override async verify(password: string, stored: string | null): Promise<boolean> {
    const right = await super.verify(password, stored)
    await this.meanwhile()
    return right
  }
}

const old = 'the old password'
const byAdmin = 'set by an admin'

let database: TemporaryDatabase
let accounts: Accounts
let passwords: InterruptedPasswords
let zoey: UserRow
let endpoints: ReturnType<typeof sessionEndpoints> & ReturnType<typeof meEndpoints>

beforeEach(async () => {
  database = await temporaryDatabase()
  const { db } = database
  const secretKey = randomBytes(32)
  passwords = new InterruptedPasswords()
  accounts = new Accounts({ db, passwords: new Passwords() })
  const sessions = new Sessions({ db, secretKey, cookieSecure: false })
  const limits = new LogInLimits({ db })
  const parts = { db, accounts, passwords, sessions, limits, secretKey }
  endpoints = {
    ...sessionEndpoints({ ...parts, setUpLink: null, simulated: () => true, version: 'test' }),
    ...meEndpoints(parts),
  }
  zoey = await accounts.createFirst({ username: 'zoey', password: old })
})
afterEach(() => database[Symbol.asyncDispose]())

function logIn(password: string) {
  const call = { body: { username: 'zoey', password }, clientAddress: '192.0.2.1', caller: null }
  const reply = { header() {} }
  return endpoints.logIn({ ...call, reply, note() {} } as unknown as Call<'logIn'>)
}

function changePassword(sessionId: number, currentPassword: string, newPassword: string) {
  const by = { kind: 'session', id: sessionId } as const
  const caller: SignedIn = { userId: zoey.id, username: 'zoey', role: 'admin', mayBringCode: true, by }
  const call = { body: { currentPassword, newPassword }, clientAddress: '192.0.2.1', caller }
  return endpoints.changeMyPassword(call as unknown as Call<'changeMyPassword'>)
}

const sessionIds = async () =>
  (await database.db.selectFrom('sessions').select('id').execute()).map(({ id }) => id)

describe('a password that an admin sets while', () => {
  test('its owner, or who stole it, changes the old one stays, and leaves them no session', async () => {
    await logIn(old)
    const [stolen = 0] = await sessionIds()
    passwords.meanwhile = () => accounts.change(zoey.id, { password: byAdmin })
    await expect(changePassword(stolen, old, old)).rejects.toMatchObject({ code: 'wrong-credentials' })
    expect(await sessionIds()).toEqual([])
    passwords.meanwhile = async () => {}
    await expect(logIn(old)).rejects.toMatchObject({ code: 'wrong-credentials' })
    await expect(logIn(byAdmin)).resolves.toMatchObject({ user: { username: 'zoey' } })
  })

  test('somebody logs in with the old one leaves them no session', async () => {
    passwords.meanwhile = () => accounts.change(zoey.id, { password: byAdmin })
    await expect(logIn(old)).rejects.toMatchObject({ code: 'wrong-credentials' })
    expect(await sessionIds()).toEqual([])
  })

  test('a hash of the old one is renewed leaves them no session and stays', async () => {
    // As if each hash were made with older parameters.
    passwords.isOutdated = () => true
    passwords.meanwhile = () => accounts.setPassword(zoey.id, byAdmin)
    await expect(logIn(old)).rejects.toMatchObject({ code: 'wrong-credentials' })
    expect(await sessionIds()).toEqual([])
    passwords.meanwhile = async () => {}
    await expect(logIn(byAdmin)).resolves.toMatchObject({ user: { username: 'zoey' } })
  })
})
