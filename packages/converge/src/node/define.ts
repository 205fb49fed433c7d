import { badDefinition } from '../converge-error.ts'
import type { Item } from '../items/item.ts'
import type { Reactor } from '../metadata/reactor.ts'

/** A question to the target whose answer becomes metadata, as the weakest layer. */
export interface FactProbe {
  /** Where the answer goes, `a/b`. */
  readonly path: string
  /** A script that changes nothing. */
  readonly script: string
  /** Throws when the answer can't be what was asked for. */
  readonly parse: (output: string) => unknown
}

/** What bundles are given beside the metadata. */
export interface BundleContext {
  readonly node: string
  /** Names of all bundles of the node. */
  readonly bundles: readonly string[]
}

/** A part of a machine: defaults, reactors and items. `M` is what `parse` makes of the node's whole metadata. */
export interface Bundle<M = unknown> {
  readonly name: string
  /** Bundles that it can't be without. */
  readonly requires?: readonly string[]
  readonly defaults?: Readonly<Record<string, unknown>>
  readonly reactors?: readonly Reactor[]
  readonly facts?: readonly FactProbe[]
  /** Tags that selectors may name though no item has them. */
  readonly tags?: readonly string[]
  /** Checks and types the metadata; its error is one sentence that names the key. */
  readonly parse?: (metadata: Readonly<Record<string, unknown>>) => M
  readonly items?: (metadata: M, context: BundleContext) => readonly (Item | readonly Item[])[]
}

/** A bundle whose type of metadata is forgotten, as nodes hold them. */
// biome-ignore lint/suspicious/noExplicitAny: a bundle takes what its own parse returns; the pair is only used together
export type AnyBundle = Bundle<any>

export function defineBundle<M = Readonly<Record<string, unknown>>>(bundle: Bundle<M>): Bundle<M> {
  checkDefinitionName('bundle', bundle.name)
  return bundle
}

/** What several nodes share. */
export interface Group {
  readonly name: string
  readonly parents?: readonly Group[]
  readonly bundles?: readonly AnyBundle[]
  readonly metadata?: Readonly<Record<string, unknown>>
}

export function defineGroup(group: Group): Group {
  checkDefinitionName('group', group.name)
  return group
}

export interface Node {
  readonly name: string
  readonly groups?: readonly Group[]
  readonly bundles?: readonly AnyBundle[]
  readonly metadata?: Readonly<Record<string, unknown>>
  /** Recorded answers of the bundles' fact probes, merged; what was probed replaces them. */
  readonly facts?: Readonly<Record<string, unknown>>
}

export function defineNode(node: Node): Node {
  checkDefinitionName('node', node.name)
  return node
}

function checkDefinitionName(what: string, name: string): void {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    throw badDefinition(
      `${JSON.stringify(name)} is no usable name of a ${what}. Take letters, digits, dots, _ and -.`,
    )
}
