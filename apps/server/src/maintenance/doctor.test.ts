import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { HostCheck } from '@left4me/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Config } from '../config/config.ts'
import { readConfig } from '../config/read-config.ts'
import { doctor } from './doctor.ts'
import { migrate } from './migrate.ts'

let folder: string
let config: Config
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'left4me-doctor-'))
  config = readConfig({ LEFT4ME_ROOT: join(folder, 'root') })
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const find = (checks: HostCheck[], name: string) => checks.find(check => check.name === name)

test('the doctor finds a fresh machine sound and makes nothing', async () => {
  const checks = await doctor(config)
  expect(find(checks, 'data directory')).toMatchObject({
    ok: true,
    message: expect.stringContaining('at the first start'),
  })
  expect(find(checks, 'database')).toMatchObject({ ok: true })
  // What the host checks is its own, but it is asked.
  expect(checks.length).toBeGreaterThan(4)
})

test('the doctor finds a database that is sound, damaged, and of a newer version', async () => {
  await migrate(config)
  expect(find(await doctor(config), 'database')).toEqual({
    name: 'database',
    ok: true,
    message: config.databasePath,
    remedy: null,
  })
  using database = new DatabaseSync(config.databasePath)
  database.exec(`INSERT INTO kysely_migration VALUES ('9999-future', '2099-01-01')`)
  database.close()
  expect(find(await doctor(config), 'database')).toMatchObject({
    ok: false,
    message: expect.stringContaining('written by a newer left4me'),
  })
  writeFileSync(config.databasePath, 'damaged '.repeat(1000))
  expect(find(await doctor(config), 'database')).toMatchObject({
    ok: false,
    remedy: expect.stringContaining('left4me restore FILE'),
  })
})

test('the doctor warns of a data directory that everybody may look into', async () => {
  await migrate(config)
  expect(find(await doctor(config), 'data directory')).toMatchObject({ ok: true })
  chmodSync(config.root, 0o755)
  expect(find(await doctor(config), 'data directory')).toMatchObject({
    ok: false,
    remedy: `chmod o= ${config.root}`,
  })
})
