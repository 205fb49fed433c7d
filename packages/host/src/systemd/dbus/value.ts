/**
 * A D-Bus value in JavaScript: 64-bit integers are bigints, other numbers numbers; a dictionary is a Map, an array or a
 * struct an array, an array of bytes a Uint8Array.
 */
export type Value =
  | number
  | bigint
  | boolean
  | string
  | Uint8Array
  | Variant
  | readonly Value[]
  | ReadonlyMap<Value, Value>

/** A value that brings its type along. */
export class Variant {
  readonly signature: string
  readonly value: Value

  constructor(signature: string, value: Value) {
    this.signature = signature
    this.value = value
  }
}

const objectPath = /^\/$|^(?:\/[A-Za-z0-9_]+)+$/

export function isObjectPath(text: string): boolean {
  return objectPath.test(text)
}

/** Bytes of one array at most, by the specification. */
export const arrayLimit = 64 * 1024 * 1024
/** Variants within variants. The specification counts all containers and ends at 64. */
export const variantDepthLimit = 16
