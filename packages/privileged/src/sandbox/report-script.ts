import { existsSync, readFileSync } from 'node:fs'
import type { OverlayId } from '../arguments/names.ts'
import type { HostPaths } from '../host-paths.ts'
import { type DiskLimitReport, parseDiskLimit } from '../reports/disk-limit-report.ts'
import type { ScriptReport } from '../reports/script-report.ts'
import { removeRootFile } from '../root-files/root-file.ts'
import { removeScriptFolder } from './script-folder.ts'
import { scriptPlaces } from './script-places.ts'
import { describeScript, resultProperties } from './script-result.ts'
import { forgetFailure, isAtRest, showUnit, stopUnits } from './script-unit.ts'

/** After systemd-run: says how the run ended and removes what it left. */
export function reportScript(paths: HostPaths, overlayId: OverlayId): ScriptReport {
  const places = scriptPlaces(paths, overlayId)
  // systemd-run was killed: nobody reads any more what the script says.
  if (!isAtRest(places.unit)) stopUnits(places.unit)
  const report = describeScript({
    properties: showUnit(places.unit, resultProperties),
    diskLimit: readDiskLimit(places.diskLimit),
    cancelled: existsSync(places.cancelled),
  })
  stopUnits(places.draftUnit)
  forgetFailure(places.unit, places.draftUnit)
  removeScriptFolder(places)
  removeRootFile(places.diskLimit)
  return report
}

function readDiskLimit(path: string): DiskLimitReport | null {
  try {
    return parseDiskLimit(readFileSync(path, 'utf8'))
  } catch {
    return null
  }
}
