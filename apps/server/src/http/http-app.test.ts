import { rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestClient } from '../testing/test-client.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

const script = `console.log(${JSON.stringify('a long script '.repeat(100))})`
let server: TestServer
let admin: TestClient & { userId: number }
let zoey: TestClient & { userId: number }
const created: unknown[] = []

beforeAll(async () => {
  server = await startTestServer({
    webFiles: {
      'index.html':
        '<!doctype html><script>setTheme()</script><script type="module" src="/assets/app-1a2b3c4d.js"></script>',
      'assets/app-1a2b3c4d.js': script,
      'favicon.svg': '<svg/>',
    },
    endpoints: {
      async listServers() {
        const secret = { rcon_password: 'secret' }
        return {
          items: [...server.domain.servers.values()].map(item => ({ ...item, ...secret })),
          nextCursor: null,
        }
      },
      async createServer({ body }) {
        created.push(body)
        return server.domain.put(1, 1, { name: body.name })
      },
      getServer() {
        throw new TypeError('secret of the implementation')
      },
      async putOverlayFile({ request }) {
        let size = 0
        for await (const chunk of request.raw) size += (chunk as Buffer).length
        return { path: 'a', size }
      },
    },
  })
  server.domain.overlays.set(1, { ownerId: null, shared: false })
  admin = await server.client('louis', 'admin')
  zoey = await server.client('zoey')
})
afterAll(() => server[Symbol.asyncDispose]())

function expectProblem(
  answer: { status: number; headers: Headers; json: unknown },
  status: number,
  code: string,
) {
  expect(answer.json).toMatchObject({
    status,
    code,
    type: `urn:left4me:problem:${code}`,
    title: expect.any(String),
  })
  expect(answer.status).toBe(status)
  expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
}

