import { HelperError } from '../helper-error.ts'
import { programs, runCommand } from '../program/run-command.ts'

/** Properties of a unit, by name. Throws `HelperError` (`systemd-failed`). */
export function showUnit(unit: string, properties: readonly string[]): ReadonlyMap<string, string> {
  const { code, stdout, stderr } = runCommand(programs.systemctl, [
    'show',
    `--property=${properties.join(',')}`,
    unit,
  ])
  if (code !== 0)
    throw new HelperError('systemd-failed', `systemd doesn't say how ${unit} is: ${stderr.trim()}`, {
      remedy: 'See whether it answers; as root: systemctl status',
    })
  return new Map(
    stdout.split('\n').flatMap(line => {
      const separator = line.indexOf('=')
      return separator < 0 ? [] : [[line.slice(0, separator), line.slice(separator + 1)] as const]
    }),
  )
}

/** Whether anything of the unit may still run. */
export function isAtRest(unit: string): boolean {
  const state = showUnit(unit, ['ActiveState']).get('ActiveState')
  return state === 'inactive' || state === 'failed'
}

/** Stops units and waits until all their processes are gone. Idempotent. Throws `HelperError` (`systemd-failed`). */
export function stopUnits(...units: string[]): void {
  const { code, stderr } = runCommand(programs.systemctl, ['stop', ...units])
  // 5: systemd knows none of that name.
  if (code !== 0 && code !== 5)
    throw new HelperError('systemd-failed', `${units.join(', ')} could not be stopped: ${stderr.trim()}`, {
      remedy: `See why; as root: systemctl status ${units.join(' ')}`,
    })
}

/** Forgets how units ended; one that systemd doesn't know has nothing to be forgotten. */
export function forgetFailure(...units: string[]): void {
  runCommand(programs.systemctl, ['reset-failed', ...units])
}
