import { ConvergeError } from '../converge-error.ts'
import type { Facts } from '../facts/facts.ts'
import { difference, type Item, type State } from '../items/item.ts'
import type { Difference } from './report.ts'

export interface Judgement {
  readonly keys: ReadonlySet<string>
  readonly expected: State
  readonly actual: State
}

/** What differs; a sentence when what is wanted can't be known because a secret's key isn't there. */
export function judge(item: Item, facts: Facts): Judgement | { readonly unavailable: string } {
  const wanted = expectation(item)
  if ('unavailable' in wanted) return wanted
  const { expected } = wanted
  const actual = item.actual(facts)
  return { keys: difference(expected, actual), expected, actual }
}

/** What is wanted; a sentence when that can't be known because a secret's key isn't there. */
export function expectation(item: Item): { readonly expected: State } | { readonly unavailable: string } {
  try {
    return { expected: item.expected() }
  } catch (error) {
    if (error instanceof ConvergeError && error.code === 'secret-unavailable')
      return { unavailable: error.message }
    throw error
  }
}

/** The differing keys with their values, `exists` left out when it goes without saying. */
export function differences({ keys, expected, actual }: Judgement): Difference[] {
  if (expected === null || actual === null)
    return keys.size === 0
      ? []
      : [
          {
            key: 'exists',
            actual: actual === null ? 'absent' : 'present',
            expected: expected === null ? 'absent' : 'present',
          },
        ]
  return [...keys].map(key => ({ key, actual: actual[key] ?? null, expected: expected[key] ?? null }))
}
