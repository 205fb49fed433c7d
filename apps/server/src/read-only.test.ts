import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestServer } from './testing/test-server.ts'

let folder: string
let flag: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'left4me-read-only-'))
  flag = join(folder, 'unproven')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const server = () => startTestServer({ environment: { LEFT4ME_READ_ONLY_WHILE: flag } })
const wrong = { username: 'nobody', password: 'wrong' }

test('while a deployment is unsure, what changes something is refused, and what reads is answered', async () => {
  writeFileSync(flag, '')
  await using running = await server()
  const client = running.anonymous()
  expect(await client.post('/api/v1/session', wrong)).toMatchObject({
    status: 503,
    json: { code: 'not-ready', detail: expect.stringContaining('being upgraded') },
  })
  expect(await client.get('/api/v1/session')).not.toMatchObject({ status: 503 })
  expect(await client.get('/health')).toMatchObject({ status: 200, json: { status: 'ok', readOnly: true } })
})

test('it is over when the deployment is sure, for good, and jobs run', async () => {
  writeFileSync(flag, '')
  await using running = await server()
  const client = running.anonymous()
  rmSync(flag)
  expect(await client.post('/api/v1/session', wrong)).not.toMatchObject({ status: 503 })
  writeFileSync(flag, '')
  expect(await client.post('/api/v1/session', wrong)).not.toMatchObject({ status: 503 })
  let health = await client.get('/health')
  while (health.status !== 200) health = await client.get('/health')
  expect(health).toMatchObject({ json: { readOnly: false } })
})

test('without a deployment everything can be changed', async () => {
  expect(existsSync(flag)).toBe(false)
  await using running = await server()
  expect(await running.anonymous().post('/api/v1/session', wrong)).not.toMatchObject({ status: 503 })
})
