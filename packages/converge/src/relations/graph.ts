import { badDefinition, ConvergeError } from '../converge-error.ts'
import type { Item, Relations } from '../items/item.ts'
import { automaticNeeds } from './automatic-needs.ts'
import { withDaemonReload, withFolders } from './implied-items.ts'
import { type Defined, select } from './selector.ts'

/** Items with what ties them together, by id. Built once; a cycle or a wrong selector is an error then. */
export interface Graph {
  readonly items: ReadonlyMap<string, Item>
  readonly bundles: ReadonlyMap<string, string>
  /** Items in an order that keeps every relation, the same in every run, in levels that depend on earlier ones only. */
  readonly levels: readonly (readonly string[])[]
  /** All that runs before: every kind of relation. */
  readonly predecessors: ReadonlyMap<string, ReadonlySet<string>>
  readonly needs: ReadonlyMap<string, ReadonlySet<string>>
  readonly triggers: ReadonlyMap<string, ReadonlySet<string>>
  readonly precededBy: ReadonlyMap<string, readonly string[]>
}

export function buildGraph(defined: readonly Defined[], tags: ReadonlySet<string> = new Set()): Graph {
  const sorted = withFolders(withDaemonReload(defined)).sort((one, other) =>
    one.item.id < other.item.id ? -1 : 1,
  )
  const items = new Map<string, Item>()
  const bundles = new Map<string, string>()
  for (const { item, bundle } of sorted) {
    const other = bundles.get(item.id)
    if (other !== undefined)
      throw badDefinition(`${item.id} is defined twice, by the bundles ${other} and ${bundle}. Remove one.`)
    items.set(item.id, item)
    bundles.set(item.id, bundle)
  }
  const every = new Set(sorted.flatMap(({ item }) => item.relations.tags ?? []).concat([...tags]))
  const empty = () => new Map([...items.keys()].map(id => [id, new Set<string>()]))
  const [predecessors, needs, triggers, precededBy] = [empty(), empty(), empty(), empty()]
  const put = (map: Map<string, Set<string>>, from: string, to: string) => {
    if (from !== to) map.get(from)?.add(to)
  }
  for (const { item } of sorted) {
    const each = (key: keyof Relations, use: (id: string) => void) => {
      for (const selector of (item.relations[key] as readonly string[] | undefined) ?? [])
        try {
          for (const id of select(selector, sorted, every)) use(id)
        } catch (error) {
          if (error instanceof ConvergeError) throw badDefinition(`${item.id}: ${key}: ${error.message}`)
          throw error
        }
    }
    const { id } = item
    each('after', other => put(predecessors, id, other))
    each('before', other => put(predecessors, other, id))
    each('needs', other => put(needs, id, other))
    each('neededBy', other => put(needs, other, id))
    each('triggers', other => put(triggers, id, other))
    each('triggeredBy', other => put(triggers, other, id))
    each('precededBy', other => put(precededBy, id, other))
    each('precedes', other => put(precededBy, other, id))
  }
  for (const [id, others] of automaticNeeds(items)) for (const other of others) put(needs, id, other)
  for (const [id, others] of needs) for (const other of others) put(predecessors, id, other)
  // Packages of all architectures come in one transaction.
  const architectures = [...items.values()].filter(({ type }) => type === 'architecture')
  for (const { id, type } of items.values())
    if (type === 'package') for (const architecture of architectures) put(predecessors, id, architecture.id)
  for (const [id, others] of triggers)
    for (const other of others) {
      if (items.get(other)?.react === undefined)
        throw badDefinition(
          `${id} triggers ${other}, which can't react to a trigger. Trigger an action or a service.`,
        )
      put(predecessors, other, id)
    }
  for (const [id, others] of precededBy)
    for (const other of others) {
      if (items.get(other)?.onlyTriggered !== true)
        throw badDefinition(`${id} is preceded by ${other}, which isn't a triggered action. Make it one.`)
      put(predecessors, id, other)
    }
  refuseTriggersFromAfter(items, precededBy, triggers)
  return {
    items,
    bundles,
    levels: layered(predecessors),
    predecessors,
    needs,
    triggers,
    precededBy: new Map([...precededBy].map(([id, others]) => [id, [...others].sort()])),
  }
}

/** An action that precedes one item can't at the same time wait for the last of those that trigger it. */
function refuseTriggersFromAfter(
  items: ReadonlyMap<string, Item>,
  precededBy: ReadonlyMap<string, ReadonlySet<string>>,
  triggers: ReadonlyMap<string, ReadonlySet<string>>,
): void {
  const preceding = new Set([...precededBy.values()].flatMap(others => [...others]))
  for (const [id, others] of triggers)
    for (const other of others)
      if (preceding.has(other) && items.has(id))
        throw badDefinition(
          `${other} is triggered by ${id} and precedes another item. Make two actions of it.`,
        )
}

/** Kahn's algorithm by levels, names sorted within each. What is left is a cycle, and is printed whole. */
function layered(predecessors: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const left = new Map([...predecessors].map(([id, others]) => [id, new Set(others)]))
  const levels: string[][] = []
  while (left.size > 0) {
    const level = [...left].flatMap(([id, others]) => (others.size === 0 ? [id] : [])).sort()
    if (level.length === 0)
      throw badDefinition(
        `These items wait for each other: ${cycleIn(left).join(' → ')}. Remove one of the relations.`,
      )
    for (const id of level) left.delete(id)
    for (const others of left.values()) for (const id of level) others.delete(id)
    levels.push(level)
  }
  return levels
}

function cycleIn(left: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const path: string[] = []
  let at = [...left.keys()].sort()[0] ?? ''
  while (!path.includes(at)) {
    path.push(at)
    at = [...(left.get(at) ?? [])].sort()[0] ?? ''
  }
  return [...path.slice(path.indexOf(at)), at]
}
