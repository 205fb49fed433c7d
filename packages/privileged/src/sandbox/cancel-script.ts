import { existsSync } from 'node:fs'
import type { OverlayId } from '../arguments/names.ts'
import type { HostPaths } from '../host-paths.ts'
import { replaceRootFile } from '../root-files/root-file.ts'
import { scriptPlaces } from './script-places.ts'
import { stopUnits } from './script-unit.ts'

/**
 * Ends a script and all its processes, and unmounts its draft; returns when none is left. Ending the caller of
 * systemd-run would leave it running. Idempotent: does nothing when none runs. A run that is only being prepared doesn't
 * begin.
 */
export function cancelScript(paths: HostPaths, overlayId: OverlayId): void {
  const places = scriptPlaces(paths, overlayId)
  if (existsSync(places.folder)) replaceRootFile(places.cancelled, '', 0o600)
  stopUnits(places.unit, places.draftUnit)
}
