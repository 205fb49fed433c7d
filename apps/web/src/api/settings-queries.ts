import type { Cvar } from '@left4me/contract'
import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query'
import { call } from './call.ts'
import { isProblem } from './problem-error.ts'
import { blueprintsQuery, generatedConfigQuery } from './queries.ts'
import { readServerFile } from './server-file.ts'

/** What left4me knows of cvars, by name; the same as long as this version runs. */
export const cvarsQuery = queryOptions({
  queryKey: ['cvars'],
  queryFn: async ({ signal }): Promise<ReadonlyMap<string, Cvar>> => {
    const { items } = await call('listCvars', { signal })
    return new Map(items.map(cvar => [cvar.name, cvar]))
  },
  staleTime: Number.POSITIVE_INFINITY,
})

export const launchArgumentsQuery = queryOptions({
  queryKey: ['launch-arguments'],
  queryFn: async ({ signal }) => (await call('listLaunchArguments', { signal })).items,
  staleTime: Number.POSITIVE_INFINITY,
})

export const blueprintQuery = (id: number) =>
  queryOptions({
    queryKey: ['blueprint', id],
    queryFn: ({ signal }) => call('getBlueprint', { params: { id }, signal }),
  })

/** Everything about what a server is made of stands below this key. */
const contentKey = (id: number) => ['server-content', id] as const

export const serverLayersQuery = (id: number) =>
  queryOptions({
    queryKey: [...contentKey(id), 'layers'],
    queryFn: async ({ signal }) => (await call('listServerLayers', { params: { id }, signal })).items,
  })

export const serverConflictsQuery = (id: number) =>
  queryOptions({
    queryKey: [...contentKey(id), 'conflicts'],
    queryFn: ({ signal }) => call('listServerConflicts', { params: { id }, signal }),
  })

export const serverCampaignsQuery = (id: number) =>
  queryOptions({
    queryKey: [...contentKey(id), 'campaigns'],
    queryFn: ({ signal }) => call('listServerCampaigns', { params: { id }, signal }),
    staleTime: 30_000,
  })

/** One folder, a page at a time. `layer`: merged, upper, installation, or an overlay's id. */
export const serverFilesQuery = (id: number, layer: string, path: string) =>
  infiniteQueryOptions({
    queryKey: [...contentKey(id), 'files', layer, path],
    queryFn: ({ signal, pageParam }) =>
      call('listServerFiles', {
        params: { id },
        query: { path, layer, ...(pageParam ? { cursor: pageParam } : {}) },
        signal,
      }),
    initialPageParam: '',
    getNextPageParam: page => page.nextCursor,
  })

/** `text` null: not a text. A file that isn't there is one to be written, and no error, which would be asked for again and again. */
interface ServerFile {
  readonly there: boolean
  readonly text: string | null
}

export const serverFileQuery = (id: number, path: string) =>
  queryOptions({
    queryKey: [...contentKey(id), 'file', path],
    queryFn: async ({ signal }): Promise<ServerFile> => {
      try {
        return { there: true, text: await readServerFile(id, path, signal) }
      } catch (error) {
        if (!isProblem(error, 'not-found')) throw error
        return { there: false, text: '' }
      }
    },
    // What is being edited isn't replaced under the hands of who edits it.
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  })

/** Settings, layers or files of a server changed: asks anew for what follows from them. */
export function refreshServerContent(queries: QueryClient, id: number): Promise<unknown> {
  return Promise.all(
    [contentKey(id), generatedConfigQuery(id).queryKey].map(queryKey =>
      queries.invalidateQueries({ queryKey }),
    ),
  )
}

/** A blueprint changed: so did every server that is made from it. */
export function refreshBlueprints(queries: QueryClient): Promise<unknown> {
  return Promise.all(
    [blueprintsQuery.queryKey, ['blueprint'], ['server-content'], ['generated-config']].map(queryKey =>
      queries.invalidateQueries({ queryKey }),
    ),
  )
}
