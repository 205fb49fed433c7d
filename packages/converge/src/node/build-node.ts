import { badDefinition, badDefinitionAt } from '../converge-error.ts'
import type { Item } from '../items/item.ts'
import { type ResolvedMetadata, resolveMetadata } from '../metadata/resolve-metadata.ts'
import { buildGraph } from '../relations/graph.ts'
import type { Defined } from '../relations/selector.ts'
import type { Target } from '../run/run-options.ts'
import type { AnyBundle, Group, Node } from './define.ts'

export interface BuiltNode extends Target {
  readonly metadata: ResolvedMetadata
  readonly bundles: readonly string[]
}

/** Resolves a node's metadata and makes its items. Asks nobody: `facts` are what was probed, null when nothing was. */
export function buildNode(node: Node, facts: Readonly<Record<string, unknown>> | null = null): BuiltNode {
  const groups = groupsOf(node)
  const bundles = bundlesOf(node)
  const names = bundles.map(bundle => bundle.name)
  for (const bundle of bundles)
    for (const required of bundle.requires ?? [])
      if (!names.includes(required))
        throw badDefinition(
          `The bundle ${bundle.name} needs the bundle ${required}, which ${node.name} doesn't have. Add it.`,
        )
  const metadata = resolveMetadata({
    node: node.name,
    facts: facts ?? node.facts ?? {},
    factsKnown: facts !== null || node.facts !== undefined,
    defaults: bundles.flatMap(({ name, defaults }) =>
      defaults === undefined ? [] : [{ name, values: defaults }],
    ),
    reactors: bundles.flatMap(({ name, reactors }) =>
      (reactors ?? []).map(reactor => ({ ...reactor, bundle: name })),
    ),
    groups: groups.map(({ name, metadata }) => ({ name, values: metadata ?? {} })),
    own: node.metadata ?? {},
  })
  const defined = bundles.flatMap(bundle => itemsOf(bundle, node, metadata, names))
  const graph = buildGraph(defined, new Set(bundles.flatMap(bundle => bundle.tags ?? [])))
  return { name: node.name, graph, metadata, bundles: names }
}

function itemsOf(
  bundle: AnyBundle,
  node: Node,
  { values }: ResolvedMetadata,
  bundles: readonly string[],
): Defined[] {
  try {
    const metadata = bundle.parse === undefined ? values : bundle.parse(values)
    const items = bundle.items?.(metadata, { node: node.name, bundles }) ?? []
    return items.flatMap(one => (isList(one) ? one : [one])).map(item => ({ item, bundle: bundle.name }))
  } catch (error) {
    if (!(error instanceof Error)) throw error
    throw badDefinitionAt(`The node ${node.name}, bundle ${bundle.name}`, error)
  }
}

/** Parents before children, each once. */
function groupsOf(node: Node): Group[] {
  const found: Group[] = []
  const walk = (group: Group, path: readonly Group[]) => {
    if (path.includes(group))
      throw badDefinition(
        `The groups ${[...path, group].map(({ name }) => name).join(' → ')} are parents of each other.`,
      )
    for (const parent of group.parents ?? []) walk(parent, [...path, group])
    if (!found.includes(group)) found.push(group)
  }
  for (const group of node.groups ?? []) walk(group, [])
  return found
}

/** All bundles of a node and its groups by name, each once. */
export function bundlesOf(node: Node): AnyBundle[] {
  const found = new Map<string, AnyBundle>()
  for (const bundle of [...groupsOf(node).flatMap(group => group.bundles ?? []), ...(node.bundles ?? [])]) {
    const other = found.get(bundle.name)
    if (other !== undefined && other !== bundle)
      throw badDefinition(`Two bundles of ${node.name} are named ${bundle.name}. Rename one.`)
    found.set(bundle.name, bundle)
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1))
}

function isList(value: Item | readonly Item[]): value is readonly Item[] {
  return Array.isArray(value)
}
