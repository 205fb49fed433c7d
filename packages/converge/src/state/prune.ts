import type { Graph } from '../relations/graph.ts'
import type { Machine } from '../run/machine.ts'
import type { Target } from '../run/run-options.ts'
import { command } from '../shell/quote.ts'
import type { Session } from '../transport/session.ts'
import { type HostState, type ManifestEntry, nameOfId } from './host-state.ts'

/** What earlier runs made at a path that no item has any more; of an item that has another path now, with the old one. */
export function leftovers({ manifest }: HostState, { items }: Graph): Leftover[] {
  const occupied = new Set([...items.values()].flatMap(item => item.ties.path ?? []))
  return manifest
    .filter(({ touched }) => !occupied.has(touched.path))
    .map(({ id, touched }) => ({
      id,
      touched,
      label: items.has(id) ? `${id} (${touched.path})` : id,
      // The unit runs on with its file at the new path.
      unit: items.has(id) ? '' : (/^unit:(.*)$/.exec(id)?.[1] ?? ''),
    }))
}

interface Leftover extends ManifestEntry {
  /** How it is named in a report. */
  readonly label: string
  /** The unit that ends with its file, or empty. */
  readonly unit: string
}

/**
 * Removes what earlier runs made and no item declares any more, deepest first: files and links only while they are what
 * was written, folders only when empty and not there before. What a generation needs to bring them back is kept.
 */
export async function prune(
  session: Session,
  machine: Machine,
  target: Target,
): Promise<{ pruned: string[]; unpruned: string[] }> {
  const gone = leftovers(machine.state, target.graph).sort((one, other) =>
    one.touched.path < other.touched.path ? 1 : -1,
  )
  if (gone.length === 0) return { pruned: [], unpruned: [] }
  const begun = machine.generation !== null
  const generation = machine.beginGeneration()
  const units = gone.some(({ id }) => /^(unit|drop-in):/.test(id))
  const records = await session.run(
    [
      `GEN="$S/generations/${generation}"; (umask 077; mkdir -p "$GEN")`,
      ...gone.map((entry, index) => pruneEntry(entry, index)),
      'sync_parents',
      ...(begun ? [] : ['if rmdir -- "$GEN" 2>/dev/null; then emit unchanged; else keep_links; fi']),
      ...(units ? ['systemctl daemon-reload 2>/dev/null </dev/null 9>&-'] : []),
    ].join('\n'),
  )
  if (records.some(([kind]) => kind === 'unchanged')) machine.forgetGeneration()
  const of = (kind: string) => [
    ...new Set(records.flatMap(([found, id]) => (found === kind ? [id ?? ''] : []))),
  ]
  return { pruned: of('pruned'), unpruned: of('unpruned') }
}

function pruneEntry({ id, touched, label, unit }: Leftover, index: number): string {
  // prune_path says by its own returns what failed: as a condition, set -e would do nothing.
  return `if (
STEP=00000
${command(['prune_path', `9${String(index).padStart(5, '0')}-0`, touched.path, touched.kind, touched.value, unit])}
) </dev/null >/dev/null 2>&1 9>&-; then
  rm -f "$S/manifest/${nameOfId(id)}.${nameOfId(touched.path)}"; ${command(['emit', 'pruned', label])}
else ${command(['emit', 'unpruned', label])}; fi`
}
