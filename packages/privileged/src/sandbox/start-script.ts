import { lstatSync, readFileSync } from 'node:fs'
import type { OverlayId, ScriptName } from '../arguments/names.ts'
import { HelperError } from '../helper-error.ts'
import type { HostPaths } from '../host-paths.ts'
import { readHostLimits } from '../limits/host-limits.ts'
import { programs, runCommand } from '../program/run-command.ts'
import { readProblem } from '../reports/problem-report.ts'
import { removeRootFile } from '../root-files/root-file.ts'
import { readLocalAddresses } from './local-addresses.ts'
import { draftUnitArguments, sandboxProperties, scriptUnitArguments } from './sandbox-properties.ts'
import { makeScriptFolder, removeScriptFolder } from './script-folder.ts'
import { type ScriptPlaces, scriptPlaces } from './script-places.ts'
import { forgetFailure, isAtRest, stopUnits } from './script-unit.ts'

/**
 * Prepares the run of a script in the sandbox and returns systemd-run's arguments. Throws `HelperError`; then nothing
 * was started.
 */
export function prepareScript(paths: HostPaths, overlayId: OverlayId, scriptName: ScriptName): string[] {
  const places = scriptPlaces(paths, overlayId)
  if (!isAtRest(places.unit))
    throw new HelperError('busy', `A script of overlay ${overlayId} runs already.`, {
      remedy: 'Cancel it first, or wait for its end.',
    })
  // What a run left whose caller was killed.
  stopUnits(places.draftUnit)
  forgetFailure(places.unit, places.draftUnit)
  removeRootFile(places.diskLimit)
  const limits = readHostLimits(paths)
  const resolverConfiguration = `${paths.configuration}/sandbox-resolv.conf`
  if (!lstatSync(resolverConfiguration, { throwIfNoEntry: false })?.isFile())
    throw new HelperError('unsafe-path', `${resolverConfiguration} isn't there.`, {
      remedy: 'Apply the deployment again.',
    })
  makeScriptFolder(paths, places, scriptName)
  startDraftUnit(paths, places, overlayId)
  const properties = sandboxProperties({
    places,
    overlayId,
    resolverConfiguration,
    localAddresses: readLocalAddresses(),
    limits,
  })
  return scriptUnitArguments(places, properties, programOf(`${places.root}/script`))
}

function startDraftUnit(paths: HostPaths, places: ScriptPlaces, overlayId: OverlayId): void {
  const helper = `${paths.helpers}/left4me-script-sandbox`
  const { code, stderr } = runCommand(programs.systemdRun, draftUnitArguments(places, helper, overlayId))
  if (code === 0) return
  const problem = readProblem(places.problem)
  forgetFailure(places.draftUnit)
  removeScriptFolder(places)
  if (problem) throw new HelperError(problem.code, problem.message, { remedy: problem.remedy })
  throw new HelperError('systemd-failed', `The overlay's draft could not be mounted: ${stderr.trim()}`, {
    remedy: `See why; as root: journalctl -n 20 -u ${places.draftUnit}`,
  })
}

/**
 * As PID 1 of its namespace a program would lose signals that it doesn't handle, hence tini. A script that names no
 * interpreter is bash's.
 */
function programOf(copy: string): string[] {
  const named = readFileSync(copy).subarray(0, 2).toString('latin1') === '#!'
  return ['/usr/bin/tini', '--', ...(named ? [] : ['/bin/bash']), '/script']
}
