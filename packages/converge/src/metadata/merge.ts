import { badDefinition } from '../converge-error.ts'
import { isSecret } from '../secrets/secret.ts'

/** A value that is taken whole: what weaker layers say below it is dropped. */
class Atomic {
  readonly value: unknown
  constructor(value: unknown) {
    this.value = value
  }
}

export function atomic(value: unknown): Atomic {
  return new Atomic(value)
}

/** One layer's values, and who gave them. */
export interface Layer {
  readonly name: string
  readonly values: unknown
}

/** Which layers a path's value comes from, weakest first; paths are written `a/b`. */
export type Blame = ReadonlyMap<string, readonly string[]>

/**
 * Merges layers, weakest first: maps by key, sets unite, lists append, of scalars the strongest wins, `atomic` stops.
 * A map over a scalar (or the other way round) is an error that names both layers.
 */
export function mergeLayers(layers: readonly Layer[]): { values: unknown; blame: Blame } {
  const blame = new Map<string, string[]>()
  let values: unknown
  for (const layer of layers) values = merge(values, layer.values, '', layer.name, blame)
  return { values, blame }
}

function merge(
  weak: unknown,
  strong: unknown,
  path: string,
  layer: string,
  blame: Map<string, string[]>,
): unknown {
  if (strong === undefined) return weak
  if (strong instanceof Atomic) {
    for (const key of blame.keys()) if (key === path || key.startsWith(`${path}/`)) blame.delete(key)
    return merge(undefined, strong.value, path, layer, blame)
  }
  if (isMap(strong)) {
    if (weak !== undefined && !isMap(weak)) clash(path, layer, blame)
    const result: Record<string, unknown> = { ...weak }
    for (const [key, value] of Object.entries(strong)) {
      checkKey(key, path, layer)
      const merged = merge(result[key], value, path === '' ? key : `${path}/${key}`, layer, blame)
      if (merged !== undefined) result[key] = merged
    }
    if (Object.keys(strong).length === 0) blame.set(path, [...(blame.get(path) ?? []), layer])
    return result
  }
  if (isMap(weak)) clash(path, layer, blame)
  if (weak instanceof Set !== strong instanceof Set && weak !== undefined && weak !== null && strong !== null)
    clash(path, layer, blame)
  if (weak instanceof Set && strong instanceof Set) {
    blame.set(path, [...(blame.get(path) ?? []), layer])
    return new Set([...weak, ...strong])
  }
  if (Array.isArray(weak) && Array.isArray(strong)) {
    blame.set(path, [...(blame.get(path) ?? []), layer])
    return [...weak, ...strong]
  }
  blame.set(path, [layer])
  return strong
}

function clash(path: string, layer: string, blame: Blame): never {
  const others = [...blame].flatMap(([at, names]) => (at === path || at.startsWith(`${path}/`) ? names : []))
  throw badDefinition(
    `${path || 'The metadata'} has another shape in ${layer} than in ${[...new Set(others)].join(', ')}. Make them the same, or use atomic().`,
  )
}

function checkKey(key: string, path: string, layer: string): void {
  if (key === '' || key.includes('/') || key === '__proto__')
    throw badDefinition(
      `${layer}: ${JSON.stringify(key)} below ${path || 'the top'} is no usable key. Write it without a slash.`,
    )
}

/** A plain map: neither list, set, secret nor any other class. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !isSecret(value) &&
    (Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null)
  )
}

/** The value at `a/b`; undefined when it isn't there. */
export function valueAt(values: unknown, path: string): unknown {
  let at = values
  for (const key of path === '' ? [] : path.split('/')) {
    if (!isMap(at) || !Object.hasOwn(at, key)) return undefined
    at = at[key]
  }
  return at
}

/** The same text for equal values, whatever the order of keys and sets; a secret is its name. */
export function canonical(value: unknown): string {
  if (value instanceof Atomic) return `atomic ${canonical(value.value)}`
  if (value instanceof Set) return `set[${[...value].map(canonical).sort().join()}]`
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`
  if (isMap(value))
    return `{${Object.keys(value)
      .sort()
      .map(key => `${JSON.stringify(key)}:${canonical(value[key])}`)
      .join()}}`
  return JSON.stringify(value) ?? 'undefined'
}
