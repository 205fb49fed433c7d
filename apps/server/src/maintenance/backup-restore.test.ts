import { existsSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { TestClient } from '../testing/test-client.ts'
import { startTestServer, type TestServer, testPassword } from '../testing/test-server.ts'
import { createUser } from './account-commands.ts'
import { backup } from './backup.ts'
import { migrate } from './migrate.ts'
import { restore } from './restore.ts'

let server: TestServer
let file: string
beforeEach(async () => {
  server = await startTestServer()
  file = join(server.root, 'backups/today.db')
})
afterEach(() => server[Symbol.asyncDispose]())

/** Runs while the web application is down. */
async function whileStopped(use: () => Promise<unknown>): Promise<void> {
  await server.stop()
  try {
    await use()
  } finally {
    await server.start()
  }
}

const dataFiles = () => readdirSync(join(server.root, 'data')).sort()
const names = (client: TestClient) =>
  client
    .get('/api/v1/users')
    .then(({ json }) => (json as { items: { username: string }[] }).items.map(({ username }) => username))

function edit(path: string, sql: string): void {
  using database = new DatabaseSync(path)
  database.exec(sql)
}

describe('a backup', () => {
  test('that is put back brings back what was there, and keeps what it replaced', async () => {
    await server.client('louis', 'admin')
    const manifest = backup(server.config, file)
    expect(manifest).toMatchObject({ format: 1, migrations: expect.arrayContaining(['0001-initial']) })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    await createUser(server.config, { username: 'later', password: testPassword, role: 'user' })

    await whileStopped(async () => {
      const { replaced, manifest: read } = await restore(server.config, file)
      expect(read).toEqual(manifest)
      using aside = new DatabaseSync(replaced ?? '', { readOnly: true })
      expect(aside.prepare('SELECT username FROM users ORDER BY id').all()).toMatchObject([
        { username: 'louis' },
        { username: 'later' },
      ])
    })
    const louis = new TestClient(server.url)
    await louis.post('/api/v1/session', { username: 'louis', password: testPassword })
    expect(await names(louis)).toEqual(['louis'])
    expect(dataFiles().filter(name => /restoring|left4me_backup/.test(name))).toEqual([])
  })

  test('is whole although the web application writes meanwhile', async () => {
    const louis = await server.client('louis', 'admin')
    let writing = true
    const writer = (async () => {
      for (let number = 1; writing; number += 1)
        await louis.post('/api/v1/me/tokens', { name: `token ${number}` }).catch(() => {})
    })()
    for (let round = 0; round < 5; round += 1) {
      await louis.get('/api/v1/me')
      backup(server.config, file)
      using copy = new DatabaseSync(file, { readOnly: true })
      expect(copy.prepare('PRAGMA integrity_check').get()).toMatchObject({ integrity_check: 'ok' })
    }
    writing = false
    await writer
  })

  test('logs everybody out when it is put back: a session that was ended since must not be good again', async () => {
    const zoey = await server.client('zoey')
    backup(server.config, file)
    const stolen = zoey.authorisation
    await zoey.delete('/api/v1/session')
    await whileStopped(() => restore(server.config, file))
    expect((await new TestClient(server.url, stolen).get('/api/v1/me')).status).toBe(401)
  })

  test('runs no job again that was open when it was made', async () => {
    const zoey = await server.client('zoey')
    const begun: number[] = []
    const { jobs, db } = server.domain.dependencies
    server.domain.work = ({ jobId, signal }) => {
      begun.push(jobId)
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
    }
    await jobs.enqueue({
      kind: 'server-delete',
      input: { serverId: 1 },
      title: 'Delete',
      locks: [],
      ownerId: zoey.userId,
    })
    while (begun.length === 0) await db.selectFrom('jobs').select('id').execute()
    backup(server.config, file)
    await whileStopped(() => restore(server.config, file))
    const again = new TestClient(server.url)
    await again.post('/api/v1/session', { username: 'zoey', password: testPassword })
    expect((await again.get('/api/v1/jobs/1')).json).toMatchObject({
      state: 'failed',
      error: { code: 'restored' },
    })
    expect(begun).toEqual([1])
  })

  test('is not put back while the web application runs', async () => {
    backup(server.config, file)
    await expect(restore(server.config, file)).rejects.toMatchObject({ code: 'already-running' })
    await expect(migrate(server.config)).rejects.toMatchObject({ code: 'already-running' })
  })

  test('of a newer version is refused before anything is changed', async () => {
    await server.client('louis', 'admin')
    backup(server.config, file)
    edit(file, `UPDATE left4me_backup SET manifest = json_insert(manifest, '$.migrations[#]', '9999-future')`)
    await whileStopped(async () => {
      const before = dataFiles()
      await expect(restore(server.config, file)).rejects.toMatchObject({
        code: 'newer-schema',
        message: expect.stringContaining('9999-future'),
      })
      expect(dataFiles()).toEqual(before)
    })
  })

  test.each<[string, (path: string) => void]>([
    ['is missing', () => {}],
    ['is something else', path => writeFileSync(path, 'no database at all'.repeat(100))],
    ['is a database of something else', path => edit(path, 'CREATE TABLE x (a)')],
    [
      'is cut off',
      path => {
        backup(server.config, path)
        truncateSync(path, 20_000)
      },
    ],
  ])('that %s is refused before anything is changed', async (_, make) => {
    const other = join(server.root, 'other.db')
    make(other)
    await whileStopped(async () => {
      const before = dataFiles()
      await expect(restore(server.config, other)).rejects.toMatchObject({ code: 'backup-refused' })
      expect(dataFiles()).toEqual(before)
    })
  })

  test('that can’t be written says so and leaves nothing', () => {
    writeFileSync(join(server.root, 'a-file'), '')
    expect(() => backup(server.config, join(server.root, 'a-file/backup.db'))).toThrow(
      expect.objectContaining({ code: 'backup-refused' }),
    )
    expect(() => backup(server.config, server.root)).toThrow(/is no file that could be replaced/)
    expect(() => backup({ ...server.config, databasePath: '/nowhere/left4me.db' }, file)).toThrow(
      /There is no database at/,
    )
    expect(existsSync(file)).toBe(false)
  })
})
