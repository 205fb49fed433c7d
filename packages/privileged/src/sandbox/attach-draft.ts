import { existsSync } from 'node:fs'
import type { OverlayId } from '../arguments/names.ts'
import { HelperError } from '../helper-error.ts'
import type { HostPaths } from '../host-paths.ts'
import { programs, runCommand } from '../program/run-command.ts'
import { formatProblem } from '../reports/problem-report.ts'
import { replaceRootFile } from '../root-files/root-file.ts'
import { openDraft } from './draft.ts'
import { type ScriptPlaces, scriptPlaces } from './script-places.ts'

/**
 * As root in the host's mount namespace, in a unit of its own: mounts the draft where the sandbox takes it
 * from. By its descriptor: a path below `overlays` could be turned into a link between the check and the mount. After a
 * failure the reason stands in the run's `problem`.
 */
export function attachDraft(paths: HostPaths, overlayId: OverlayId): void {
  const places = scriptPlaces(paths, overlayId)
  try {
    if (existsSync(places.cancelled))
      throw new HelperError('busy', 'It was cancelled before it began.', { remedy: 'Start the build again.' })
    mountDraft(paths, places, overlayId)
  } catch (error) {
    if (error instanceof HelperError) replaceRootFile(places.problem, formatProblem(error.problem()), 0o600)
    throw error
  }
}

function mountDraft(paths: HostPaths, places: ScriptPlaces, overlayId: OverlayId): void {
  using draft = openDraft(paths, overlayId)
  const { code, stderr } = runCommand(
    programs.mount,
    ['--no-canonicalize', '--options', 'bind,nosuid,nodev', '/proc/self/fd/3', places.overlay],
    [draft.descriptor],
  )
  if (code !== 0)
    throw new HelperError('mount-failed', `The overlay's draft could not be mounted: ${stderr.trim()}`, {
      remedy: 'See what the kernel says; as root: journalctl -k -n 20',
    })
}
