import type { FactRequest } from '../facts/fact-request.ts'
import type { Facts } from '../facts/facts.ts'
import type { Payload } from '../transport/payload.ts'

export type Value = string | number | boolean | null | readonly string[]
/** What is wanted or found, by key; null is absence. Only keys that `expected` has are compared. */
export type State = Readonly<Record<string, Value>> | null

/** Which other items an item hangs together with. Each word is a selector, see relations/selector.ts. */
export interface Relations {
  /** Runs after these, whatever becomes of them. */
  readonly after?: readonly string[]
  readonly before?: readonly string[]
  /** Runs after these and not at all when one of them failed or was left out. */
  readonly needs?: readonly string[]
  readonly neededBy?: readonly string[]
  /** When this was changed, these react: an action runs, a service restarts. Never lost, see docs/reference/converge.md. */
  readonly triggers?: readonly string[]
  readonly triggeredBy?: readonly string[]
  /** Actions that run before this is changed; it is left as it is when one fails. */
  readonly precededBy?: readonly string[]
  readonly precedes?: readonly string[]
  readonly tags?: readonly string[]
  /** Defined, but neither looked at nor changed. */
  readonly skip?: boolean
}

/**
 * A path that an item writes: what is there afterwards. `value` is the SHA-256 of a file (empty where its content isn't
 * managed) or the target of a link.
 */
export interface Touched {
  readonly path: string
  readonly kind: 'file' | 'symlink' | 'directory' | 'absent'
  readonly value: string
}

/** What relates items by what they are, without being said. */
interface Ties {
  /** The path that the item occupies. */
  readonly path?: string
  /** Folders that it brings with it where the node has no item for them. */
  readonly folders?: readonly string[]
  /** Nothing can be below it. */
  readonly leaf?: boolean
  /** Absence is what is wanted. */
  readonly absent?: boolean
  /** Items that are needed when the node has them, by id. */
  readonly wants?: readonly string[]
  /** Paths that are needed when the node has them. */
  readonly wantsPaths?: readonly string[]
  /** The systemd unit that it is about. */
  readonly unit?: string
  /** It looks at or drives the unit, rather than being a file of it. */
  readonly runsUnit?: boolean
  /** A number that nothing else on the node may have, as `uid 980`. */
  readonly pins?: string
}

interface Upload {
  readonly name: string
  readonly payload: () => Payload
}

export interface Item {
  /** `type:name`, unique on a node. */
  readonly id: string
  readonly type: string
  readonly name: string
  readonly relations: Relations
  readonly ties: Ties
  /** Everything that makes the item what it is, as JSON, a secret by its name: for `hash` and `items`. */
  readonly identity: unknown
  readonly requests: readonly FactRequest[]
  /** Throws a ConvergeError `secret-unavailable` when a key is missing. */
  expected(): State
  actual(facts: Facts): State
  /** A script, run in a subshell with `set -e`, that makes `keys` as expected. The re-read judges, not its exit code alone. */
  fix(keys: ReadonlySet<string>, actual: State): string
  /** Said before the steps of its level, so that the first step can do the work of several. */
  batch?(keys: ReadonlySet<string>, actual: State): string
  /** What the script needs in the session's folder. */
  readonly uploads?: readonly Upload[]
  /** What the script of `fix` writes, so that it can be undone and pruned. */
  readonly touches?: () => readonly Touched[]
  /** How it reacts to a trigger; an item without it can't be triggered. */
  readonly react?: () => string
  /** Runs by triggers (or as a preceding item) only. */
  readonly onlyTriggered?: boolean
  /** Runs in every run. */
  readonly everyRun?: boolean
  /** When it fails, what the run did is undone, on the target. */
  readonly undoesRun?: boolean
  /** Makes what was there before count again, after it was put back and systemd has read its units. */
  readonly reactToUndo?: string
  /** Its answer may depend on what other items change: `maybe` in a plan. */
  readonly uncertain?: boolean
  /** A fix in this run makes the pending reaction needless. */
  readonly fixSatisfiesTrigger?: (actual: State) => boolean
  /** Puts names in the place of secrets in what a step printed. */
  readonly redact?: (text: string) => string
  /** The text that a plan compares with what is there; null when it is secret or not text. */
  readonly preview?: () => { readonly path: string; readonly text: string | null }
}

/** The keys of `expected` in which the two differ; `exists` when one is absence and the other isn't. */
export function difference(expected: State, actual: State): Set<string> {
  if (expected === null || actual === null)
    return new Set(
      expected === actual ? [] : expected === null ? ['exists'] : ['exists', ...Object.keys(expected)],
    )
  return new Set(Object.keys(expected).filter(key => !sameValue(expected[key] ?? null, actual[key] ?? null)))
}

function sameValue(one: Value, other: Value): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
