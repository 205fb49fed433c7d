import type { Job, JobLogLine } from '@left4me/contract'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TestClient } from '../testing/test-client.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
let zoey: TestClient & { userId: number }
beforeEach(async () => {
  server = await startTestServer()
  zoey = await server.client('zoey')
})
afterEach(() => server[Symbol.asyncDispose]())

function start(serverId: number, ownerId = zoey.userId): Promise<Job> {
  return server.domain.dependencies.jobs.enqueue({
    kind: 'server-start',
    input: { serverId },
    title: `Start ${serverId}`,
    locks: [{ scope: `server:${serverId}`, mode: 'exclusive' }],
    serverId,
    ownerId,
  })
}

async function ended(id: number): Promise<Job> {
  for (;;) {
    const job = (await zoey.get(`/api/v1/jobs/${id}`)).json as Job
    if (job.finishedAt !== null) return job
  }
}

type Page<Item> = { items: Item[]; nextCursor: string | null }

describe('jobs over HTTP', () => {
  test('are listed newest first, by pages, and by state and server', async () => {
    for (const id of [1, 2, 3]) await ended((await start(id)).id)
    const first = (await zoey.get('/api/v1/jobs?limit=2')).json as Page<Job>
    expect(first.items.map(({ serverId }) => serverId)).toEqual([3, 2])
    const second = (await zoey.get(`/api/v1/jobs?limit=2&cursor=${first.nextCursor}`)).json as Page<Job>
    expect(second).toMatchObject({
      items: [{ serverId: 1, state: 'succeeded', progress: 1 }],
      nextCursor: null,
    })
    expect(((await zoey.get('/api/v1/jobs?serverId=2')).json as Page<Job>).items).toHaveLength(1)
    expect(((await zoey.get('/api/v1/jobs?state=failed')).json as Page<Job>).items).toEqual([])
  })

  test('have a log that is read on from where one was', async () => {
    server.domain.work = async ({ log }) => {
      for (let line = 1; line <= 1500; line += 1) log(`line ${line}`)
    }
    const { id } = await start(1)
    await ended(id)
    const first = (await zoey.get(`/api/v1/jobs/${id}/log`)).json as Page<JobLogLine>
    expect([first.items.length, first.nextCursor]).toEqual([1000, '1000'])
    const rest = (await zoey.get(`/api/v1/jobs/${id}/log?after=${first.nextCursor}`)).json as Page<JobLogLine>
    expect(rest).toMatchObject({ nextCursor: null })
    expect(rest.items.map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 500 }, (_, index) => 1001 + index),
    )
    expect(rest.items.at(-1)?.text).toBe('line 1500')
  })

  test('are cancelled by their owner, who is told when that is no longer possible', async () => {
    server.domain.work = ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
    const { id } = await start(1)
    while (((await zoey.get(`/api/v1/jobs/${id}`)).json as Job).state !== 'running');
    const asked = await zoey.post(`/api/v1/jobs/${id}/cancel`)
    expect(asked).toMatchObject({ status: 200, json: { cancelRequested: true } })
    expect(await ended(id)).toMatchObject({ state: 'cancelled', error: null })
    expect((await zoey.post(`/api/v1/jobs/${id}/cancel`)).json).toMatchObject({
      status: 409,
      code: 'not-cancellable',
    })
  })

  test('with a damaged row are left out of the list, and the rest stays readable', async () => {
    const damaged = await start(1)
    const sound = await start(2)
    await ended(damaged.id)
    await ended(sound.id)
    await server.domain.dependencies.db
      .updateTable('jobs')
      .set({ error: '{' })
      .where('id', '=', damaged.id)
      .execute()
    expect(((await zoey.get('/api/v1/jobs')).json as Page<Job>).items.map(({ id }) => id)).toEqual([sound.id])
    expect(JSON.stringify(server.logEntries)).toContain(
      `Row ${damaged.id} of jobs is damaged: error is not JSON.`,
    )
    const answer = await zoey.get(`/api/v1/jobs/${damaged.id}`)
    expect(answer).toMatchObject({ status: 500, json: { code: 'internal-error' } })
    expect(answer.text).toContain(`Row ${damaged.id} of jobs is damaged`)
  })
})
