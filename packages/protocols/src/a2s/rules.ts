import type { ByteReader } from '../bytes/byte-reader.ts'

export interface A2sRule {
  readonly name: string
  readonly value: string
}

export interface A2sRuleList {
  readonly rules: readonly A2sRule[]
  /** What the reply claims. */
  readonly declaredCount: number
  /** The reply ended before `declaredCount` rules, or inside the last one, which is then left out. */
  readonly truncated: boolean
}

/** Reads the body of a RULES reply, after its type byte. A last rule that was cut off is normal. */
export function readA2sRules(reader: ByteReader): A2sRuleList {
  const declaredCount = reader.u16()
  const rules: A2sRule[] = []
  while (rules.length < declaredCount) {
    const name = reader.stringOrNull()
    const value = name === null ? null : reader.stringOrNull()
    if (name === null || value === null) break
    rules.push({ name, value })
  }
  return { rules, declaredCount, truncated: rules.length < declaredCount }
}
