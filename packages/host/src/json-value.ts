import { HostError } from './host-error.ts'

/** Readers of JSON that somebody else wrote. Each throws a HostError that names the member. */

export type JsonObject = { readonly [key: string]: unknown }

export function objectOf(value: unknown, what: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(what, 'an object')
  return value as JsonObject
}

export function integerOf(value: unknown, what: string, minimum: number, maximum: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < minimum || value > maximum)
    throw wrong(what, `an integer from ${minimum} to ${maximum}`)
  return value
}

export function booleanOf(value: unknown, what: string): boolean {
  if (typeof value !== 'boolean') throw wrong(what, 'true or false')
  return value
}

export function textOf(value: unknown, what: string, maximumLength: number): string {
  if (typeof value !== 'string' || value.length > maximumLength)
    throw wrong(what, `a text of at most ${maximumLength} characters`)
  return value
}

export function listOf<Item>(
  value: unknown,
  what: string,
  maximum: number,
  item: (value: unknown, what: string) => Item,
): Item[] {
  if (!Array.isArray(value) || value.length > maximum) throw wrong(what, `a list of at most ${maximum}`)
  return value.map((entry, index) => item(entry, `${what}[${index}]`))
}

export function oneOf<const Values extends readonly string[]>(
  value: unknown,
  what: string,
  values: Values,
): Values[number] {
  if (!values.includes(value as Values[number])) throw wrong(what, `one of ${values.join(', ')}`)
  return value as Values[number]
}

export function nullOr<Item>(value: unknown, read: (value: unknown) => Item): Item | null {
  return value === null || value === undefined ? null : read(value)
}

export const idOf = (value: unknown, what: string): number =>
  integerOf(value, what, 1, Number.MAX_SAFE_INTEGER)

function wrong(what: string, expected: string): HostError {
  return new HostError('start-failed', `${what} isn't ${expected}.`)
}
