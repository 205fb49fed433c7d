import { badDefinition } from '../converge-error.ts'
import { sha256 } from '../items/file.ts'
import { canonical, isMap } from '../metadata/merge.ts'
import { type BuiltNode, buildNode, bundlesOf } from './build-node.ts'
import type { AnyBundle, Node } from './define.ts'

/** One hash of all that a node should be: items, relations and order. Secrets count by name. */
export function hashNode({ graph }: Pick<BuiltNode, 'graph'>): string {
  return sha256(
    canonical(
      graph.levels.flat().map(id => {
        const item = graph.items.get(id)
        const pairs = [...(graph.predecessors.get(id) ?? [])].sort()
        const triggers = [...(graph.triggers.get(id) ?? [])].sort()
        return {
          id,
          identity: item?.identity ?? null,
          pairs,
          triggers,
          needs: [...(graph.needs.get(id) ?? [])].sort(),
        }
      }),
    ),
  )
}

/**
 * Builds a node `times` times, its bundles and the keys of its metadata in another order each time, and throws when
 * the result isn't the same. Asks nobody.
 */
export function testNode(
  node: Node,
  options: { times?: number; seed?: number } = {},
): { items: number; hash: string } {
  const random = generator(options.seed ?? 1)
  const built = buildNode(node)
  const hash = hashNode(built)
  for (let time = 0; time < (options.times ?? 5); time++) {
    const bundles = shuffled(bundlesOf(node), random).map(
      (bundle): AnyBundle => ({
        ...bundle,
        ...(bundle.defaults === undefined ? {} : { defaults: reordered(bundle.defaults, random) }),
        ...(bundle.reactors === undefined ? {} : { reactors: shuffled(bundle.reactors, random) }),
      }),
    )
    const groups = (node.groups ?? []).map(group => ({ ...group, bundles: [] }))
    const again = buildNode({ ...node, groups, bundles, metadata: reordered(node.metadata ?? {}, random) })
    if (hashNode(again) !== hash)
      throw badDefinition(
        `${node.name} comes out differently when its bundles come in another order: ${firstDifference(built, again)}. Sort what it is made of.`,
      )
  }
  return { items: built.graph.items.size, hash }
}

function firstDifference(one: BuiltNode, other: BuiltNode): string {
  const ids = [...new Set([...one.graph.items.keys(), ...other.graph.items.keys()])].sort()
  const of = (node: BuiltNode, id: string) => canonical(node.graph.items.get(id)?.identity)
  return ids.find(id => of(one, id) !== of(other, id)) ?? 'its relations'
}

function reordered<T extends Readonly<Record<string, unknown>>>(map: T, random: () => number): T {
  const entries = Object.entries(map).map(([key, value]) => [
    key,
    isMap(value) ? reordered(value, random) : value,
  ])
  return Object.fromEntries(shuffled(entries, random)) as T
}

function shuffled<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map(value => ({ value, key: random() }))
    .sort((one, other) => one.key - other.key)
    .map(({ value }) => value)
}

/** Mulberry32: the same numbers for the same seed. */
export function generator(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
