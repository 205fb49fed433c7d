import { link, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FetchContext } from '../downloads/fetch-context.ts'
import { FetchSession, parallelItems } from '../downloads/fetch-session.ts'
import { inParallel } from '../downloads/in-parallel.ts'
import { isDiskFull } from '../files/full-disk.ts'
import { removeTree } from '../files/remove-tree.ts'
import { HostError } from '../host-error.ts'
import type { RevisionSource, WorkshopDownload } from '../overlays/overlay-contract.ts'
import { Turns } from '../turns/turns.ts'
import { adoptContent } from './adopt-content.ts'
import { type CachedItem, WorkshopCache } from './workshop-cache.ts'

/** Builds of one process that want the same version wait for the first of them instead of fetching it twice. */
const turns = new Turns()

/**
 * Puts items of the Workshop into `target` as `left4dead2/addons/ID.vpk`: hard links into the cache. All or an error; what
 * was downloaded until then stays in the cache. Rejects with `download-failed`, `download-refused`, `archive-refused`,
 * `build-too-large`, `disk-full`, `cancelled`.
 */
export async function fillFromWorkshop(
  target: string,
  items: readonly WorkshopDownload[],
  context: FetchContext,
): Promise<RevisionSource[]> {
  for (const { id } of items)
    if (!/^[1-9]\d{0,19}$/.test(id))
      throw new HostError('download-refused', `${JSON.stringify(id.slice(0, 40))} is no id.`)
  const cache = new WorkshopCache(context.cache, context.temporary)
  const addons = join(target, 'left4dead2', 'addons')
  const sources = new Map<string, RevisionSource>()
  using session = new FetchSession(context)
  await mkdir(context.cache, { recursive: true, mode: 0o755 })
  await mkdir(addons, { recursive: true, mode: 0o755 })
  const take = async (item: WorkshopDownload, cached: CachedItem) => {
    const bytes = cached.files.reduce((sum, file) => sum + file.size, 0)
    session.count(item.id, bytes)
    for (const file of cached.files) await link(file.path, join(addons, file.name))
    sources.set(item.id, { id: item.id, title: item.title, version: String(item.updatedAt), bytes })
    session.tell(`${sources.size} of ${items.length} items are there`)
  }
  try {
    const missing = await takeCached(items, cache, take)
    await session.expect(missing.map(({ size }) => size))
    const say = `downloading ${missing.length} of ${items.length} items`
    if (missing.length > 0) session.tell(say)
    await inParallel(
      missing.filter(item => item.fileUrl !== null),
      parallelItems,
      context.signal,
      async (item, signal) => take(item, await fetchByUrl(item, cache, session, context, signal)),
    )
    await takeBySteamcmd(
      missing.filter(item => item.fileUrl === null),
      cache,
      context,
      session,
      take,
    )
  } catch (error) {
    throw explained(error, context.signal)
  }
  return items.flatMap(item => sources.get(item.id) ?? [])
}

/** Resolves to the items that the cache lacks. */
async function takeCached(
  items: readonly WorkshopDownload[],
  cache: WorkshopCache,
  take: (item: WorkshopDownload, cached: CachedItem) => Promise<void>,
): Promise<WorkshopDownload[]> {
  const missing: WorkshopDownload[] = []
  for (const item of items) {
    const cached = await cache.find(item.id, item.updatedAt)
    if (cached) await take(item, cached)
    else missing.push(item)
  }
  return missing
}

function fetchByUrl(
  item: WorkshopDownload,
  cache: WorkshopCache,
  session: FetchSession,
  context: FetchContext,
  signal: AbortSignal,
): Promise<CachedItem> {
  return turns.take(`${context.cache}/${item.id}/${item.updatedAt}`, signal, async () => {
    const already = await cache.find(item.id, item.updatedAt)
    if (already) return already
    const prepared = await cache.prepare(item.id)
    const downloaded = join(prepared, '.download')
    try {
      await session.download(
        {
          name: `Item ${item.id} (${item.title})`,
          url: item.fileUrl ?? '',
          purpose: 'workshop',
          identity: item.id,
          version: String(item.updatedAt),
          size: item.size,
          target: downloaded,
        },
        signal,
      )
      await adoptContent(item, downloaded, prepared, { maxBytes: context.maxBytes, signal })
      await rm(downloaded, { force: true })
      return await cache.publish(prepared, item.id, item.updatedAt)
    } catch (error) {
      await removeTree(prepared)
      throw error
    }
  })
}

async function takeBySteamcmd(
  items: readonly WorkshopDownload[],
  cache: WorkshopCache,
  context: FetchContext,
  session: FetchSession,
  take: (item: WorkshopDownload, cached: CachedItem) => Promise<void>,
): Promise<void> {
  const [first] = items
  if (!first) return
  const { steamcmd, onOutput, signal } = context
  if (!steamcmd)
    throw new HostError(
      'download-refused',
      `Item ${first.id} (${first.title}) can only be fetched by steamcmd, and none is configured.`,
      { remedy: 'Set LEFT4ME_STEAMCMD to the absolute path of steamcmd, or take the item out.' },
    )
  session.tell(`downloading ${items.length} items by steamcmd`)
  const byId = new Map(items.map(item => [item.id, item]))
  await steamcmd.download([...byId.keys()], {
    onOutput,
    signal,
    onItem: async (id, path) => {
      const item = byId.get(id)
      if (!item) return
      const prepared = await cache.prepare(id)
      try {
        await adoptContent(item, path, prepared, { maxBytes: context.maxBytes, signal })
        await take(item, await cache.publish(prepared, id, item.updatedAt))
      } catch (error) {
        await removeTree(prepared)
        throw error
      }
    },
  })
}

function explained(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted)
    return new HostError('cancelled', 'Fetching from the Workshop was cancelled.', { cause: error })
  if (isDiskFull(error))
    return new HostError('disk-full', 'The Workshop’s items have no room: the disk is full.', {
      remedy: 'Free space on the disk of the data directory.',
      cause: error,
    })
  return error
}
