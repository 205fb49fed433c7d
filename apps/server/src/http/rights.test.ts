import {
  type Access,
  type Caller,
  callers,
  type Job,
  pathOf,
  type RouteDefinition,
  type RouteName,
  rights,
  routes,
  type Server,
} from '@left4me/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../db/open-database.ts'
import { ProductBed } from '../testing/product-bed.ts'
import { TestClient } from '../testing/test-client.ts'

const password = 'correct horse battery staple'
/** What the table refuses with; any other problem comes from beyond the rights. */
const refusals = ['not-signed-in', 'not-allowed', 'not-found']
/** What a caller who may call meets all the same in this test: nothing runs, and the set-up is over. */
const beyondRights = [
  'action-not-allowed',
  'not-installed',
  'not-cancellable',
  'set-up-closed',
  'wrong-credentials',
]

let bed: ProductBed
let clients: Record<Caller, TestClient>
let ownerId = 0
let things: Things
let number = 0

interface Things {
  server: number
  blueprint: number
  overlay: number
  job: number
  user: number
  token: number
}

interface Input {
  params?: Record<string, number>
  query?: Record<string, string | number>
  body?: unknown
}

/** A sound request for every route that takes something. */
function inputOf(name: RouteName): Input {
  const { server, blueprint, overlay, job, user, token } = things
  const noun = /^\/api\/v1\/(?:me\/)?(\w+)\/\{id\}/.exec(routes[name].path)?.[1]
  const ids: Record<string, number> = {
    servers: server,
    blueprints: blueprint,
    overlays: overlay,
    jobs: job,
    users: user,
    tokens: token,
  }
  const params: Record<string, number> = noun === undefined ? {} : { id: ids[noun] ?? 0 }
  if (routes[name].path.includes('{userId}')) params['userId'] = 2
  const fresh = `fresh ${++number}`
  const bodies: Partial<Record<RouteName, unknown>> = {
    setUp: { token: 'x', username: 'new', password },
    logIn: { username: 'nobody', password },
    createUser: { username: `user${number}`, password },
    changeUser: { password },
    changeMyPassword: { currentPassword: password, newPassword: password },
    createMyToken: { name: fresh },
    createServer: { name: fresh },
    changeServer: { name: fresh },
    cloneServer: { name: fresh },
    runCommand: { command: 'status' },
    kickPlayer: {},
    banPlayer: { minutes: 5 },
    createBlueprint: { name: fresh },
    changeBlueprint: { name: fresh },
    createOverlay: { name: fresh, kind: 'upload' },
    changeOverlay: { name: fresh },
    putOverlayFile: 'sv_cheats 0',
  }
  const query = routes[name].path.endsWith('/files/content') ? { path: 'left4dead2/cfg/server.cfg' } : {}
  return { params, query, body: bodies[name] }
}

