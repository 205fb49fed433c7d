import { ProtocolError } from '../protocol-error.ts'
import type { KeyValuesPair } from './pair.ts'

/** What is true on a Linux server. `$WIN32` means “a PC” in this engine, not Windows. */
export const serverConditions: ReadonlySet<string> = new Set(['$win32', '$linux', '$posix'])

/**
 * Whether a condition such as `!$X360`, `$WIN32||$LINUX` or `($A && !$B)` holds when exactly `defined` (lower case) are
 * true. `&&` binds no stronger than `||`, as in the engine: both are read from left to right. Throws `malformed`.
 */
export function conditionHolds(condition: string, defined: ReadonlySet<string>): boolean {
  const tokens = condition.toLowerCase().match(/\$[\w.]+|&&|\|\||!|\S/g) ?? []
  let result: boolean | null = null
  let operator: '&&' | '||' | null = null
  let negated = false
  for (const token of tokens) {
    if (token === '(' || token === ')') continue
    if (token === '!') negated = !negated
    else if ((token === '&&' || token === '||') && result !== null && operator === null) operator = token
    else if (token.startsWith('$') && (result === null || operator !== null)) {
      const value: boolean = defined.has(token) !== negated
      if (result === null) result = value
      else result = operator === '&&' ? result && value : result || value
      operator = null
      negated = false
    } else throw new ProtocolError('malformed', `The condition [${condition.slice(0, 100)}] can't be read.`)
  }
  if (result === null || operator !== null || negated) {
    throw new ProtocolError('malformed', `The condition [${condition.slice(0, 100)}] can't be read.`)
  }
  return result
}

/** The pairs that hold, without those that don't, at every depth. What can't be read counts as holding. */
export function applyConditions(
  pairs: readonly KeyValuesPair[],
  defined: ReadonlySet<string> = serverConditions,
): KeyValuesPair[] {
  const kept: KeyValuesPair[] = []
  for (const pair of pairs) {
    if (pair.condition !== null && !holdsOrBroken(pair.condition, defined)) continue
    kept.push(
      typeof pair.value === 'string' ? pair : { ...pair, value: applyConditions(pair.value, defined) },
    )
  }
  return kept
}

function holdsOrBroken(condition: string, defined: ReadonlySet<string>): boolean {
  try {
    return conditionHolds(condition, defined)
  } catch {
    return true
  }
}
