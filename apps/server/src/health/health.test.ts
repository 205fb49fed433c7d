import { afterEach, beforeEach, expect, test } from 'vitest'
import { MemoryHost } from '../testing/memory-host.ts'
import { type TemporaryDatabase, temporaryDatabase } from '../testing/temporary-database.ts'
import { startTestServer } from '../testing/test-server.ts'
import { HealthChecks, type HealthOptions } from './health.ts'

let database: TemporaryDatabase
beforeEach(async () => {
  database = await temporaryDatabase()
})
afterEach(() => database[Symbol.asyncDispose]())

function checks(change: Partial<HealthOptions> = {}): HealthChecks {
  return new HealthChecks({
    db: database.db,
    host: new MemoryHost(),
    jobs: { isRunning: true },
    root: database.folder,
    version: '1.2.3',
    revision: null,
    readOnly: { active: false },
    ...change,
  })
}

const failing = async (health: HealthChecks) => {
  const { status, checks } = await health.read()
  return [status, ...checks.filter(({ ok }) => !ok).map(({ name }) => name)]
}

test('health is ok when everything works', async () => {
  expect(await checks().read()).toEqual({
    status: 'ok',
    version: '1.2.3',
    revision: null,
    readOnly: false,
    checks: ['database', 'host', 'disk', 'jobs'].map(name => ({ name, ok: true, message: null })),
  })
})

test.each<[string, () => Partial<HealthOptions>]>([
  ['host', () => ({ host: Object.assign(new MemoryHost(), { unavailable: true }) })],
  ['jobs', () => ({ jobs: { isRunning: false } })],
  ['disk', () => ({ root: '/nowhere' })],
])('health fails when %s does, and says which', async (name, change) => {
  expect(await failing(checks(change()))).toEqual(['failing', name])
})

test('health fails when the database can’t be written to', async () => {
  const health = checks()
  await database.db.destroy()
  expect(await failing(health)).toEqual(['failing', 'database'])
  database = await temporaryDatabase()
})

test('health answers 503 over HTTP while the host is away, and 200 when it is back', async () => {
  await using server = await startTestServer()
  server.host.unavailable = true
  const down = await server.anonymous().get('/health')
  expect(down).toMatchObject({ status: 503, json: { status: 'failing' } })
  server.host.unavailable = false
  let up = down
  while (up.status !== 200) up = await server.anonymous().get('/health')
  expect(up.json).toMatchObject({ status: 'ok' })
})

test('health does not tell of a host that is away for a moment only', async () => {
  const host = new MemoryHost()
  let now = 0
  const health = checks({ host, now: () => now })
  const at = async (time: number, unavailable: boolean) => {
    now = time
    host.unavailable = unavailable
    return (await health.read()).status
  }
  expect(await at(0, false)).toBe('ok')
  expect(await at(10_000, true)).toBe('ok')
  expect(await at(20_000, true)).toBe('ok')
  expect(await at(26_000, true)).toBe('failing')
  expect(await at(30_000, false)).toBe('ok')
  expect(await at(40_000, true)).toBe('ok')
})
