import type { Blueprint, Job, JobState, List, Server } from '@left4me/contract'
import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query'
import { applyJob, applyServer } from '../live/apply-event.ts'
import type { StreamEvent } from '../live/event-stream.ts'
import { Freshness } from '../live/freshness.ts'
import { call } from './call.ts'
import { refreshContentOf, refreshOverlay } from './content-queries.ts'

/** What the event stream said, for requests that were under way meanwhile. */
export const freshness = new Freshness()

/** What the event stream keeps current is never asked for again by itself, only when the stream begins anew. */
const live = { staleTime: Number.POSITIVE_INFINITY } as const

export const setUpStatusQuery = queryOptions({
  queryKey: ['set-up'],
  queryFn: ({ signal }) => call('getSetUp', { signal }),
  staleTime: 60_000,
})

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => call('getSession', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
  // An admin may have granted or taken a right meanwhile, which no event tells.
  refetchOnWindowFocus: 'always',
})

export const serversQuery = queryOptions({
  queryKey: ['servers'],
  queryFn: async ({ signal }) => {
    const mark = freshness.mark()
    const servers = await allPages(cursor =>
      call('listServers', { query: { limit: 200, ...cursor }, signal }),
    )
    return servers
      .filter(server => !freshness.isGone(`server/${server.id}`, mark))
      .map(server => freshness.newer(`server/${server.id}`, server, mark))
  },
  ...live,
})

export const serverQuery = (id: number) =>
  queryOptions({
    queryKey: ['server', id],
    queryFn: async ({ signal }): Promise<Server> => {
      const mark = freshness.mark()
      return freshness.newer(`server/${id}`, await call('getServer', { params: { id }, signal }), mark)
    },
    ...live,
  })

export const playersQuery = (id: number) =>
  queryOptions({
    queryKey: ['players', id],
    queryFn: async ({ signal }) => {
      const mark = freshness.mark()
      const { items } = await call('listPlayers', { params: { id }, signal })
      return freshness.newer(`players/${id}`, items, mark)
    },
    ...live,
  })

export const generatedConfigQuery = (id: number) =>
  queryOptions({
    queryKey: ['generated-config', id],
    queryFn: ({ signal }) => call('getGeneratedConfig', { params: { id }, signal }),
  })

export const blueprintsQuery = queryOptions({
  queryKey: ['blueprints'],
  queryFn: ({ signal }): Promise<Blueprint[]> =>
    allPages(cursor => call('listBlueprints', { query: { limit: 200, ...cursor }, signal })),
})

export const overlaysQuery = queryOptions({
  queryKey: ['overlays'],
  queryFn: ({ signal }) =>
    allPages(cursor => call('listOverlays', { query: { limit: 200, ...cursor }, signal })),
})

export const installationQuery = queryOptions({
  queryKey: ['installation'],
  queryFn: ({ signal }) => call('getInstallation', { signal }),
  staleTime: 5000,
})

export const hostQuery = queryOptions({
  queryKey: ['host'],
  queryFn: ({ signal }) => call('getHost', { signal }),
  ...live,
})

/** What a server takes from the machine changes all the time: asked for while somebody looks. Milliseconds. */
const usageInterval = 3000

export const usageQuery = (id: number) =>
  queryOptions({
    queryKey: ['usage', id],
    queryFn: async ({ signal }) => (await call('getUsage', { params: { id }, signal })).usage,
    refetchInterval: usageInterval,
    staleTime: 0,
  })

export const hostInstancesQuery = queryOptions({
  queryKey: ['host-instances'],
  queryFn: async ({ signal }) => (await call('listHostInstances', { signal })).items,
  refetchInterval: usageInterval,
  staleTime: 0,
})

