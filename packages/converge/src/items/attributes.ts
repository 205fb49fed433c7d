import { badDefinition } from '../converge-error.ts'
import { isSecret, type Secret } from '../secrets/secret.ts'
import type { Relations } from './item.ts'

const relationLists = [
  'after',
  'before',
  'needs',
  'neededBy',
  'triggers',
  'triggeredBy',
  'precededBy',
  'precedes',
  'tags',
] as const

/** Refuses what isn't an attribute of the item, and relations that aren't lists of words. Returns the relations. */
export function checkAttributes(id: string, attributes: object, allowed: readonly string[]): Relations {
  for (const [key, value] of Object.entries(attributes)) {
    const isRelation = key === 'skip' || relationLists.some(name => name === key)
    if (!isRelation && !allowed.includes(key))
      throw badDefinition(
        `${id} has no attribute ${key}. Known are ${[...allowed, 'skip', ...relationLists].sort().join(', ')}.`,
      )
    if (isRelation && key !== 'skip' && !isWordList(value))
      throw badDefinition(`${id}: ${key} must be a list of selectors such as file:/etc/hosts.`)
  }
  const relations: Record<string, unknown> = {}
  for (const key of ['skip', ...relationLists])
    if (key in attributes) relations[key] = (attributes as Record<string, unknown>)[key]
  return relations
}

function isWordList(value: unknown): boolean {
  return Array.isArray(value) && value.every(word => typeof word === 'string')
}

/** An absolute path in its only spelling: no `//`, `.`, `..`, trailing `/`, `:` or control character. */
export function checkPath(what: string, path: string): string {
  const normal =
    path.startsWith('/') &&
    !/[\u0000-\u001f\u007f:]/.test(path) &&
    (path === '/' ||
      path
        .slice(1)
        .split('/')
        .every(part => part !== '' && part !== '.' && part !== '..'))
  if (!normal || path.length > 4000)
    throw badDefinition(
      `${what}: ${JSON.stringify(path)} is no usable path. Write it absolute, without //, a / at the end, dots as a part, colons and control characters.`,
    )
  return path
}

/** A name of a user, group, package, unit, …: never begins with a dash. */
export function checkName(what: string, name: string, pattern: RegExp): string {
  if (!pattern.test(name) || name.length > 200)
    throw badDefinition(
      `${what}: ${JSON.stringify(name)} is no usable name. It must match ${pattern.source}.`,
    )
  return name
}

export const accountName = /^[a-z_][a-z0-9_-]*$/

/** Four octal digits; `644` is taken as `0644`. */
function checkMode(id: string, mode: string): string {
  if (!/^[0-7]{3,4}$/.test(mode))
    throw badDefinition(`${id}: mode ${JSON.stringify(mode)} isn't three or four octal digits.`)
  return mode.padStart(4, '0')
}

export type Content = string | Uint8Array | Secret

/** Checked ownership: what is left out isn't managed. */
export interface Ownership {
  readonly mode?: string
  readonly owner?: string
  readonly group?: string
}

export function checkOwnership(id: string, { mode, owner, group }: Ownership): Ownership {
  return {
    ...(mode === undefined ? {} : { mode: checkMode(id, mode) }),
    ...(owner === undefined ? {} : { owner: checkName(`${id}: owner`, owner, accountName) }),
    ...(group === undefined ? {} : { group: checkName(`${id}: group`, group, accountName) }),
  }
}

/** The ids that an owner and a group are made by. */
export function accounts({ owner, group }: Ownership): string[] {
  return [
    ...(owner === undefined ? [] : [`user:${owner}`]),
    ...(group === undefined ? [] : [`group:${group}`]),
  ]
}

export function contentBytes(content: Content): Uint8Array {
  if (isSecret(content)) return Buffer.from(content.reveal())
  return typeof content === 'string' ? Buffer.from(content) : content
}
