import { badDefinition, badDefinitionAt, ConvergeError } from '../converge-error.ts'
import { type Blame, canonical, isMap, type Layer, mergeLayers, valueAt } from './merge.ts'
import type { MetadataView, Reactor } from './reactor.ts'

/** So often may a reactor change its mind. */
const roundLimit = 200

export interface MetadataSources {
  readonly node: string
  /** Probed or recorded: the weakest. */
  readonly facts: unknown
  /** By bundle. */
  readonly defaults: readonly Layer[]
  readonly reactors: readonly (Reactor & { readonly bundle: string })[]
  /** Parents before children. */
  readonly groups: readonly Layer[]
  readonly own: unknown
  /** Why facts may be missing, for the error. */
  readonly factsKnown: boolean
}

export interface ResolvedMetadata {
  readonly values: Record<string, unknown>
  readonly blame: Blame
}

class MissingKey extends Error {
  readonly path: string
  constructor(path: string) {
    super(path)
    this.path = path
  }
}

interface Running {
  readonly reactor: Reactor & { readonly bundle: string }
  readonly name: string
  result: Readonly<Record<string, unknown>>
  /** What it read, with what it found. Null before it ran. */
  reads: Map<string, string> | null
  missing: string | null
  changes: number
}

/** Merges all layers and runs the reactors until nothing that any of them read changes any more. */
export function resolveMetadata(sources: MetadataSources): ResolvedMetadata {
  refuseTwoDefaults(sources.defaults)
  const running = sources.reactors
    .map(
      (reactor): Running => ({
        reactor,
        name: `${reactor.bundle}/${reactor.name}`,
        result: {},
        reads: null,
        missing: null,
        changes: 0,
      }),
    )
    .sort((one, other) => (one.name < other.name ? -1 : 1))
  const defaults = [...sources.defaults].sort((one, other) => (one.name < other.name ? -1 : 1))
  const merged = (without: Running | null) =>
    mergeLayers([
      { name: 'facts', values: sources.facts },
      ...defaults.map(({ name, values }) => ({ name: `defaults of ${name}`, values })),
      ...running.flatMap(each =>
        each === without ? [] : [{ name: `reactor ${each.name}`, values: each.result }],
      ),
      ...sources.groups.map(({ name, values }) => ({ name: `group ${name}`, values })),
      { name: `node ${sources.node}`, values: sources.own },
    ])
  for (let round = 0; ; round++) {
    let changed = false
    for (const each of running) {
      const { values } = merged(each)
      const stale =
        each.reads === null ||
        [...each.reads].some(([path, found]) => canonical(valueAt(values, path)) !== found)
      if (!stale) continue
      const before = canonical(each.result)
      runReactor(each, values, sources.node)
      if (canonical(each.result) !== before) {
        each.changes++
        changed = true
      }
    }
    if (!changed) break
    if (round >= roundLimit) throw flipFlop(sources.node, running)
  }
  const missing = running.filter(each => each.missing !== null)
  if (missing.length > 0)
    throw badDefinition(
      missing
        .map(each =>
          sources.factsKnown
            ? `The node ${sources.node} has no ${each.missing}, which the reactor ${each.name} reads. Set it on the node.`
            : `${each.missing}, which the reactor ${each.name} reads, is unknown until ${sources.node} was probed. Record its facts or set it.`,
        )
        .join('\n'),
    )
  const { values, blame } = merged(null)
  return { values: isMap(values) ? values : {}, blame }
}

function runReactor(each: Running, values: unknown, node: string): void {
  const reads = new Map<string, string>()
  const look = (path: string) => {
    const value = valueAt(values, path)
    reads.set(path, canonical(value))
    return value
  }
  const view: MetadataView = {
    get: <T>(path: string, ...otherwise: unknown[]) => {
      const value = look(path)
      if (value === undefined && otherwise.length === 0) throw new MissingKey(path)
      return (value === undefined ? otherwise[0] : structuredCloneWithSecrets(value)) as T
    },
    has: (path: string) => look(path) !== undefined,
  }
  each.missing = null
  try {
    const result = react(each, view, node)
    if (reads.size === 0)
      throw badDefinition(
        `The reactor ${each.name} reads nothing. Make what it returns a default of its bundle.`,
      )
    refuseForeignPaths(each, result)
    each.result = result
  } catch (error) {
    if (!(error instanceof MissingKey)) throw error
    each.missing = error.path
    each.result = {}
  }
  each.reads = reads
}

/** What a reactor returns. A wrong definition that it finds is told with its name and the node's. */
function react({ reactor, name }: Running, view: MetadataView, node: string) {
  try {
    return reactor.react(view)
  } catch (error) {
    if (error instanceof MissingKey || !(error instanceof Error)) throw error
    if (error instanceof ConvergeError && error.code !== 'bad-definition') throw error
    throw badDefinitionAt(`The reactor ${name} failed for ${node}`, error)
  }
}

/** A reactor can't change what it is shown. Lists and sets are copied, secrets and scalars are as they are. */
function structuredCloneWithSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(structuredCloneWithSecrets)
  if (value instanceof Set) return new Set(value)
  if (isMap(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, structuredCloneWithSecrets(each)]),
    )
  return value
}

function refuseForeignPaths({ reactor, name }: Running, result: unknown): void {
  const within = (path: string) => reactor.provides.some(own => path === own || path.startsWith(`${own}/`))
  const above = (path: string) => path === '' || reactor.provides.some(own => own.startsWith(`${path}/`))
  const walk = (value: unknown, path: string) => {
    if (within(path)) return
    if (!above(path) || !isMap(value))
      throw badDefinition(
        `The reactor ${name} writes ${path || 'everything'}, which isn't in its provides. Add it there.`,
      )
    for (const [key, each] of Object.entries(value)) walk(each, path === '' ? key : `${path}/${key}`)
  }
  walk(result, '')
}

function flipFlop(node: string, running: readonly Running[]): Error {
  const top = [...running].sort((one, other) => other.changes - one.changes).slice(0, 3)
  return badDefinition(
    `The metadata of ${node} never comes to rest. Look at the reactors that changed their mind most: ${top.map(({ name, changes }) => `${name} (${changes} times)`).join(', ')}.`,
  )
}

/** Two bundles can't both have a say in the default of one scalar: neither is stronger. */
function refuseTwoDefaults(defaults: readonly Layer[]): void {
  const owners = new Map<string, string>()
  const walk = (value: unknown, path: string, bundle: string) => {
    if (isMap(value))
      for (const [key, each] of Object.entries(value))
        walk(each, path === '' ? key : `${path}/${key}`, bundle)
    else if (!Array.isArray(value) && !(value instanceof Set)) {
      const other = owners.get(path)
      if (other !== undefined && other !== bundle)
        throw badDefinition(`${path} has a default in the bundles ${other} and ${bundle}. Remove one.`)
      owners.set(path, bundle)
    }
  }
  for (const { name, values } of defaults) walk(values, '', name)
}
