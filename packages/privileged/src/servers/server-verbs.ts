import type { InstanceName } from '../arguments/names.ts'
import { unitNames } from '../host-paths.ts'

export const serverVerbs = [
  'start',
  'stop',
  'restart',
  'enable',
  'disable',
  'show',
  'reset-failed',
  'terminate',
  'kill',
] as const
export type ServerVerb = (typeof serverVerbs)[number]

export function parseServerVerb(text: string): ServerVerb | null {
  return serverVerbs.find(verb => verb === text) ?? null
}

/** What `show` tells of both units, each as a paragraph of `NAME=value`. Times of `…Monotonic` are in microseconds. */
const shown = [
  'Id',
  'LoadState',
  'UnitFileState',
  'ActiveState',
  'SubState',
  'Result',
  'NRestarts',
  'MainPID',
  'ExecMainCode',
  'ExecMainStatus',
  'ExecMainStartTimestamp',
  'ExecMainStartTimestampMonotonic',
  'ExecMainExitTimestamp',
  'ExecMainExitTimestampMonotonic',
  'StateChangeTimestamp',
  'StateChangeTimestampMonotonic',
  'ControlGroup',
  'InvocationID',
]

/** One call of systemctl. */
export interface SystemctlCall {
  readonly words: readonly string[]
  /** Its failure isn't one of the verb's. */
  readonly mayFail: boolean
}

/** systemctl(1) for the verb `show`. */
export function showArguments(name: InstanceName): string[] {
  const units = [unitNames.server, unitNames.overlay].map(unit => `${unit}@${name}.service`)
  return ['show', '--timestamp=us+utc', `--property=${shown.join(',')}`, ...units]
}

/** The calls that a verb consists of, in order. systemctl(1). */
export function systemctlCalls(verb: Exclude<ServerVerb, 'show'>, name: InstanceName): SystemctlCall[] {
  const server = `${unitNames.server}@${name}.service`
  const overlay = `${unitNames.overlay}@${name}.service`
  const call = (...words: string[]): SystemctlCall => ({ words, mayFail: false })
  // It fails for a unit that systemd doesn't know yet, which hence has nothing to be reset.
  const forget = { words: ['reset-failed', server, overlay], mayFail: true }
  switch (verb) {
    // A unit that came to its start limit isn't started again before that is reset. Always: whether it came to it can't
    // be told from its Result, which stays that of the crash.
    case 'start':
      return [forget, call('start', overlay, server)]
    // Both in one call, or it returns before the layers are unmounted.
    case 'stop':
      return [call('stop', server, overlay), forget]
    // Both: the layers, arguments and ports of a changed instance.env come into effect.
    case 'restart':
      return [forget, call('restart', overlay, server)]
    // At boot only. Without a reload, which would take seconds on a host with many units; the link counts at boot.
    case 'enable':
    case 'disable':
      return [call(verb, '--no-reload', '--quiet', server)]
    case 'reset-failed':
      return [forget]
    // For a stop whose patience is over, and while its job waits: every process of the unit.
    case 'terminate':
      return [call('kill', '--kill-whom=all', '--signal=SIGTERM', server)]
    case 'kill':
      return [call('kill', '--kill-whom=all', '--signal=SIGKILL', server)]
  }
}
