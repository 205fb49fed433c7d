import type { ContentPlace } from '../layers/server-content.ts'
import type { FindingSeverity } from '../preflight/finding.ts'

/** Every kind of conflict between the layers of a server, and what to do. docs/reference/content.md explains each. */
export const conflictKinds = {
  'same-file': ['note', 'Nothing has to be done if the upper layer is meant to change the lower one.'],
  'folder-hides-file': ['warning', 'Rename one of them: what is below can’t be seen.'],
  'file-hides-folder': ['warning', 'Rename one of them: what is below can’t be seen.'],
  'letter-case': ['warning', 'Give them one spelling: which one the game takes isn’t certain.'],
  'same-vpk': ['note', 'Remove all but one: they bring the same.'],
  'same-mission': ['warning', 'Remove all but one: the game lists one campaign under that name.'],
  'same-map': ['warning', 'Remove all but one: players and server need the same version of a map.'],
  'same-vscript': ['warning', 'Remove all but one, or try on the server which one acts.'],
  'same-game-file': ['warning', 'Remove all but one, or try on the server which one acts.'],
  'same-look': ['note', 'Nothing has to be done: a server hardly cares about models, textures and sounds.'],
} as const satisfies Record<string, readonly [FindingSeverity, string]>

export type ConflictCode = keyof typeof conflictKinds

export const conflictCodes: readonly ConflictCode[] = Object.keys(conflictKinds).map(
  code => code as ConflictCode,
)

export interface Conflict {
  readonly code: ConflictCode
  readonly severity: FindingSeverity
  /** Who brings it; `path` is the first of the paths that it is about. */
  readonly places: readonly ContentPlace[]
  /** Which of `places` the server takes; null where that isn't certain: it is one of them. */
  readonly winner: number | null
  /** What it is about: paths, names of maps or of campaigns. The first few of `count`. */
  readonly subjects: readonly string[]
  readonly count: number
  readonly message: string
  readonly remedy: string
}