describe('bad input', () => {
  test('is refused with every fault named, and reaches no feature', async () => {
    const before = created.length
    const answer = await zoey.post('/api/v1/servers', {
      name: 'line\nbreak',
      port: 70_000,
      overlayIds: [1, 1],
      arguments: ['+map', 'a b'],
      config: 'sv_cheats 0',
      nmae: 'x',
    })
    expectProblem(answer, 400, 'invalid-input')
    expect(answer.json).toMatchObject({
      errors: [
        {
          path: '/nmae',
          message:
            'Is not known. Known are name, blueprintId, port, overlayIds, arguments, config, startAtBoot, publicPage, updatePolicy.',
        },
        {
          path: '/name',
          message: 'Must be one line without control characters, and without blanks at its ends.',
        },
        { path: '/port', message: 'Must be at most 65535.' },
        { path: '/overlayIds', message: 'Must not name the same one twice.' },
        {
          path: '/arguments/1',
          message: expect.stringMatching(/^Must be of this form: One launch argument/),
        },
        { path: '/config', message: 'Must be a list.' },
      ],
    })
    expect(created).toHaveLength(before)
  })

  test.each<[string, unknown, string, string]>([
    ['a missing member', {}, '/name', 'Is missing.'],
    ['a number where text is wanted', { name: 7 }, '/name', 'Must be text.'],
    ['text where a number is wanted', { name: 'a', port: '27015' }, '/port', 'Must be a whole number.'],
    ['a number beyond all', { name: 'a', port: 1e300 }, '/port', 'Must be at most 65535.'],
    ['a broken number', { name: 'a', port: 27015.5 }, '/port', 'Must be a whole number.'],
    ['null', { name: null }, '/name', 'Must be text.'],
    ['empty text', { name: '' }, '/name', 'Must not be empty.'],
    ['too long a text', { name: 'x'.repeat(65) }, '/name', 'Must have at most 64 characters.'],
    ['a list for the body', [], '', 'Must be an object.'],
    [
      'too many entries',
      { name: 'a', arguments: Array(65).fill('x') },
      '/arguments',
      'Must have at most 64 entries.',
    ],
    ['an id below one', { name: 'a', blueprintId: 0 }, '/blueprintId', 'Must be at least 1.'],
    ['an argument with a quote', { name: 'a', arguments: ['"x"'] }, '/arguments/0', 'Must be of this form'],
    ['an argument with NUL', { name: 'a', arguments: ['x\u0000'] }, '/arguments/0', 'Must be of this form'],
    ['a member with a strange name', { name: 'a', 'x/y~\u202e': 1 }, '/x~1y~0�', 'Is not known.'],
  ])('%s is named', async (_, body, path, message) => {
    const answer = await zoey.post('/api/v1/servers', body)
    expectProblem(answer, 400, 'invalid-input')
    expect(answer.json).toMatchObject({ errors: [{ path, message: expect.stringContaining(message) }] })
  })

  test.each([
    ['/api/v1/jobs?limit=x', '/limit', 'Must be a whole number.'],
    ['/api/v1/jobs?limit=0x10', '/limit', 'Must be a whole number.'],
    ['/api/v1/jobs?limit=1&limit=2', '/limit', 'Must be a whole number.'],
    ['/api/v1/jobs?limit=201', '/limit', 'Must be at most 200.'],
    ['/api/v1/jobs?state=done', '/state', 'Must be one of queued, running, succeeded, failed, cancelled.'],
    ['/api/v1/jobs?cursor=DROP', '/cursor', 'Must be the nextCursor of the page before.'],
    ['/api/v1/jobs?page=2', '/page', 'Is not known. Known are cursor, limit, state, serverId, overlayId.'],
    ['/api/v1/jobs/one', '/id', 'Must be a whole number.'],
    ['/api/v1/jobs/99999999999999999999', '/id', 'Must be a whole number.'],
  ])('in the address %s is named', async (path, field, message) => {
    const answer = await zoey.get(path)
    expectProblem(answer, 400, 'invalid-input')
    expect(answer.json).toMatchObject({ errors: [{ path: field, message }] })
  })

  test.each([
    ['cut off', '{"name":'],
    ['with a member that changes prototypes', '{"name":"a","__proto__":{"role":"admin"}}'],
    ['with a constructor that does', '{"constructor":{"prototype":{"role":"admin"}}}'],
    ['not JSON', 'name=a'],
  ])('a body that is %s is not JSON for us', async (_, body) => {
    expectProblem(await zoey.post('/api/v1/servers', body), 400, 'invalid-input')
    expect(({} as { role?: string }).role).toBeUndefined()
  })

  test('a body that nobody asked for is refused by name, and an empty one is none', async () => {
    const answer = await zoey.post('/api/v1/jobs/1/cancel', { force: true })
    expectProblem(answer, 404, 'not-found')
    const logOut = await server
      .anonymous(zoey.authorisation)
      .call('DELETE', '/api/v1/session', { force: true })
    expect(logOut.json).toMatchObject({
      errors: [{ path: '/force', message: 'Is not known; none is taken here.' }],
    })
    const empty = await zoey.post('/api/v1/jobs/1/cancel', '')
    expectProblem(empty, 404, 'not-found')
  })

  test('a body beyond the limit is refused, by its length and also when that was not told', async () => {
    const body = JSON.stringify({ name: 'x'.repeat(300_000) })
    expectProblem(await zoey.post('/api/v1/servers', body), 413, 'body-too-large')
    const response = await fetch(`${server.url}/api/v1/servers`, {
      method: 'POST',
      headers: { ...zoey.authorisation, 'content-type': 'application/json' },
      body: new Blob([body]).stream(),
      duplex: 'half',
    })
    expect(response.status).toBe(413)
  })

  test('another media type is refused', async () => {
    const answer = await zoey.post('/api/v1/servers', 'name: a', { 'content-type': 'text/yaml' })
    expectProblem(answer, 415, 'unsupported-media-type')
  })

  test('of any shape is answered with 201 or with a problem that names a fault, never with an internal error', async () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      fc.record({ name: fc.anything({ withNullPrototype: false }), port: fc.jsonValue() }),
      fc.dictionary(
        fc.constantFrom('name', 'port', '__proto__', 'constructor', 'toString', 'overlayIds'),
        fc.jsonValue(),
      ),
    )
    await fc.assert(
      fc.asyncProperty(anything, async body => {
        const text = JSON.stringify(body) ?? 'null'
        const answer = await zoey.post('/api/v1/servers', text)
        expect([201, 400]).toContain(answer.status)
        if (answer.status === 201) {
          expect(String((answer.json as { name: string }).name)).not.toMatch(/[\u0000-\u001f\u007f]/)
        } else expect((answer.json as { detail: string }).detail).not.toBe('')
      }),
      { numRuns: 150 },
    )
  })
})

