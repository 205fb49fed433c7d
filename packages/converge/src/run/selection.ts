import { ConvergeError } from '../converge-error.ts'
import type { Graph } from '../relations/graph.ts'
import { select } from '../relations/selector.ts'
import type { SoftLock } from '../state/soft-locks.ts'
import type { SkipReason } from './report.ts'

/** What isn't looked at: `unselected` because `only` names others and nothing of those needs it, else a reason. */
export function leftOut(
  graph: Graph,
  options: { only?: readonly string[]; skip?: readonly string[] },
): Map<string, 'unselected' | SkipReason> {
  const defined = [...graph.items.values()].map(item => ({ item, bundle: graph.bundles.get(item.id) ?? '' }))
  const tags = new Set<string>()
  const chosen = (selectors: readonly string[]) =>
    selectors.flatMap(selector => select(selector, defined, tags))
  const result = new Map<string, 'unselected' | SkipReason>()
  if (options.only !== undefined) {
    const wanted = new Set(chosen(options.only))
    const queue = [...wanted]
    for (let id = queue.pop(); id !== undefined; id = queue.pop())
      for (const other of [
        ...(graph.needs.get(id) ?? []),
        ...(graph.triggers.get(id) ?? []),
        ...(graph.precededBy.get(id) ?? []),
      ])
        if (!wanted.has(other)) {
          wanted.add(other)
          queue.push(other)
        }
    for (const id of graph.items.keys()) if (!wanted.has(id)) result.set(id, 'unselected')
  }
  for (const id of chosen(options.skip ?? [])) result.set(id, 'left-out')
  for (const item of graph.items.values())
    if (item.relations.skip === true) result.set(item.id, 'skip-attribute')
  return result
}

/** Items that somebody else asked to leave alone. A lock's selector that matches nothing here is no error: it isn't ours. */
export function softLocked(graph: Graph, locks: readonly SoftLock[], holder: string): Map<string, SoftLock> {
  const defined = [...graph.items.values()].map(item => ({ item, bundle: graph.bundles.get(item.id) ?? '' }))
  const result = new Map<string, SoftLock>()
  for (const lock of locks)
    if (lock.holder !== holder)
      for (const selector of lock.selectors)
        try {
          for (const id of select(selector, defined, new Set())) result.set(id, lock)
        } catch (error) {
          if (!(error instanceof ConvergeError)) throw error
        }
  return result
}
