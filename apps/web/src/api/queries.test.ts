import type { Job, Server } from '@left4me/contract'
import { QueryClient } from '@tanstack/react-query'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  feedJob,
  feedQueries,
  freshness,
  installationQuery,
  jobQuery,
  jobsQuery,
  playersQuery,
  serverQuery,
  serversQuery,
} from './queries.ts'

const server = (id: number, more: Partial<Server> = {}) =>
  ({ id, name: `server ${id}`, state: 'stopped', ...more }) as Server
const job = (id: number, more: Partial<Job> = {}) =>
  ({ id, kind: 'server-start', state: 'running', ...more }) as Job

let queries: QueryClient
beforeEach(() => {
  queries = new QueryClient()
  freshness.clear()
})

afterEach(() => vi.unstubAllGlobals())

describe('an event', () => {
  it('of a server changes the list and the server itself', () => {
    queries.setQueryData(serversQuery.queryKey, [server(1)])
    feedQueries(queries, { name: 'server', data: server(1, { state: 'running' }) })
    expect(queries.getQueryData(serversQuery.queryKey)).toEqual([server(1, { state: 'running' })])
    expect(queries.getQueryData(serverQuery(1).queryKey)).toEqual(server(1, { state: 'running' }))
  })

  it('of a deleted server takes it from the list and asks about its own page again', () => {
    queries.setQueryData(serversQuery.queryKey, [server(1), server(2)])
    queries.setQueryData(serverQuery(1).queryKey, server(1))
    feedQueries(queries, { name: 'server', data: { id: 1, deleted: true } })
    expect(queries.getQueryData(serversQuery.queryKey)).toEqual([server(2)])
    expect(queries.getQueryState(serverQuery(1).queryKey)?.isInvalidated).toBe(true)
  })

  it('of players replaces those of that server', () => {
    feedQueries(queries, { name: 'players', data: { serverId: 3, players: [] } })
    expect(queries.getQueryData(playersQuery(3).queryKey)).toEqual([])
  })

  it('of a job reaches every list that it belongs to', () => {
    const page = (...items: Job[]) => ({ pages: [{ items, nextCursor: null }], pageParams: [''] })
    queries.setQueryData(jobsQuery(null).queryKey, page(job(1)))
    queries.setQueryData(jobsQuery('running').queryKey, page(job(1)))
    queries.setQueryData(jobsQuery('failed').queryKey, page())
    feedJob(queries, job(1, { state: 'failed' }))
    const states = (state: Job['state'] | null) =>
      queries.getQueryData(jobsQuery(state).queryKey)?.pages[0]?.items.map(({ state }) => state)
    expect([states(null), states('running'), states('failed')]).toEqual([['failed'], [], ['failed']])
    expect(queries.getQueryData(jobQuery(1).queryKey)?.state).toBe('failed')
  })

  it('of a job that ended while a list was asked for keeps it out of that list', async () => {
    const answer = Promise.withResolvers<Response>()
    vi.stubGlobal('fetch', () => answer.promise)
    const list = queries.fetchInfiniteQuery(jobsQuery('running'))
    feedJob(queries, job(1, { state: 'succeeded' }))
    answer.resolve(Response.json({ items: [job(2), job(1)], nextCursor: null }))
    expect((await list).pages[0]?.items).toEqual([job(2)])
  })

  it('of an install that ended asks for the installation again, and one of progress does not', () => {
    const install = (more: Partial<Job>) => job(5, { kind: 'installation-update', ...more })
    const isStale = () => queries.getQueryState(installationQuery.queryKey)?.isInvalidated
    queries.setQueryData(jobQuery(5).queryKey, install({}))
    queries.setQueryData(installationQuery.queryKey, { state: 'installing' } as never)
    feedJob(queries, install({ progress: 0.5 }))
    expect(isStale()).toBe(false)
    feedJob(queries, install({ state: 'succeeded' }))
    expect(isStale()).toBe(true)
  })
})
