import { compareText } from '../compare-text.ts'
import {
  readServerContent,
  type ServerContent,
  type ServerContentOptions,
  type ServerLayer,
} from '../layers/server-content.ts'
import { findingSeverities } from '../preflight/finding.ts'
import { addonConflicts } from './addon-conflicts.ts'
import { campaignConflicts } from './campaign-conflicts.ts'
import type { Conflict } from './conflict.ts'
import { ConflictWriter } from './conflict-writer.ts'
import { layerConflicts } from './layer-conflicts.ts'

export interface ConflictReport {
  /** Warnings first; then by kind, subject and places. */
  readonly conflicts: readonly Conflict[]
  /** Further ones that weren't kept. */
  readonly omitted: number
}

/** For a person: nobody reads more. */
const mostConflicts = 1000

/**
 * What the layers of a server (uppermost first, the installation last) bring twice, and who wins. Files are grouped by
 * who brings them, so that two addons with a thousand files in common are one conflict. Needs no file: only the
 * indexes. Linear in the number of names.
 */
export function findConflicts(
  layers: readonly ServerLayer[],
  options: ServerContentOptions & { readonly content?: ServerContent } = {},
): ConflictReport {
  const content = options.content ?? readServerContent(layers, options)
  const writer = new ConflictWriter(layers)
  const conflicts = [
    ...layerConflicts(content, layers, writer),
    ...addonConflicts(content, layers, writer),
    ...campaignConflicts(content, layers, writer),
  ]
  const rank = ({ severity }: Conflict) => findingSeverities.indexOf(severity)
  const key = ({ places }: Conflict) => places.map(({ layer, vpk }) => `${layer} ${vpk}`).join('\n')
  conflicts.sort(
    (a, b) =>
      rank(a) - rank(b) ||
      compareText(a.code, b.code) ||
      compareText(a.subjects[0] ?? '', b.subjects[0] ?? '') ||
      compareText(key(a), key(b)),
  )
  return {
    conflicts: conflicts.slice(0, mostConflicts),
    omitted: Math.max(0, conflicts.length - mostConflicts),
  }
}
