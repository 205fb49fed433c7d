import {
  type Access,
  type Caller,
  callers,
  type Job,
  type OverlayRevision,
  type OverlayUpload,
  pathOf,
  type RouteDefinition,
  type RouteName,
  rights,
  routes,
  type Server,
} from '@left4me/contract'
import { packVpk } from '@left4me/simulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../db/open-database.ts'
import { ProductBed } from '../testing/product-bed.ts'
import { TestClient } from '../testing/test-client.ts'

const file = 'left4dead2/cfg/mine.cfg'
const pictureVpk = 'left4dead2/addons/picture.vpk'
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
  // Nothing here asks the real Steam.
  'download-failed',
]
/** Routes that find nothing here even for who may call them: there are no such pictures and no game files. */
const findNothing: readonly RouteName[] = ['getWorkshopPreview', 'getPublicPicture', 'rollBackInstallation']

const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0])
const vpkWithPicture = packVpk([{ path: 'addonimage.png', content: png }])

let bed: ProductBed
let clients: Record<Caller, TestClient>
let ownerId = 0
let things: Things
let number = 0

interface Things {
  server: number
  blueprint: number
  /** A layer of the server. */
  overlay: number
  /** One of its revisions that isn't the newest and that no server needs. */
  revision: number
  /** Another one, which nothing uses. */
  spareOverlay: number
  /** Of the overlay: one that has all its bytes, and one that lacks some. */
  wholeUpload: number
  upload: number
  received: number
  job: number
  user: number
  token: number
  /** A blueprint as text. */
  exported: string
}

interface Input {
  params?: Record<string, string | number>
  query?: Record<string, string | number>
  body?: unknown
}

/** A sound request for every route that takes something. */
function inputOf(name: RouteName): Input {
  const { server, blueprint, overlay, spareOverlay, revision, job, user, token } = things
  const noun = /^\/api\/v1\/(?:me\/|host\/|public\/)?(\w+)\/\{id\}/.exec(routes[name].path)?.[1]
  const ids: Record<string, number> = {
    servers: server,
    instances: server,
    blueprints: blueprint,
    overlays: name === 'deleteOverlay' ? spareOverlay : overlay,
    jobs: job,
    users: user,
    tokens: token,
  }
  const params: Record<string, string | number> = noun === undefined ? {} : { id: ids[noun] ?? 0 }
  const others = {
    userId: 2,
    overlayId: overlay,
    revision,
    uploadId: name === 'takeUpload' ? things.wholeUpload : things.upload,
    itemId: '1',
  }
  for (const [parameter, value] of Object.entries(others)) {
    if (routes[name].path.includes(`{${parameter}}`)) params[parameter] = value
  }
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
    createUpload: { name: 'notes.txt', size: 1 },
    sendUploadPart: 'x',
    takeUpload: { path: 'left4dead2/notes.txt' },
    changeServerLayer: { revision },
    putServerFile: 'sv_cheats 0',
    promoteServerFile: { path: file, overlayId: overlay },
    resolveWorkshop: { items: ['1'] },
    importBlueprint: { text: things.exported },
    rollBackInstallation: { revision: 1 },
  }
  const queries: Partial<Record<RouteName, Record<string, string | number>>> = {
    getRevisionPicture: { vpk: pictureVpk, path: 'addonimage.png' },
    sendUploadPart: { offset: things.received },
    getPublicPicture: { campaign: 'L4D2C1' },
  }
  const query = routes[name].path.endsWith('/files/content') ? { path: file } : (queries[name] ?? {})
  return { params, query, body: bodies[name] }
}

async function call(
  client: TestClient,
  name: RouteName,
): Promise<{ status: number; code: string | null; text: string }> {
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
    return { status: response.status, code: null, text: '' }
  }
  const text = await response.text()
  const json = text.startsWith('{') ? (JSON.parse(text) as { code?: string; job?: Job }) : {}
  if (json.job) await bed.ended(bed.admin, json.job.id)
  return { status: response.status, code: response.ok ? null : (json.code ?? text), text }
}

