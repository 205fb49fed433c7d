import { limits } from '@left4me/contract'
import { gameAppId } from '@left4me/protocols'
import { ProblemError } from '../http/problem-error.ts'
import type { KnownItem } from './known-item.ts'
import type { LookUpOptions, WorkshopCatalog } from './workshop-catalog.ts'

/** Collections within collections, level by level. */
const deepest = 8

export interface WorkshopTree {
  /** Everything that was met, by id: what was asked for, and what stands in collections. */
  readonly known: ReadonlyMap<string, KnownItem>
  /** Of each collection: every item in it, nested ones included, each once, in its order. */
  readonly itemsOf: ReadonlyMap<string, readonly string[]>
  /** Why something can't be used, by its id: one sentence. */
  readonly problems: ReadonlyMap<string, string>
  /** Collections that stand within themselves: that part of them is left out, the rest is taken. */
  readonly cycles: ReadonlyMap<string, string>
  /** Why what Steam says is older than was asked for; null when it is fresh. */
  readonly staleBecause: string | null
}

/**
 * Follows collections to their items. A collection within itself ends where it began; more than 2,000 items, or
 * collections nested deeper than eight levels, are refused with `content-refused`. Rejects with `download-failed` when
 * Steam can't be asked.
 */
export async function readWorkshopTree(
  catalog: Pick<WorkshopCatalog, 'lookUp'>,
  ids: readonly string[],
  options: Omit<LookUpOptions, 'plainItems'>,
): Promise<WorkshopTree> {
  const known = new Map<string, KnownItem>()
  const plainItems = new Set<string>()
  let staleBecause: string | null = null
  let level = [...new Set(ids)]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) {
      throw new ProblemError(
        'content-refused',
        `These collections are nested in more than ${deepest} levels. Add the inner ones themselves instead.`,
      )
    }
    const found = await catalog.lookUp(level, { ...options, plainItems })
    staleBecause ??= found.staleBecause
    const next = new Set<string>()
    for (const [id, item] of found.items) {
      known.set(id, item)
      for (const child of item.children) {
        if (!child.isCollection) plainItems.add(child.id)
        next.add(child.id)
      }
    }
    level = [...next].filter(id => !known.has(id))
    if (known.size + level.length > limits.workshopItems) throw tooMany()
  }
  const cycles = new Map<string, string>()
  const itemsOf = new Map<string, readonly string[]>()
  for (const item of known.values()) {
    if (item.kind !== 'collection') continue
    // Every collection of a cycle closes it, seen from another one: it is told as those see it who asked.
    itemsOf.set(item.id, itemsWithin(item, known, ids.includes(item.id) ? cycles : new Map()))
  }
  return { known, itemsOf, problems: problemsOf(known, itemsOf), cycles, staleBecause }
}

/** Name for a person: title where there is one, and always the id. */
export function nameOf(item: KnownItem): string {
  return item.title === null ? `item ${item.id}` : `“${item.title}” (${item.id})`
}

function itemsWithin(
  collection: KnownItem,
  known: ReadonlyMap<string, KnownItem>,
  cycles: Map<string, string>,
): string[] {
  const items = new Set<string>()
  const entered = new Set<string>()
  const enter = (current: KnownItem, path: readonly string[]) => {
    entered.add(current.id)
    for (const { id } of current.children) {
      const child = known.get(id)
      if (child?.kind !== 'collection') items.add(id)
      else if (path.includes(id)) {
        cycles.set(
          current.id,
          `Holds the collection ${nameOf(child)}, in which it stands itself. That part is left out.`,
        )
      } else if (!entered.has(id)) enter(child, [...path, id])
    }
  }
  enter(collection, [collection.id])
  return [...items]
}

function problemsOf(
  known: ReadonlyMap<string, KnownItem>,
  itemsOf: ReadonlyMap<string, readonly string[]>,
): Map<string, string> {
  const problems = new Map<string, string>()
  for (const item of known.values()) {
    const problem = problemOf(item, itemsOf.get(item.id)?.length ?? 0)
    if (problem !== null) problems.set(item.id, problem)
  }
  return problems
}

function problemOf(item: KnownItem, items: number): string | null {
  if (item.kind === 'missing') {
    return 'Steam shows nothing with this id: it was removed, or is hidden or private. Check the id, or take it out.'
  }
  if (item.banned) {
    const reason = item.banReason === null || item.banReason === '' ? '' : ` (${item.banReason})`
    return `Steam has banned it${reason}. Take it out.`
  }
  if (item.kind === 'collection') return items === 0 ? 'This collection holds no items. Take it out.' : null
  if (item.appId !== null && item.appId !== gameAppId) {
    return `It belongs to another game (app ${item.appId}), not to Left 4 Dead 2. Take it out.`
  }
  return null
}

function tooMany(): ProblemError {
  return new ProblemError(
    'content-refused',
    `These are more than ${limits.workshopItems} items. Spread them over several overlays.`,
  )
}
