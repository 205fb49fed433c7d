import { ProtocolError } from '../protocol-error.ts'

type JsonObject = Readonly<Record<string, unknown>>

/**
 * JSON of Steam's Web API: numbers beyond 2^53 come back as their own digits, since 64-bit ids are sent both as strings and as
 * numbers. Throws `malformed`.
 */
export function parseSteamJson(text: string): unknown {
  try {
    return JSON.parse(text, keepDigits)
  } catch (cause) {
    throw new ProtocolError('malformed', 'Steam answered with something that is no JSON.', { cause })
  }
}

/** https://tc39.es/proposal-json-parse-with-source/ */
function keepDigits(_key: string, value: unknown, ...context: { readonly source?: string }[]): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context[0]?.source
  return source !== undefined && /^-?\d{1,40}$/.test(source) ? source : value
}

/** The object under `response` that every answer is wrapped in. */
export function responseOf(value: unknown): JsonObject {
  const response = isObject(value) ? value['response'] : undefined
  if (!isObject(response)) throw new ProtocolError('malformed', 'Steam answered without a response.')
  return response
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The objects in a list; anything else in it is left out. [] when it is no list. */
export function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** null for what is missing, empty or of another type. */
export function textOf(object: JsonObject, key: string): string | null {
  const value = own(object, key)
  return typeof value === 'string' && value !== '' ? value : null
}

/** A whole number from 0 to 2^53, sent as a number or as digits. */
export function numberOf(object: JsonObject, key: string): number | null {
  const value = own(object, key)
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : null
}

/** An unsigned 64-bit number as decimal digits, sent as a number or as digits. */
export function idOf(object: JsonObject, key: string): string | null {
  const value = own(object, key)
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value
  if (typeof text !== 'string' || !/^\d{1,20}$/.test(text)) return null
  const id = BigInt(text)
  return id < 2n ** 64n ? id.toString() : null
}

/** `true`, 1, "1" or "true". */
export function flagOf(object: JsonObject, key: string): boolean {
  const value = own(object, key)
  return value === true || value === 1 || value === '1' || value === 'true'
}

/** ms since the epoch, sent in seconds; null for 0. */
export function timeOf(object: JsonObject, key: string): number | null {
  const seconds = numberOf(object, key)
  return seconds === null || seconds === 0 ? null : seconds * 1000
}

function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}