describe('a raw body', () => {
  test('reaches the feature as a stream, beyond the limit of JSON bodies', async () => {
    const answer = await admin.call('PUT', '/api/v1/overlays/1/files/content?path=a', 'x'.repeat(1_000_000), {
      'content-type': 'application/octet-stream',
    })
    expect(answer).toMatchObject({ status: 201, json: { path: 'a', size: 1_000_000 } })
  })

  test('that announces more than a file may have is refused unread', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write(
      `PUT /api/v1/overlays/1/files/content?path=a HTTP/1.1\r\nHost: localhost\r\nCookie: ${admin.cookie}\r\nContent-Length: 99999999999\r\n\r\n`,
    )
    let text = ''
    for await (const chunk of socket.setEncoding('utf8')) {
      text += chunk
      if (text.includes('}')) break
    }
    socket.destroy()
    expect(text).toMatch(/^HTTP\/1\.1 413 /)
    expect(text).toContain('A file may have at most 64 MiB')
  })
})

describe('an address', () => {
  test('that the API does not have is not found', async () => {
    expectProblem(await zoey.get('/api/v1/nothing'), 404, 'not-found')
    expectProblem(await zoey.get('/api/'), 404, 'not-found')
    expectProblem(await zoey.post('/servers'), 404, 'not-found')
  })

  test('with another method is told the ones that it takes', async () => {
    const answer = await zoey.call('PUT', '/api/v1/servers')
    expectProblem(answer, 405, 'method-not-allowed')
    expect(answer.headers.get('allow')).toBe('GET, POST')
    expectProblem(await zoey.call('OPTIONS', '/api/v1/servers/3'), 405, 'method-not-allowed')
  })

  test('that is badly encoded is bad input', async () => {
    expectProblem(await zoey.get('/api/v1/servers/%zz'), 400, 'invalid-input')
  })

  test('may be asked for its headers only', async () => {
    const answer = await server.anonymous().call('HEAD', '/health')
    expect(answer).toMatchObject({ status: 200, text: '' })
  })
})

describe('an answer', () => {
  test('never holds a member that the contract does not name', async () => {
    server.domain.put(1, zoey.userId)
    const answer = await zoey.get('/api/v1/servers')
    expect(answer.json).toEqual({ items: [server.domain.servers.get(1)], nextCursor: null })
    expect(answer.text).not.toContain('secret')
  })

  test('to an unexpected error tells nothing of it, but the log does', async () => {
    server.domain.put(1, zoey.userId)
    const answer = await zoey.get('/api/v1/servers/1')
    expectProblem(answer, 500, 'internal-error')
    expect(answer.text).not.toContain('secret')
    expect(JSON.stringify(server.logEntries)).toContain('secret of the implementation')
  })

  test('carries the security headers, whatever it is', async () => {
    for (const path of ['/', '/assets/app-1a2b3c4d.js', '/api/v1/servers', '/api/v1/nothing', '/health']) {
      const { headers } = await server.anonymous().get(path)
      expect(headers.get('content-security-policy'), path).toMatch(
        /^default-src 'none'; script-src 'self' 'sha256-/,
      )
      expect(headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('x-frame-options')).toBe('DENY')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
    }
  })

  test('of the API is not cached by anybody', async () => {
    expect((await zoey.get('/api/v1/me')).headers.get('cache-control')).toBe('no-store')
    expect((await zoey.get('/api/v1/nothing')).headers.get('cache-control')).toBe('no-store')
  })
})

