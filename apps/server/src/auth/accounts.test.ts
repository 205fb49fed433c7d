import { argon2Sync } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../db/open-database.ts'
import { setPassword } from '../maintenance/account-commands.ts'
import { type TestAnswer, TestClient } from '../testing/test-client.ts'
import { startTestServer, type TestServer, testPassword } from '../testing/test-server.ts'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server[Symbol.asyncDispose]())

const credentials = (username: string, password = testPassword) => ({ username, password })
const idOf = (answer: TestAnswer) => (answer.json as { id: number }).id
const codeOf = (answer: TestAnswer) => (answer.json as { code?: string } | undefined)?.code

/** What the database holds, read by another connection. */
async function rows<Row>(
  query: (db: Awaited<ReturnType<typeof openDatabase>>) => Promise<Row>,
): Promise<Row> {
  const db = await openDatabase(server.config.databasePath)
  try {
    return await query(db)
  } finally {
    await db.destroy()
  }
}

describe('the set-up link', () => {
  const link = () => {
    const url = new URL(server.setUpUrl ?? '')
    return { path: url.pathname, token: url.hash.slice(1) }
  }
  const first = { username: 'louis', password: testPassword }

  test('makes the first admin, who is logged in then, and is closed afterwards', async () => {
    const { path, token } = link()
    expect(path).toBe('/set-up')
    expect(token).toMatch(/^[\w-]{43}$/)
    const client = server.anonymous()
    expect((await client.get('/api/v1/set-up')).json).toMatchObject({ needed: true, simulated: true })
    const answer = await client.post('/api/v1/set-up', { ...first, token })
    expect(answer).toMatchObject({ status: 201, json: { user: { username: 'louis', role: 'admin' } } })
    expect((await client.get('/api/v1/me')).json).toMatchObject({ username: 'louis' })
    expect((await client.get('/api/v1/set-up')).json).toMatchObject({ needed: false })
    const again = await server
      .anonymous()
      .post('/api/v1/set-up', { username: 'bill', password: testPassword, token })
    expect([again.status, codeOf(again)]).toEqual([403, 'set-up-closed'])
    await server.restart()
    expect(server.setUpUrl).toBeNull()
  })

  test('needs the token that was printed', async () => {
    const answer = await server.anonymous().post('/api/v1/set-up', { ...first, token: 'guess' })
    expect([answer.status, codeOf(answer)]).toEqual([403, 'set-up-closed'])
    expect((await server.anonymous().get('/api/v1/set-up')).json).toMatchObject({ needed: true })
  })

  test('makes one admin when two people use it at once', async () => {
    const { token } = link()
    const answers = await Promise.all(
      ['louis', 'bill', 'zoey'].map(username =>
        server.anonymous().post('/api/v1/set-up', { ...first, username, token }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 403, 403])
    expect(await rows(db => db.selectFrom('users').select('role').execute())).toEqual([{ role: 'admin' }])
  })
})

test('production has no set-up link', async () => {
  await using production = await startTestServer({ config: { hostDriver: 'systemd' } })
  expect(production.setUpUrl).toBeNull()
  expect((await production.anonymous().get('/api/v1/set-up')).json).toMatchObject({ needed: false })
  const body = { username: 'louis', password: testPassword, token: 'x' }
  expect(codeOf(await production.anonymous().post('/api/v1/set-up', body))).toBe('set-up-closed')
})

describe('logging in', () => {
  test('gives a cookie that scripts can’t read and other sites can’t send', async () => {
    await server.client('zoey')
    const response = await fetch(`${server.url}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(credentials('ZOEY')),
    })
    expect(await response.json()).toMatchObject({ user: { username: 'zoey' }, expiresAt: expect.any(String) })
    expect(response.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^left4me_session=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Lax$/),
    ])
  })

  test('marks the cookie as secure where that is configured', async () => {
    await using secure = await startTestServer({ environment: { SESSION_COOKIE_SECURE: '1' } })
    await secure.client('zoey')
    const answer = await secure.anonymous().post('/api/v1/session', credentials('zoey'))
    expect(answer.headers.getSetCookie()[0]).toMatch(/; Secure/)
  })

  test('tells nobody whether the name or the password was wrong', async () => {
    await server.client('zoey')
    const wrong = await server.anonymous().post('/api/v1/session', credentials('zoey', 'not the password'))
    const unknown = await server
      .anonymous()
      .post('/api/v1/session', credentials('nobody', 'not the password'))
    expect([wrong.status, codeOf(wrong)]).toEqual([401, 'wrong-credentials'])
    expect(unknown.text).toBe(wrong.text)
    expect(wrong.headers.getSetCookie()).toEqual([])
  })

  test('is limited, and says when to try again', async () => {
    await server.client('zoey')
    const fail = () => server.anonymous().post('/api/v1/session', credentials('bill', 'not the password'))
    for (let attempt = 0; attempt < 5; attempt += 1) expect(codeOf(await fail())).toBe('wrong-credentials')
    // The first wait is a second, which a slow machine takes to verify a password; each further one is longer.
    let answer = await fail()
    for (let attempt = 0; attempt < 8 && answer.status === 401; attempt += 1) answer = await fail()
    expect([answer.status, codeOf(answer)]).toEqual([429, 'too-many-requests'])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await server.anonymous().post('/api/v1/session', credentials('zoey'))).status).toBe(200)
  })

  test('keeps neither password, nor token, nor cookie in database or log', async () => {
    const zoey = await server.client('zoey')
    const { token } = (await zoey.post('/api/v1/me/tokens', { name: 'script' })).json as { token: string }
    await server.anonymous().post('/api/v1/session', credentials('zoey', 'not the password'))
    const everything = await rows(async db =>
      JSON.stringify(
        await Promise.all(
          (['users', 'sessions', 'api_tokens', 'audit', 'login_failures'] as const).map(table =>
            db.selectFrom(table).selectAll().execute(),
          ),
        ),
      ),
    )
    const cookie = zoey.cookie?.split('=')[1] ?? ''
    expect(cookie).toHaveLength(43)
    for (const secret of [testPassword, 'not the password', token, cookie]) {
      expect(everything).not.toContain(secret)
      expect(JSON.stringify(server.logEntries)).not.toContain(secret)
    }
  })

  test('renews a hash that was made with older parameters', async () => {
    const zoey = await server.client('zoey')
    await rows(async db => {
      const options = {
        message: testPassword,
        nonce: Buffer.from('somesalt'),
        parallelism: 1,
        tagLength: 32,
        memory: 64,
        passes: 1,
      }
      const hash = argon2Sync('argon2id', options).toString('base64').replace('=', '')
      await db
        .updateTable('users')
        .set({ password_hash: `$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$${hash}` })
        .execute()
    })
    expect((await zoey.post('/api/v1/session', credentials('zoey'))).status).toBe(200)
    const [row] = await rows(db => db.selectFrom('users').select('password_hash').execute())
    expect(row?.password_hash).toMatch(/m=19456,t=2,p=1/)
    expect((await zoey.post('/api/v1/session', credentials('zoey'))).status).toBe(200)
  })
})

describe('a session', () => {
  test('lasts beyond a restart of the web application', async () => {
    const zoey = await server.client('zoey')
    await server.restart()
    const client = server.anonymous(zoey.authorisation)
    expect((await client.get('/api/v1/session')).json).toMatchObject({ user: { username: 'zoey' } })
  })

  test('ends by logging out, also for a copy of the cookie', async () => {
    const zoey = await server.client('zoey')
    const copy = server.anonymous(zoey.authorisation)
    expect((await copy.get('/api/v1/me')).status).toBe(200)
    expect((await zoey.delete('/api/v1/session')).status).toBe(204)
    expect(zoey.cookie).toBeNull()
    expect(codeOf(await copy.get('/api/v1/me'))).toBe('not-signed-in')
  })

  test('that was not used for two weeks is over', async () => {
    const zoey = await server.client('zoey')
    await rows(db =>
      db
        .updateTable('sessions')
        .set({ expires_at: Date.now() - 1 })
        .execute(),
    )
    expect(codeOf(await zoey.get('/api/v1/me'))).toBe('not-signed-in')
  })

  test('is prolonged by use, but not beyond ninety days after the log-in', async () => {
    const zoey = await server.client('zoey')
    const day = 86_400_000
    const now = Date.now()
    await rows(db =>
      db
        .updateTable('sessions')
        .set({ last_used_at: now - day, expires_at: now + day })
        .execute(),
    )
    await zoey.get('/api/v1/me')
    const [prolonged] = await rows(db => db.selectFrom('sessions').select('expires_at').execute())
    expect(prolonged?.expires_at).toBeGreaterThan(now + 13 * day)
    await rows(db =>
      db
        .updateTable('sessions')
        .set({ created_at: now - 89 * day, last_used_at: now - day })
        .execute(),
    )
    await zoey.get('/api/v1/me')
    const [last] = await rows(db => db.selectFrom('sessions').select(['expires_at', 'created_at']).execute())
    expect(last?.expires_at).toBe((last?.created_at ?? 0) + 90 * day)
  })

  test.each([
    '',
    'x',
    'left4me_session=',
    `left4me_session=${'x'.repeat(5000)}`,
    'left4me_session=%00; left4me_session=a',
  ])('is not made up from the cookie %j', async cookie => {
    expect(codeOf(await server.anonymous({ cookie }).get('/api/v1/me'))).toBe('not-signed-in')
  })

  test('of another installation, with another secret key, is worth nothing', async () => {
    const zoey = await server.client('zoey')
    await using other = await startTestServer()
    expect(codeOf(await new TestClient(other.url, zoey.authorisation).get('/api/v1/me'))).toBe(
      'not-signed-in',
    )
  })
})

describe('one’s own account', () => {
  test('gets a new password by the present one; other sessions end, this one stays', async () => {
    const zoey = await server.client('zoey')
    const other = server.anonymous()
    await other.post('/api/v1/session', credentials('zoey'))
    const wrong = await zoey.patch('/api/v1/me', { currentPassword: 'wrong', newPassword: 'a new password' })
    expect(wrong.json).toMatchObject({ code: 'wrong-credentials', errors: [{ path: '/currentPassword' }] })
    const right = await zoey.patch('/api/v1/me', {
      currentPassword: testPassword,
      newPassword: 'a new password',
    })
    expect(right.status).toBe(200)
    expect((await zoey.get('/api/v1/me')).status).toBe(200)
    expect((await other.get('/api/v1/me')).status).toBe(401)
    expect((await server.anonymous().post('/api/v1/session', credentials('zoey'))).status).toBe(401)
    expect(
      (await server.anonymous().post('/api/v1/session', credentials('zoey', 'a new password'))).status,
    ).toBe(200)
  })

  test('has API tokens that are shown once, work alone, and can be revoked', async () => {
    const zoey = await server.client('zoey')
    const bill = await server.client('bill')
    const created = await zoey.post('/api/v1/me/tokens', { name: 'script' })
    const { token, apiToken } = created.json as { token: string; apiToken: { id: number } }
    expect(token).toMatch(/^left4me_[\w-]{43}$/)
    const script = server.anonymous({ authorization: `Bearer ${token}` })
    expect((await script.get('/api/v1/me')).json).toMatchObject({ username: 'zoey' })
    const list = await zoey.get('/api/v1/me/tokens')
    expect(list.json).toMatchObject({
      items: [{ name: 'script', lastUsedAt: expect.any(String) }],
      nextCursor: null,
    })
    expect(list.text).not.toContain(token)
    expect((await bill.delete(`/api/v1/me/tokens/${apiToken.id}`)).status).toBe(404)
    expect((await script.get('/api/v1/me')).status).toBe(200)
    expect((await zoey.delete(`/api/v1/me/tokens/${apiToken.id}`)).status).toBe(204)
    expect((await script.get('/api/v1/me')).status).toBe(401)
  })
})

describe('users', () => {
  test('are made, listed by pages, changed and deleted by an admin', async () => {
    const louis = await server.client('louis', 'admin')
    const made = await louis.post('/api/v1/users', credentials('zoey'))
    expect(made).toMatchObject({ status: 201, json: { username: 'zoey', role: 'user', lastSeenAt: null } })
    expect((await louis.post('/api/v1/users', credentials('ZOEY'))).json).toMatchObject({
      code: 'name-taken',
      errors: [{ path: '/username' }],
    })
    await louis.post('/api/v1/users', { ...credentials('bill'), role: 'admin' })
    const first = (await louis.get('/api/v1/users?limit=2')).json as {
      items: { username: string }[]
      nextCursor: string
    }
    const second = (await louis.get(`/api/v1/users?limit=2&cursor=${first.nextCursor}`)).json
    expect(first.items.map(({ username }) => username)).toEqual(['louis', 'zoey'])
    expect(second).toMatchObject({ items: [{ username: 'bill', role: 'admin' }], nextCursor: null })
    const zoey = server.anonymous()
    await zoey.post('/api/v1/session', credentials('zoey'))
    await louis.patch(`/api/v1/users/${idOf(made)}`, { role: 'admin' })
    expect((await zoey.get('/api/v1/me')).status, 'a change of role ends sessions').toBe(401)
    expect((await louis.delete(`/api/v1/users/${idOf(made)}`)).status).toBe(204)
    expect((await louis.get(`/api/v1/users/${idOf(made)}`)).status).toBe(404)
  })

  test('always have an admin among them, also when two admins demote each other at once', async () => {
    const louis = await server.client('louis', 'admin')
    const refused = await louis.delete(`/api/v1/users/${louis.userId}`)
    expect([refused.status, codeOf(refused)]).toEqual([409, 'last-admin'])
    expect(codeOf(await louis.patch(`/api/v1/users/${louis.userId}`, { role: 'user' }))).toBe('last-admin')
    const bill = await server.client('bill', 'admin')
    await Promise.all([
      louis.patch(`/api/v1/users/${bill.userId}`, { role: 'user' }),
      bill.patch(`/api/v1/users/${louis.userId}`, { role: 'user' }),
    ])
    const admins = await rows(db => db.selectFrom('users').select('id').where('role', '=', 'admin').execute())
    expect(admins).toHaveLength(1)
  })

  test('who own servers can’t be deleted, and the answer names them', async () => {
    const louis = await server.client('louis', 'admin')
    const zoey = await server.client('zoey')
    await rows(db =>
      db
        .insertInto('servers')
        .values({
          owner_id: zoey.userId,
          name: 'Friday',
          port: 27015,
          arguments: '[]',
          config: '[]',
          rcon_password: 'x',
          wanted: 'stopped',
          created_at: 1,
          updated_at: 1,
        })
        .execute(),
    )
    const answer = await louis.delete(`/api/v1/users/${zoey.userId}`)
    expect(answer.json).toMatchObject({
      code: 'in-use',
      detail: 'zoey still has the server 1 (Friday). Delete that first.',
    })
    expect((await zoey.get('/api/v1/me')).status).toBe(200)
  })

  test('are logged out by a password that the command line sets', async () => {
    const zoey = await server.client('zoey')
    await setPassword(server.config, { username: 'zoey', password: 'a new password' })
    expect((await zoey.get('/api/v1/me')).status).toBe(401)
    expect((await zoey.post('/api/v1/session', credentials('zoey', 'a new password'))).status).toBe(200)
    await expect(
      setPassword(server.config, { username: 'nobody', password: testPassword }),
    ).rejects.toMatchObject({
      code: 'account-refused',
      message: 'There is no user nobody.',
    })
  })
})

test('the audit says who did what to what, newest first, and outlives who did it', async () => {
  const louis = await server.client('louis', 'admin')
  const made = await louis.post('/api/v1/users', credentials('zoey'))
  const zoey = server.anonymous()
  await zoey.post('/api/v1/session', credentials('zoey'))
  await zoey.post('/api/v1/me/tokens', { name: 'script' })
  await zoey.post('/api/v1/servers', { name: 'refused in this test' })
  await louis.delete(`/api/v1/users/${idOf(made)}`)
  const answer = await louis.get('/api/v1/audit')
  const items = (
    answer.json as { items: { username: string; action: string; target: string; detail: string | null }[] }
  ).items
  expect(items.map(({ username, action, target, detail }) => [username, action, target, detail])).toEqual([
    ['louis', 'user.delete', 'user:2', 'zoey'],
    ['zoey', 'token.create', 'token:1', 'script'],
    ['zoey', 'session.log-in', 'user:2', null],
    ['louis', 'user.create', 'user:2', 'zoey, user'],
    ['louis', 'session.log-in', 'user:1', null],
    [null, 'user.create', 'user:1', 'on the command line'],
  ])
  const page = (await louis.get('/api/v1/audit?limit=2')).json as { nextCursor: string }
  expect((await louis.get(`/api/v1/audit?limit=2&cursor=${page.nextCursor}`)).json).toMatchObject({
    items: [{ action: 'session.log-in' }, { action: 'user.create' }],
  })
})

test('metrics are for machines: an admin’s token, and no cookie', async () => {
  const louis = await server.client('louis', 'admin')
  const zoey = await server.client('zoey')
  server.domain.put(1, zoey.userId, { state: 'running', players: 3 })
  const tokenOf = async (client: TestClient) =>
    ((await client.post('/api/v1/me/tokens', { name: 'prometheus' })).json as { token: string }).token
  const ask = (token: string) => server.anonymous({ authorization: `Bearer ${token}` }).get('/metrics')
  expect((await server.anonymous().get('/metrics')).status).toBe(401)
  expect((await louis.get('/metrics')).status).toBe(403)
  expect((await ask(await tokenOf(zoey))).status).toBe(403)
  const answer = await ask(await tokenOf(louis))
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  expect(answer.text).toContain('left4me_servers{state="running"} 1')
  expect(answer.text).toContain('left4me_players 3')
  expect(answer.text).toContain('left4me_jobs{state="queued"} 0')
  expect(answer.text).toMatch(/left4me_http_request_duration_seconds_count\{route="metrics",status="403"\} 2/)
})
