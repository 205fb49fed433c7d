import type { InstanceName } from '../arguments/names.ts'
import { HelperError } from '../helper-error.ts'
import type { HostPaths } from '../host-paths.ts'
import { serverPlaces } from '../overlay/server-places.ts'
import { programs, runCommand } from '../program/run-command.ts'
import { readProblem } from '../reports/problem-report.ts'
import { removeRootFile } from '../root-files/root-file.ts'
import { type ServerVerb, systemctlCalls } from './server-verbs.ts'

/** Those with which a person takes note of a failure. */
const forgetting: readonly ServerVerb[] = ['start', 'stop', 'restart', 'reset-failed']

/**
 * Does what the verb says with both units of a server and waits for systemd's job. Each is idempotent, except `restart`.
 * Throws `HelperError`: the reason that the mount or unmount left, if that is what failed, otherwise `systemd-failed`.
 */
export function runServerVerb(paths: HostPaths, verb: Exclude<ServerVerb, 'show'>, name: InstanceName): void {
  const places = serverPlaces(paths, name)
  if (forgetting.includes(verb)) for (const file of [places.problem, places.diskLimit]) removeRootFile(file)
  for (const { words, mayFail } of systemctlCalls(verb, name)) {
    const { code, stderr } = runCommand(programs.systemctl, words)
    if (verb === 'stop' || code !== 0) refuseWithProblem(places.problem)
    if (code !== 0 && !mayFail)
      throw new HelperError('systemd-failed', `systemctl ${verb} failed: ${stderr.trim().slice(0, 1000)}`, {
        remedy: `See why; as root: journalctl -n 20 -u left4me-server@${name} -u left4me-overlay@${name}`,
      })
  }
}

/** systemctl says of a failed unmount nothing at all, and of a failed mount only that “a dependency failed”. */
function refuseWithProblem(file: string): void {
  const problem = readProblem(file)
  if (problem) throw new HelperError(problem.code, problem.message, { remedy: problem.remedy })
}
