import { isMap, valueAt } from '../metadata/merge.ts'
import { isSecret } from '../secrets/secret.ts'
import type { BuiltNode } from './build-node.ts'

export interface ItemDescription {
  readonly id: string
  readonly bundle: string
  readonly attributes: unknown
  readonly needs: readonly string[]
  readonly triggers: readonly string[]
}

/** All items in the order of a run, secrets by name. Asks nobody. */
export function describeItems({ graph }: BuiltNode): ItemDescription[] {
  return graph.levels.flat().map(id => ({
    id,
    bundle: graph.bundles.get(id) ?? '',
    attributes: graph.items.get(id)?.identity ?? null,
    needs: [...(graph.needs.get(id) ?? [])].sort(),
    triggers: [...(graph.triggers.get(id) ?? [])].sort(),
  }))
}

export interface MetadataValue {
  readonly path: string
  readonly value: unknown
  /** The layers that it comes from, weakest first. */
  readonly layers: readonly string[]
}

/** The values at and below a path, each with the layers that gave it; secrets by name. */
export function describeMetadata({ metadata }: BuiltNode, path = ''): MetadataValue[] {
  const result: MetadataValue[] = []
  const walk = (value: unknown, at: string) => {
    if (isMap(value) && Object.keys(value).length > 0)
      for (const key of Object.keys(value).sort()) walk(value[key], at === '' ? key : `${at}/${key}`)
    else if (value !== undefined)
      result.push({ path: at, value: printable(value), layers: metadata.blame.get(at) ?? [] })
  }
  walk(valueAt(metadata.values, path), path)
  return result
}

function printable(value: unknown): unknown {
  if (isSecret(value)) return value.toString()
  if (value instanceof Set) return [...value].map(printable).sort()
  return Array.isArray(value) ? value.map(printable) : value
}
