import type { InstanceReason, InstanceStatus } from '../../host.ts'
import type { Timings } from './configuration.ts'
import type { InstanceRecord } from './instance-record.ts'

type CrashHistory = Pick<InstanceRecord, 'crashes' | 'consecutive'>

export interface Verdict extends CrashHistory {
  readonly action: 'restart' | 'give-up'
  /** Milliseconds before the restart. */
  readonly delay: number
}

/**
 * What follows a crash. The delay doubles from crash to crash up to a limit and begins anew after a run of at least
 * the crash window; too many crashes within that window end it.
 */
export function judgeCrash(history: CrashHistory, now: number, ranFor: number, timings: Timings): Verdict {
  const crashes = [...history.crashes.filter(at => now - at < timings.crashWindow), now]
  const consecutive = ranFor >= timings.crashWindow ? 1 : history.consecutive + 1
  const delay = Math.min(timings.restartDelayLimit, timings.restartDelay * 2 ** Math.min(consecutive - 1, 30))
  return { action: crashes.length >= timings.crashLimit ? 'give-up' : 'restart', delay, crashes, consecutive }
}

/** Lines that tell a person why a program ended, rather than how it began. */
const telling =
  /error|fatal|fault|fail|abort|assert|couldn't|cannot|can't|unable|no such|out of memory|denied|killed/i
/** Printed by every run, or after the fact. */
const noise =
  /^\s*$|failed to dlopen|dlopen failed|S_API FAIL|doesn't point to an existing ConVar|Parent cvar in server\.dll|^Add "-debug"|^left4me: /

/** The last console lines that say why, at most three, oldest first. */
function tellingLines(lines: readonly string[]): string[] {
  const worth = lines.filter(line => !noise.test(line))
  const found = worth.filter(line => telling.test(line)).slice(-3)
  return (found.length > 0 ? found : worth.slice(-1)).map(line => line.trim().slice(0, 300))
}

export function describeExit(exit: InstanceStatus['lastExit']): string {
  if (exit?.signal) return `was ended by ${exit.signal}`
  if (exit && exit.code !== null) return `ended with status ${exit.code}`
  return 'ended'
}

export function crashReason(exit: InstanceStatus['lastExit'], lines: readonly string[]): InstanceReason {
  return {
    code: 'crashed',
    message: `The server ${describeExit(exit)}.${quote(lines)}`,
    remedy: null,
  }
}

export function startLimitReason(
  exit: InstanceStatus['lastExit'],
  lines: readonly string[],
  timings: Timings,
): InstanceReason {
  return {
    code: 'start-limit',
    message: `The server crashed ${timings.crashLimit} times within ${Math.round(timings.crashWindow / 1000)} seconds; the last time it ${describeExit(exit)}.${quote(lines)}`,
    remedy: 'Look at the log, change what it names, and start the server again.',
  }
}

function quote(lines: readonly string[]): string {
  const found = tellingLines(lines)
  return found.length === 0 ? '' : ` Its console said: ${found.map(line => `“${line}”`).join(' ')}`
}
