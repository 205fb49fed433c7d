import { ConvergeError } from '../converge-error.ts'
import { sha256 } from '../items/file.ts'
import type { Touched } from '../items/item.ts'
import { command, quote } from '../shell/quote.ts'

/** A reaction that is due: `triggerer` was, or was going to be, changed. */
export interface Pending {
  readonly triggered: string
  readonly triggerer: string
}

/** Something that an item made. */
export interface ManifestEntry {
  readonly id: string
  readonly touched: Touched
}

/** The engine's own state on the target, as the opening script tells it. */
export interface HostState {
  readonly pending: Pending[]
  readonly manifest: ManifestEntry[]
  readonly generations: number[]
}

export function nameOfId(id: string): string {
  return sha256(id).slice(0, 32)
}

function pendingFile({ triggered, triggerer }: Pending): string {
  return `"$S/pending/${nameOfId(triggered)}.${nameOfId(triggerer)}"`
}

/**
 * Makes the state folder, takes the lock on file descriptor 9 (it goes with this shell, and no step inherits it) and
 * tells the state. `holder` says who has it, for others.
 */
export function openingScript(options: { writes: boolean; holder: string }): string {
  return `${options.writes ? lockScript(options.holder) : ''}
for f in "$S"/pending/*; do
  if [ -f "$f" ]; then { read -r a; read -r b; } <"$f" && emit pending "$a" "$b"; fi
done
for f in "$S"/manifest/*; do
  if [ -f "$f" ]; then { read -r a; read -r b; read -r c; read -r d; } <"$f" && emit manifest "$a" "$b" "$c" "$d"; fi
done
for f in "$S"/generations/*; do
  if [ -d "$f" ]; then emit generation "\${f##*/}"; fi
done`
}

function lockScript(holder: string): string {
  return `umask 077
if mkdir -p -- "$S/pending" "$S/manifest" "$S/records" "$S/generations" 2>"$W/err" && guard_parent "$S/pending/any" '' 2>"$W/err"; then
  exec 9>>"$S/lock"
  if flock -n 9; then printf '%s (process %s there)\\n' ${quote(holder)} $$ >"$S/holder"; sweep; else emit locked "$(cat "$S/holder")"; fi
else
  emit no-state "$(cat "$W/err")"
fi
umask 022`
}

/** What is written, and on the disk, before anything of a level is changed. */
export function intentScript(options: {
  generation: number
  pending: readonly Pending[]
  manifest: readonly ManifestEntry[]
  /** What the steps write: swept when they are cut short. */
  paths: readonly string[]
  /** Some item proves the run, and it isn't proven yet. */
  unproven: boolean
}): string {
  const folder = `"$S/generations/${options.generation}"`
  // Whoever made what was there before: what is there now is this one's.
  const occupied = options.manifest.map(({ touched }) => `manifest/*.${nameOfId(touched.path)}`)
  return `umask 077
GEN=${folder}
[ -d "$GEN" ] || mkdir "$GEN" && keep_links${options.unproven ? ' && : >"$GEN/unproven"' : ''} || exit 73
cd "$S" || exit 73
${options.paths.length === 0 ? '' : `printf '%s\n' ${command(options.paths)} >unfinished || exit 73`}
${options.pending.map(pair => `printf '%s\\n' ${command([pair.triggered, pair.triggerer])} >${pendingFile(pair)} || exit 73`).join('\n')}
${occupied.length === 0 ? '' : `rm -f ${occupied.join(' ')} || exit 73`}
${options.manifest
  .filter(({ touched }) => touched.kind !== 'absent')
  .map(
    ({ id, touched }) =>
      `printf '%s\\n' ${command([id, touched.path, touched.kind, touched.value])} >"$S/manifest/${nameOfId(id)}.${nameOfId(touched.path)}" || exit 73`,
  )
  .join('\n')}
${options.pending.length === 0 ? '' : `sync pending ${options.pending.map(pendingFile).join(' ')} || exit 73`}
cd /
umask 022`
}

/** Takes back pending marks: their reactions succeeded, or nothing was changed after all. */
export function settleScript(settled: readonly Pending[]): string {
  return settled.length === 0 ? '' : `rm -f ${settled.map(pendingFile).join(' ')}; sync "$S/pending"`
}

/** Forgets all generations but the last `kept`. */
export function trimScript(generations: readonly number[], kept: number): string {
  const old = [...generations].sort((one, other) => one - other).slice(0, -kept)
  return old.length === 0 ? '' : `rm -rf ${old.map(generation => `"$S/generations/${generation}"`).join(' ')}`
}

/** Takes a record of the opening script in; false when it is none. */
export function takeStateRecord(state: HostState, [kind, ...fields]: readonly string[]): boolean {
  const [a = '', b = '', c = '', d = ''] = fields
  if (kind === 'pending') state.pending.push({ triggered: a, triggerer: b })
  else if (kind === 'generation' && /^[0-9]+$/.test(a)) state.generations.push(Number(a))
  else if (kind === 'manifest' && (c === 'file' || c === 'symlink' || c === 'directory'))
    state.manifest.push({ id: a, touched: { path: b, kind: c, value: d } })
  else return kind === 'generation' || kind === 'manifest'
  return true
}

/** Throws when the opening script could not have the target. */
export function checkOpened(records: readonly (readonly string[])[], stateFolder: string): void {
  for (const [kind, text = ''] of records) {
    if (kind === 'locked') throw lockedError(text)
    if (kind === 'no-state')
      throw new ConvergeError('unreachable', `The state folder ${stateFolder} can't be used: ${text.trim()}`)
  }
}

/** What a run is told that comes upon another one. A connection that vanished without a word may hold the lock for hours. */
export function lockedError(holder: string): ConvergeError {
  return new ConvergeError(
    'locked',
    `The target is taken by ${holder}. Wait until it has ended, or end that process there if its connection is gone.`,
  )
}
