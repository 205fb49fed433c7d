/**
 * Valve's KeyValues as ordered pairs: keys may repeat and the order matters, so that no object can hold them.
 * Authority: https://developer.valvesoftware.com/wiki/KeyValues
 */
export interface KeyValuesPair {
  readonly key: string
  readonly value: string | readonly KeyValuesPair[]
  /** `$X360`, `!$WIN32 || $X`, as written in brackets after the key or value; null when there is none. */
  readonly condition: string | null
}

/** The first text with this key, whatever its letter case, as the engine looks it up. null when there is none. */
export function findText(pairs: readonly KeyValuesPair[], key: string): string | null {
  const wanted = key.toLowerCase()
  for (const pair of pairs) {
    if (typeof pair.value === 'string' && pair.key.toLowerCase() === wanted) return pair.value
  }
  return null
}

/** The first section with this key, whatever its letter case. null when there is none. */
export function findSection(pairs: readonly KeyValuesPair[], key: string): readonly KeyValuesPair[] | null {
  const wanted = key.toLowerCase()
  for (const pair of pairs) {
    if (typeof pair.value !== 'string' && pair.key.toLowerCase() === wanted) return pair.value
  }
  return null
}