async function call(client: TestClient, name: RouteName): Promise<{ status: number; code: string | null }> {
  const route: RouteDefinition = routes[name]
  const { params = {}, query = {}, body } = inputOf(name)
  const response = await fetch(client.url + pathOf(name, params, query), {
    method: route.method,
    headers: {
      ...client.authorisation,
      ...(body === undefined ? {} : { 'content-type': route.bodyType ?? 'application/json' }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
    await response.body?.cancel()
    return { status: response.status, code: null }
  }
  const text = await response.text()
  const json = text.startsWith('{') ? (JSON.parse(text) as { code?: string; job?: Job }) : {}
  if (json.job) await bed.ended(bed.admin, json.job.id)
  return { status: response.status, code: response.ok ? null : (json.code ?? text) }
}

/** Makes what an allowed call has taken away. */
async function restore(caller: Caller): Promise<void> {
  const owner = clients.owner
  const exists = async (path: string) => (await clients.admin.get(path)).status === 200
  const make = async (path: string, body: unknown) =>
    ((await owner.post(path, body)).json as { id: number }).id
  const fresh = `thing ${++number}`
  if (!(await exists(`/api/v1/servers/${things.server}`)))
    things.server = await make('/api/v1/servers', { name: fresh })
  if (!(await exists(`/api/v1/blueprints/${things.blueprint}`))) {
    things.blueprint = await make('/api/v1/blueprints', { name: fresh })
  }
  if (!(await exists(`/api/v1/overlays/${things.overlay}`))) {
    things.overlay = await make('/api/v1/overlays', { name: fresh, kind: 'upload' })
  }
  await owner.call(
    'PUT',
    pathOf('putOverlayFile', { id: things.overlay }, { path: 'left4dead2/cfg/server.cfg' }),
    'x',
    {
      'content-type': 'application/octet-stream',
    },
  )
  if (!(await exists(`/api/v1/users/${things.user}`))) {
    const made = await clients.admin.post('/api/v1/users', { username: `victim${number}`, password })
    things.user = (made.json as { id: number }).id
  }
  const token = await clients[caller].post('/api/v1/me/tokens', { name: fresh })
  things.token = (token.json as { apiToken?: { id: number } }).apiToken?.id ?? 1
}

async function share(shared: boolean): Promise<void> {
  await clients.owner.patch(`/api/v1/blueprints/${things.blueprint}`, { shared })
  await clients.owner.patch(`/api/v1/overlays/${things.overlay}`, { shared })
}

async function clientOf(username: string, role: 'user' | 'admin'): Promise<TestClient & { userId: number }> {
  const { body } = await bed.admin.send<{ id: number }>('POST', '/api/v1/users', { username, password, role })
  const browser = new TestClient(bed.url)
  await browser.post('/api/v1/session', { username, password })
  const { token } = (await browser.post('/api/v1/me/tokens', { name: 'test' })).json as { token: string }
  return Object.assign(new TestClient(bed.url, { authorization: `Bearer ${token}` }), { userId: body.id })
}

beforeAll(async () => {
  bed = await ProductBed.open({ ports: 90 })
  const owner = await clientOf('owner', 'user')
  ownerId = owner.userId
  clients = {
    anonymous: new TestClient(bed.url),
    otherUser: await clientOf('other', 'user'),
    owner,
    admin: await clientOf('chief', 'admin'),
  }
  things = { server: 0, blueprint: 0, overlay: 0, job: 0, user: 0, token: 0 }
  const db = await openDatabase(bed.config.databasePath)
  const { id } = await db
    .insertInto('jobs')
    .values({
      kind: 'server-stop',
      title: 'Stop',
      input: '{}',
      locks: '[]',
      state: 'succeeded',
      progress: 1,
      attempt: 1,
      cancel_requested: 0,
      owner_id: ownerId,
      created_at: 1,
      finished_at: 2,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  await db.destroy()
  things.job = id
})
afterAll(() => bed[Symbol.asyncDispose]())

// The installation last: once it is there, a start would begin a game server.
const names = (Object.keys(routes) as RouteName[]).sort(
  (one, other) => Number(one === 'updateInstallation') - Number(other === 'updateInstallation'),
)

describe('every route answers each caller as the one rights table says', {
  shuffle: false,
}, () => {
  for (const name of names) {
    const access: Access = routes[name].access
    test(`${name} (${access})`, async () => {
      for (const caller of callers) {
        await restore(caller)
        const { status, code } = await call(clients[caller], name)
        const right = rights[access][caller]
        const said = `${caller} got ${status} ${code}`
        if (right !== 'allow') expect(code, said).toBe(right)
        else if (status >= 300) {
          expect(refusals, said).not.toContain(code)
          expect(beyondRights, said).toContain(code)
        }
      }
    })
  }
})

describe('what is shared', { shuffle: false }, () => {
  test('can be read by everybody who is signed in, and still only be changed by its owner', async () => {
    await restore('owner')
    await share(true)
    try {
      for (const name of names) {
        const { access, path } = routes[name]
        if (!path.includes('/blueprints/{id}') && !path.includes('/overlays/{id}')) continue
        const stranger = await call(clients.otherUser, name)
        expect(stranger.code, name).toBe(access === 'reader' ? null : 'not-found')
        expect((await call(clients.anonymous, name)).code, name).toBe('not-signed-in')
      }
    } finally {
      await share(false)
    }
  })
})

test('a list shows a user their own, and an admin everything', async () => {
  await restore('owner')
  const idsFor = async (caller: Caller, path: string) => {
    const { items } = (await clients[caller].get(path)).json as {
      items: { id: number; ownerId: number | null }[]
    }
    return items
  }
  for (const path of ['/api/v1/servers?limit=200', '/api/v1/jobs?limit=200']) {
    const mine = await idsFor('owner', path)
    expect(mine.length).toBeGreaterThan(0)
    expect(mine.every(item => item.ownerId === ownerId)).toBe(true)
    const strangers = await idsFor('otherUser', path)
    expect(strangers.some(item => item.ownerId === ownerId)).toBe(false)
    const everything = await idsFor('admin', path)
    const known = new Set(everything.map(({ id }) => id))
    expect(mine.every(({ id }) => known.has(id))).toBe(true)
  }
  const present = (await clients.admin.get(`/api/v1/servers/${things.server}`)).json as Server
  expect(present.ownerId).toBe(ownerId)
})