describe('a request from another site', () => {
  test.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ origin: 'http://127.0.0.1:1' }],
  ])('that changes something is refused, by %j', async headers => {
    const before = created.length
    expectProblem(await zoey.post('/api/v1/servers', { name: 'a' }, headers), 403, 'origin-refused')
    expect(created).toHaveLength(before)
  })

  test('to log in is refused too: a victim could be logged in as the attacker', async () => {
    const headers = { origin: 'https://evil.example' }
    expectProblem(
      await server.anonymous().post('/api/v1/session', { username: 'zoey', password: 'x' }, headers),
      403,
      'origin-refused',
    )
  })

  test('passes when it is our own, when it only reads, and when it needs no cookie', async () => {
    const own = { origin: server.url, 'sec-fetch-site': 'same-origin' }
    expect((await zoey.post('/api/v1/servers', { name: 'a' }, own)).status).toBe(201)
    const behindTls = { origin: server.url.replace('http:', 'https:') }
    expect((await zoey.post('/api/v1/servers', { name: 'a' }, behindTls)).status).toBe(201)
    expect((await zoey.get('/api/v1/me', { origin: 'https://evil.example' })).status).toBe(200)
    const { json } = await zoey.post('/api/v1/me/tokens', { name: 'script' })
    const { token } = json as { token: string }
    const bearer = { authorization: `Bearer ${token}`, origin: 'https://evil.example' }
    expect((await server.anonymous(bearer).post('/api/v1/servers', { name: 'a' })).status).toBe(201)
  })

  test('does not get through with a made-up token beside the cookie', async () => {
    const headers = { authorization: 'Bearer nonsense', origin: 'https://evil.example' }
    expectProblem(await zoey.post('/api/v1/servers', { name: 'a' }, headers), 401, 'not-signed-in')
    const basic = { authorization: 'Basic eDp5', origin: 'https://evil.example' }
    expectProblem(await zoey.post('/api/v1/servers', { name: 'a' }, basic), 403, 'origin-refused')
  })

  test.each(['evil.example/"><script>', 'a b', '[::1', ''])('with the Host %j is refused', async host => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
    socket.write(`GET /health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    let text = ''
    for await (const chunk of socket.setEncoding('utf8')) text += chunk
    expect(text).toMatch(/^HTTP\/1\.1 400 /)
  })
})

test('what is not HTTP is answered with a problem and hung up on', async () => {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
  socket.write('\xff\xff\xff\xffTSource Engine Query\0\r\n\r\n')
  let text = ''
  for await (const chunk of socket.setEncoding('utf8')) text += chunk
  expect(text).toMatch(/^HTTP\/1\.1 400 /)
  expect(text).toContain('"code":"invalid-input"')
})

describe('the browser application', () => {
  const plain = { 'accept-encoding': 'identity' }

  test('is sent for every address that is its own', async () => {
    for (const path of ['/', '/servers/3', '/set-up', '/jobs?state=failed']) {
      const answer = await server.anonymous().get(path, plain)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
      expect(answer.headers.get('cache-control')).toBe('no-cache')
    }
  })

  test('has its built files cached for good and compressed as the browser likes', async () => {
    const port = Number(new URL(server.url).port)
    const socket = connect(port, '127.0.0.1')
    socket.write(
      'GET /assets/app-1a2b3c4d.js HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip, br;q=0\r\nConnection: close\r\n\r\n',
    )
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk as Buffer)
    const bytes = Buffer.concat(chunks)
    const head = bytes.subarray(0, bytes.indexOf('\r\n\r\n')).toString()
    expect(head).toMatch(/cache-control: public, max-age=31536000, immutable/)
    expect(head).toMatch(/content-encoding: gzip/)
    expect(gunzipSync(bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)).toString()).toBe(script)
    const brotli = await server.anonymous().get('/assets/app-1a2b3c4d.js', { 'accept-encoding': 'gzip, br' })
    expect(brotli.headers.get('content-encoding')).toBe('br')
    expect(brotli.text).toBe(script)
    expect((await server.anonymous().get('/assets/app-1a2b3c4d.js', plain)).text).toBe(script)
  })

  test('stays whole for those who have it open when it is built anew meanwhile', async () => {
    const assets = join(server.root, 'web/assets')
    const before = await server.anonymous().get('/', plain)
    rmSync(join(assets, 'app-1a2b3c4d.js'))
    writeFileSync(join(assets, 'app-5e6f7a8b.js'), 'new')
    writeFileSync(join(server.root, 'web/index.html'), '<script src="/assets/app-5e6f7a8b.js"></script>')
    try {
      expect((await server.anonymous().get('/assets/app-1a2b3c4d.js', plain)).text).toBe(script)
      expect((await server.anonymous().get('/', plain)).text).toBe(before.text)
      expect((await server.anonymous().get('/assets/app-5e6f7a8b.js', plain)).status).toBe(404)
    } finally {
      writeFileSync(join(assets, 'app-1a2b3c4d.js'), script)
      writeFileSync(join(server.root, 'web/index.html'), before.text)
    }
  })

  test('is not sent again when it has not changed', async () => {
    const first = await server.anonymous().get('/', plain)
    const again = await server
      .anonymous()
      .get('/', { ...plain, 'if-none-match': first.headers.get('etag') ?? '' })
    expect(again).toMatchObject({ status: 304, text: '' })
  })

  test.each(['/assets/old-9f9f9f9f.js', '/assets/../index.html', '/assets/%2e%2e/%2e%2e/data/secret.key'])(
    'gives nothing else away: %s',
    async path => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1')
      socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      let text = ''
      for await (const chunk of socket.setEncoding('utf8')) text += chunk
      expect(text).toMatch(/^HTTP\/1\.1 404 /)
    },
  )
})
