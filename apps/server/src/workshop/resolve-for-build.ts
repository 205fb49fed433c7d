import type { RevisionSource, WorkshopDownload } from '@left4me/host'
import { ProblemError } from '../http/problem-error.ts'
import type { KnownItem } from './known-item.ts'
import { itemIdsOf } from './resolve-for-people.ts'
import type { WorkshopCatalog } from './workshop-catalog.ts'
import { nameOf, readWorkshopTree, type WorkshopTree } from './workshop-tree.ts'

/**
 * Milliseconds. A build has to know the version that Steam would hand out now: an address that serves a newer file than
 * its version says would put that file into the cache under the old version for good. A refresh and the builds that it
 * starts ask once, though.
 */
const maxAge = 60_000

export interface ResolveForBuildOptions {
  /** Sources of the newest revision: an item of it that Steam no longer shows stays as it is there. */
  readonly previous: readonly RevisionSource[]
  /** Takes lines for the job's log: what was left out, or stays as it was. */
  readonly onNote: (line: string) => void
  readonly signal: AbortSignal
}

/**
 * What has to be downloaded for these ids, collections followed: all or nothing. Rejects with `content-refused` when an
 * item can't be used (its sentence names each), or with `download-failed` when Steam can't be asked. Changes nothing but
 * what is known of the items.
 */
export async function resolveForBuild(
  catalog: Pick<WorkshopCatalog, 'lookUp'>,
  ids: readonly string[],
  { previous, onNote, signal }: ResolveForBuildOptions,
): Promise<readonly WorkshopDownload[]> {
  const tree = await readWorkshopTree(catalog, ids, { maxAge, allowStale: false, signal })
  const had = new Map(previous.map(source => [source.id, source]))
  const itemIds = itemIdsOf(ids, tree)
  for (const sentence of tree.cycles.values()) onNote(sentence)
  const refusals: string[] = []
  const downloads: WorkshopDownload[] = []
  for (const id of itemIds) {
    const item = tree.known.get(id)
    if (item === undefined) continue
    const problem = tree.problems.get(id)
    const copy = item.kind === 'missing' ? keptDownload(had.get(id)) : null
    if (copy !== null) {
      onNote(`“${copy.title}” (${id}) is no longer on the Workshop: the copy that is here stays.`)
      downloads.push(copy)
    } else if (problem !== undefined) refusals.push(`${nameOf(item)}: ${problem}`)
    else downloads.push(downloadOf(item))
  }
  refusals.push(...collectionProblems(ids, itemIds, tree))
  if (refusals.length > 0) {
    const shown = refusals.slice(0, 10).join(' ')
    const more = refusals.length > 10 ? ` And ${refusals.length - 10} more.` : ''
    throw new ProblemError('content-refused', `${shown}${more}`)
  }
  return downloads
}

function downloadOf(item: KnownItem): WorkshopDownload {
  return {
    id: item.id,
    title: item.title ?? item.id,
    updatedAt: item.updatedAt ?? 0,
    size: item.size === 0 ? null : item.size,
    fileUrl: item.fileUrl,
  }
}

/** The cache still has the version that a published revision links to. */
function keptDownload(source: RevisionSource | undefined): WorkshopDownload | null {
  if (source === undefined) return null
  const updatedAt = Number(source.version)
  if (!Number.isSafeInteger(updatedAt)) return null
  return { id: source.id, title: source.title, updatedAt, size: source.bytes, fileUrl: null }
}

/** Of what was asked for, and isn't one of the items: collections that are gone, banned or empty. */
function collectionProblems(
  ids: readonly string[],
  itemIds: readonly string[],
  tree: WorkshopTree,
): string[] {
  const items = new Set(itemIds)
  return ids.flatMap(id => {
    const collection = tree.known.get(id)
    const problem = tree.problems.get(id)
    if (collection === undefined || problem === undefined || items.has(id)) return []
    return [`${nameOf(collection)}: ${problem}`]
  })
}
