import { pathOf, type ResolvedWorkshop, type WorkshopItem } from '@left4me/contract'
import { ProblemError } from '../http/problem-error.ts'
import type { KnownItem } from './known-item.ts'
import { workshopIdOf, workshopPageOf } from './workshop-address.ts'
import type { WorkshopCatalog } from './workshop-catalog.ts'
import { readWorkshopTree, type WorkshopTree } from './workshop-tree.ts'

/** Milliseconds: somebody who edits a list asks about the same items again and again. */
const maxAge = 10 * 60_000
/** Milliseconds for all questions together: Steam may ask us to wait a minute before each. */
const patience = 25_000

/**
 * What ids and addresses stand for, before anything is downloaded. Where Steam can't be asked, what it said before is
 * shown, and `notice` says so. Rejects with `invalid-input` for what is neither, `content-refused` beyond the limits,
 * `download-failed` when Steam can't be asked and something is unknown.
 */
export async function resolveForPeople(
  catalog: WorkshopCatalog,
  texts: readonly string[],
): Promise<ResolvedWorkshop> {
  const asked = idsOf(texts)
  const tree = await readWorkshopTree(catalog, asked, {
    maxAge,
    allowStale: true,
    signal: AbortSignal.timeout(patience),
  })
  const show = (id: string): WorkshopItem[] => {
    const item = tree.known.get(id)
    return item === undefined ? [] : [shown(item, tree)]
  }
  const ofAsked = new Set(asked)
  const all = itemIdsOf(asked, tree)
  return {
    items: asked.flatMap(show),
    members: [...tree.known.keys()].filter(id => !ofAsked.has(id)).flatMap(show),
    totalSize: sizeOf(all, tree),
    totalItems: all.length,
    notice:
      tree.staleBecause === null
        ? null
        : `${tree.staleBecause} What is shown is what Steam said before; it may be outdated.`,
  }
}

/** Every item that ids stand for, collections followed, each once. */
export function itemIdsOf(ids: readonly string[], tree: WorkshopTree): string[] {
  return [...new Set(ids.flatMap(id => tree.itemsOf.get(id) ?? [id]))]
}

/** Each once, in their order. */
function idsOf(texts: readonly string[]): string[] {
  const ids = texts.map(workshopIdOf)
  const errors = ids.flatMap((id, index) =>
    id === null
      ? [
          {
            path: `/items/${index}`,
            message: 'Is neither the id of a Workshop item nor the address of its page.',
          },
        ]
      : [],
  )
  const [first] = errors
  if (first) throw new ProblemError('invalid-input', first.message, { errors })
  return [...new Set(ids.flatMap(id => id ?? []))]
}

function shown(item: KnownItem, tree: WorkshopTree): WorkshopItem {
  const itemIds = tree.itemsOf.get(item.id) ?? []
  return {
    id: item.id,
    kind: item.kind === 'missing' ? 'unknown' : item.kind,
    title: item.title,
    size: item.kind === 'collection' ? sizeOf(itemIds, tree) : item.size,
    updatedAt: item.updatedAt === null ? null : new Date(item.updatedAt).toISOString(),
    preview:
      item.previewUrl === null
        ? null
        : pathOf('getWorkshopPreview', { itemId: item.id }, { version: item.updatedAt ?? undefined }),
    url: workshopPageOf(item.id),
    itemIds: [...itemIds],
    problem: tree.problems.get(item.id) ?? tree.cycles.get(item.id) ?? null,
  }
}

function sizeOf(ids: readonly string[], { known }: WorkshopTree): number {
  return ids.reduce((bytes, id) => bytes + (known.get(id)?.size ?? 0), 0)
}
