import type { Job, Overlay, OverlayChange } from '@left4me/contract'
import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query'
import { call } from './call.ts'

/** Everything about one overlay stands below this key, so that a build that ended refreshes all of it. */
const overlayKey = (id: number) => ['overlay', id] as const

export const overlayQuery = (id: number) =>
  queryOptions({
    queryKey: [...overlayKey(id), 'itself'],
    queryFn: ({ signal }): Promise<Overlay> => call('getOverlay', { params: { id }, signal }),
  })

export const draftQuery = (id: number) =>
  queryOptions({
    queryKey: [...overlayKey(id), 'draft'],
    queryFn: async ({ signal }) => (await call('listOverlayFiles', { params: { id }, signal })).items,
  })

export const uploadsQuery = (id: number) =>
  queryOptions({
    queryKey: [...overlayKey(id), 'uploads'],
    queryFn: async ({ signal }) => (await call('listUploads', { params: { id }, signal })).items,
  })

export const revisionsQuery = (id: number) =>
  queryOptions({
    queryKey: [...overlayKey(id), 'revisions'],
    queryFn: async ({ signal }) => (await call('listOverlayRevisions', { params: { id }, signal })).items,
  })

export const scriptsQuery = (id: number) =>
  queryOptions({
    queryKey: [...overlayKey(id), 'scripts'],
    queryFn: async ({ signal }) => (await call('listOverlayScripts', { params: { id }, signal })).items,
  })

/** The newest jobs of an overlay: builds, and uploads that were taken. */
export const overlayJobsQuery = (id: number) =>
  queryOptions({
    queryKey: [...overlayKey(id), 'jobs'],
    queryFn: async ({ signal }) => (await call('listJobs', { query: { overlayId: id }, signal })).items,
  })

/** One folder of a revision, a page at a time. A revision never changes. */
export const revisionFilesQuery = (id: number, revision: number, path: string) =>
  infiniteQueryOptions({
    queryKey: ['revision-files', id, revision, path],
    queryFn: ({ signal, pageParam }) =>
      call('listRevisionFiles', {
        params: { id, revision },
        query: { ...(path ? { path } : {}), ...(pageParam ? { cursor: pageParam } : {}) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: page => page.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
  })

/** What Workshop ids stand for; kept a while, since a page asks for the same ones again and again. */
export const workshopItemsQuery = (ids: readonly string[]) =>
  queryOptions({
    queryKey: ['workshop-items', ...ids],
    queryFn: ({ signal }) => call('resolveWorkshop', { body: { items: [...ids] }, signal }),
    staleTime: 5 * 60_000,
    enabled: ids.length > 0,
  })

export const workshopRefreshQuery = queryOptions({
  queryKey: ['workshop-refresh'],
  queryFn: ({ signal }) => call('getWorkshopRefresh', { signal }),
})

export const libraryQuery = queryOptions({
  queryKey: ['library'],
  queryFn: async ({ signal }) => (await call('listCampaigns', { signal })).items,
  staleTime: 30_000,
})

export const diskUseQuery = queryOptions({
  queryKey: ['disk-use'],
  queryFn: ({ signal }) => call('getDiskUse', { signal }),
})

/** Changes an overlay, and shows its new state at once. */
export async function changeOverlay(
  queries: QueryClient,
  id: number,
  change: OverlayChange,
): Promise<Overlay> {
  const overlay = await call('changeOverlay', { params: { id }, body: change })
  queries.setQueryData(overlayQuery(id).queryKey, overlay)
  void refreshOverlay(queries, id)
  return overlay
}

/** Asks anew for everything that shows an overlay. */
export function refreshOverlay(queries: QueryClient, id: number): Promise<unknown> {
  return Promise.all(
    [['overlays'], overlayKey(id), ['library'], ['server-content'], workshopRefreshQuery.queryKey].map(
      queryKey => queries.invalidateQueries({ queryKey }),
    ),
  )
}

/** A job went into another state: what it works on shows that. */
export function refreshContentOf(queries: QueryClient, { kind, overlayId }: Job): void {
  if (overlayId !== null) void refreshOverlay(queries, overlayId)
  if (kind === 'workshop-refresh') {
    for (const queryKey of [['workshop-refresh'], ['overlays'], ['overlay'], ['library']])
      void queries.invalidateQueries({ queryKey })
  }
  if (kind === 'content-collect') void queries.invalidateQueries({ queryKey: diskUseQuery.queryKey })
}