/** Makes what an allowed call has taken away. */
async function restore(caller: Caller): Promise<void> {
  const owner = clients.owner
  const exists = async (path: string) => (await clients.admin.get(path)).status === 200
  const make = async (path: string, body: unknown) =>
    ((await owner.post(path, body)).json as { id: number }).id
  const fresh = `thing ${++number}`
  const newOverlay = () => make('/api/v1/overlays', { name: fresh, kind: 'upload' })
  if (!(await exists(`/api/v1/overlays/${things.overlay}`))) things.overlay = await newOverlay()
  if (!(await exists(`/api/v1/overlays/${things.spareOverlay}`))) things.spareOverlay = await newOverlay()
  await restoreRevisions()
  await restoreUploads()
  if (!(await exists(`/api/v1/servers/${things.server}`))) {
    things.server = await make('/api/v1/servers', {
      name: fresh,
      overlayIds: [things.overlay],
      publicPage: true,
    })
  }
  // Nobody but the owner's calls may hold the revision that is to be deleted.
  await owner.patch(pathOf('changeServerLayer', { id: things.server, overlayId: things.overlay }), {
    revision: null,
  })
  await owner.call('PUT', pathOf('putServerFile', { id: things.server }, { path: file }), 'x', bytes)
  if (!(await exists(`/api/v1/blueprints/${things.blueprint}`))) {
    things.blueprint = await make('/api/v1/blueprints', { name: fresh })
    const text = await owner.get(pathOf('exportBlueprint', { id: things.blueprint }))
    things.exported = (text.json as { text?: string }).text ?? 'x'
  }
  if (!(await exists(`/api/v1/users/${things.user}`))) {
    const made = await clients.admin.post('/api/v1/users', { username: `victim${number}`, password })
    things.user = (made.json as { id: number }).id
  }
  const token = await clients[caller].post('/api/v1/me/tokens', { name: fresh })
  things.token = (token.json as { apiToken?: { id: number } }).apiToken?.id ?? 1
}

const bytes = { 'content-type': 'application/octet-stream' }

/** The newest, and one that can go; with a picture. */
async function restoreRevisions(): Promise<void> {
  const id = things.overlay
  const { owner } = clients
  const put = (path: string, content: string | Buffer) =>
    owner.call('PUT', pathOf('putOverlayFile', { id }, { path }), content, bytes)
  for (;;) {
    const { items } = (await owner.get(pathOf('listOverlayRevisions', { id }))).json as {
      items: OverlayRevision[]
    }
    // An admin's clone of the server stays on the revision that was the newest at that time.
    const free = items.find(item => !item.newest && item.usedBy.length === 0)
    things.revision = free?.revision ?? 0
    if (free !== undefined) return
    await put(file, `// ${++number}`)
    await put(pictureVpk, vpkWithPicture)
    const { job } = (await owner.post(pathOf('buildOverlay', { id }), {})).json as { job: Job }
    await bed.ended(bed.admin, job.id)
  }
}

async function restoreUploads(): Promise<void> {
  const id = things.overlay
  const { owner } = clients
  const list = async () =>
    ((await owner.get(pathOf('listUploads', { id }))).json as { items: OverlayUpload[] }).items
  for (const upload of await list()) {
    if (upload.id === things.wholeUpload || upload.id === things.upload) continue
    await owner.call('DELETE', pathOf('deleteUpload', { id, uploadId: upload.id }))
  }
  const begin = async (size: number): Promise<number> => {
    const upload = await owner.post(pathOf('createUpload', { id }), { name: 'a.txt', size })
    const { id: uploadId } = upload.json as OverlayUpload
    await owner.call('PUT', pathOf('sendUploadPart', { id, uploadId }, { offset: 0 }), 'x', bytes)
    return uploadId
  }
  const left = await list()
  if (!left.some(upload => upload.id === things.wholeUpload)) things.wholeUpload = await begin(1)
  if (!left.some(upload => upload.id === things.upload)) things.upload = await begin(1000)
  things.received = (await list()).find(upload => upload.id === things.upload)?.received ?? 0
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
  bed = await ProductBed.open({
    ports: 200,
    steamWebApiUrl: 'http://127.0.0.1:9',
    domain: { steam: { timeoutMs: 1000, attempts: 1, backoffMs: 1 } },
  })
  const owner = await clientOf('owner', 'user')
  ownerId = owner.userId
  clients = {
    anonymous: new TestClient(bed.url),
    otherUser: await clientOf('other', 'user'),
    owner,
    admin: await clientOf('chief', 'admin'),
  }
  things = {
    server: 0,
    blueprint: 0,
    overlay: 0,
    revision: 0,
    spareOverlay: 0,
    wholeUpload: 0,
    upload: 0,
    received: 0,
    job: 0,
    user: 0,
    token: 0,
    exported: '',
  }
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
        const { status, code, text } = await call(clients[caller], name)
        const right = rights[access][caller]
        const said = `${caller} got ${status} ${text}`
        if (right !== 'allow') expect(code, said).toBe(right)
        else if (status >= 300) {
          if (findNothing.includes(name) && code === 'not-found') continue
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
