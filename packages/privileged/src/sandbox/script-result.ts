import { constants } from 'node:os'
import { HelperError } from '../helper-error.ts'
import type { DiskLimitReport } from '../reports/disk-limit-report.ts'
import type { ScriptReport } from '../reports/script-report.ts'

/** What systemd is asked about a run: org.freedesktop.systemd1(5). */
export const resultProperties = [
  'LoadState',
  'Result',
  'ExecMainCode',
  'ExecMainStatus',
  'MemoryPeak',
  'CPUUsageNSec',
]

/** CLD_EXITED of waitid(2); 0 stands for a program that was never started. */
const exited = '1'

type Properties = ReadonlyMap<string, string>

/** What a run came to. `properties`: those named above. */
export function describeScript(run: {
  readonly properties: Properties
  readonly diskLimit: DiskLimitReport | null
  readonly cancelled: boolean
}): ScriptReport {
  const { properties, diskLimit } = run
  const nanoseconds = count(properties.get('CPUUsageNSec'))
  const spent = {
    exitCode: null,
    signal: null,
    memoryPeakBytes: count(properties.get('MemoryPeak')),
    cpuSeconds: nanoseconds === null ? null : nanoseconds / 1e9,
  }
  if (diskLimit)
    return { ...spent, outcome: 'disk-limit', message: diskLimit.message, remedy: diskLimit.remedy }
  if (run.cancelled)
    return { ...spent, outcome: 'cancelled', message: 'It was cancelled.', remedy: 'Start the build again.' }
  return { ...spent, ...judge(properties) }
}

/** The report of a run that could not be prepared. Anything but a `HelperError` is thrown on. */
export function refuseScript(error: unknown): ScriptReport {
  if (!(error instanceof HelperError)) throw error
  const { message, remedy } = error
  return {
    outcome: 'not-started',
    exitCode: null,
    signal: null,
    message,
    remedy,
    memoryPeakBytes: null,
    cpuSeconds: null,
  }
}

function judge(
  properties: Properties,
): Pick<ScriptReport, 'outcome' | 'message' | 'remedy'> & Partial<ScriptReport> {
  const status = Number(properties.get('ExecMainStatus'))
  const remedy = 'See its output.'
  const result = properties.get('LoadState') === 'loaded' ? properties.get('Result') : undefined
  switch (result) {
    case 'success':
    case 'exit-code':
      // Not so when systemd itself failed before the program, for example at a mount.
      if (properties.get('ExecMainCode') !== exited) break
      return status === 0
        ? { outcome: 'succeeded', exitCode: 0, message: 'It succeeded.', remedy: '' }
        : { outcome: 'failed', exitCode: status, message: describeExit(status), remedy }
    case 'signal':
    case 'core-dump':
      return { outcome: 'killed', signal: status, message: `It was killed by ${signalName(status)}.`, remedy }
    case 'timeout':
      return {
        outcome: 'timeout',
        message: 'It took longer than one hour.',
        remedy: 'Let it do less, or split it into several overlays.',
      }
    case 'oom-kill':
      return {
        outcome: 'out-of-memory',
        message: 'It needed more memory than the 4 GiB that a script may have.',
        remedy: 'Let it hold less at once; files in /tmp count as memory.',
      }
    // Whatever else: systemd itself failed, before the program or instead of it.
    default:
      break
  }
  return {
    outcome: 'not-started',
    message: `systemd could not start it (${result ?? 'no such unit'}).`,
    remedy: 'See its output, and why; as root: journalctl -n 20 -u "left4me-script-*"',
  }
}

/** tini ends with 128 and the signal's number when its child was killed: tini(1). */
function describeExit(status: number): string {
  const signal = status > 128 && status <= 192 ? ` (as after ${signalName(status - 128)})` : ''
  return `It ended with exit code ${status}${signal}.`
}

function signalName(signal: number): string {
  return Object.entries(constants.signals).find(([, known]) => known === signal)?.[0] ?? `signal ${signal}`
}

/** systemd writes `[not set]`, or the largest number that there is, for what it doesn't know. */
function count(value: string | undefined): number | null {
  if (value === undefined || !/^[0-9]{1,16}$/.test(value)) return null
  return Number(value)
}