/** Newest first, a page at a time; `state` null: all. */
export const jobsQuery = (state: JobState | null) =>
  infiniteQueryOptions({
    queryKey: ['jobs', state],
    queryFn: async ({ signal, pageParam }) => {
      const mark = freshness.mark()
      const query = { limit: 50, ...(state ? { state } : {}), ...(pageParam ? { cursor: pageParam } : {}) }
      const page = await call('listJobs', { query, signal })
      const items = page.items.map(job => freshness.newer(`job/${job.id}`, job, mark))
      // What is newer may belong into another list.
      return { ...page, items: items.filter(job => state === null || job.state === state) }
    },
    initialPageParam: '',
    getNextPageParam: page => page.nextCursor,
    ...live,
  })

export const jobQuery = (id: number) =>
  queryOptions({
    queryKey: ['job', id],
    queryFn: async ({ signal }): Promise<Job> => {
      const mark = freshness.mark()
      return freshness.newer(`job/${id}`, await call('getJob', { params: { id }, signal }), mark)
    },
    ...live,
  })

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: ({ signal }) =>
    allPages(cursor => call('listUsers', { query: { limit: 200, ...cursor }, signal })),
})

export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: async ({ signal }) => (await call('listMyTokens', { signal })).items,
})

export const auditQuery = infiniteQueryOptions({
  queryKey: ['audit'],
  queryFn: ({ signal, pageParam }) =>
    call('listAudit', { query: { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) }, signal }),
  initialPageParam: '',
  getNextPageParam: page => page.nextCursor,
})

/** Puts what an event says into every query that shows it. Log lines go elsewhere. */
export function feedQueries(
  queries: QueryClient,
  { name, data }: Exclude<StreamEvent, { name: 'log' }>,
): void {
  switch (name) {
    case 'server': {
      const gone = 'deleted' in data
      freshness.heard(`server/${data.id}`, gone ? null : data)
      queries.setQueryData(serversQuery.queryKey, list => applyServer(list, data))
      if (gone) void queries.invalidateQueries({ queryKey: ['server', data.id] })
      else queries.setQueryData(serverQuery(data.id).queryKey, data)
      return
    }
    case 'players':
      freshness.heard(`players/${data.serverId}`, data.players)
      queries.setQueryData(playersQuery(data.serverId).queryKey, data.players)
      return
    case 'job':
      feedJob(queries, data)
      return
    case 'overlay':
      void refreshOverlay(queries, data.id)
      return
    case 'host':
      freshness.heard('host', data)
      queries.setQueryData(hostQuery.queryKey, data)
  }
}

/** Also for the answer of a route that started or changed a job. */
export function feedJob(queries: QueryClient, job: Job): void {
  freshness.heard(`job/${job.id}`, job)
  const before = queries.getQueryData(jobQuery(job.id).queryKey)
  queries.setQueryData(jobQuery(job.id).queryKey, job)
  for (const [key] of queries.getQueriesData({ queryKey: ['jobs'] })) {
    const state = key[1] as JobState | null
    queries.setQueryData(jobsQuery(state).queryKey, data =>
      applyJob(data, job, ({ state: now }) => state === null || state === now),
    )
  }
  if (before?.state !== job.state) refreshContentOf(queries, job)
  if (job.kind.startsWith('installation-') && before?.state !== job.state) {
    void queries.invalidateQueries({ queryKey: installationQuery.queryKey })
  }
}

/** The stream begins (anew): whatever it keeps current may have been missed, also that things are gone. */
export function refreshLive(queries: QueryClient): void {
  for (const queryKey of [
    ['session'],
    ['servers'],
    ['jobs'],
    ['job'],
    ['installation'],
    ['overlays'],
    ['overlay'],
    ['server-content'],
  ]) {
    void queries.invalidateQueries({ queryKey })
  }
}

async function allPages<Item>(page: (cursor: { cursor?: string }) => Promise<List<Item>>): Promise<Item[]> {
  const items: Item[] = []
  for (let cursor: string | null = ''; cursor !== null; ) {
    const { items: more, nextCursor }: List<Item> = await page(cursor === '' ? {} : { cursor })
    items.push(...more)
    cursor = nextCursor
  }
  return items
}
