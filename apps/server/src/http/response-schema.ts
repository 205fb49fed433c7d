import type { TSchema } from 'typebox'

/**
 * A schema as fast-json-stringify writes it quickest: it decides a union by validating, and reformats what has a
 * format. `X or null` becomes its own `nullable`, and what only constrains input is left out. Members that the schema
 * doesn't name are never written, so that no row's secret can slip into an answer.
 */
export function responseSchema(schema: TSchema): Record<string, unknown> {
  return object(simplify(schema))
}

function simplify(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(simplify)
  if (typeof schema !== 'object' || schema === null) return schema
  const members = object(schema)
  const union = members['anyOf']
  if (Array.isArray(union)) {
    const others = union.filter(member => object(member)['type'] !== 'null')
    const [only] = others
    if (others.length === 1 && union.length === 2) return { ...object(simplify(only)), nullable: true }
  }
  return Object.fromEntries(
    Object.entries(members)
      .filter(([key]) => kept.has(key))
      .map(([key, value]) => [key, key === 'properties' ? mapValues(object(value)) : simplify(value)]),
  )
}

const kept = new Set(['type', 'properties', 'items', 'required', 'anyOf', 'additionalProperties', 'const'])

function mapValues(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, simplify(value)]))
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
