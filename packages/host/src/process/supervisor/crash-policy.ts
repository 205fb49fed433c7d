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
  // What lies in the future was noted before the clock was set back.
  const recent = history.crashes.filter(at => at <= now && now - at < timings.crashWindow)
  const crashes = [...recent, now]
  const consecutive = ranFor >= timings.crashWindow ? 1 : history.consecutive + 1
  const delay = Math.min(timings.restartDelayLimit, timings.restartDelay * 2 ** Math.min(consecutive - 1, 30))
  return { action: crashes.length >= timings.crashLimit ? 'give-up' : 'restart', delay, crashes, consecutive }
}

/** Milliseconds until a restart that an earlier supervisor announced; never more than the limit, if the clock was set back. */
export function delayUntil(restartAt: number | null, now: number, timings: Timings): number {
  return Math.min(timings.restartDelayLimit, Math.max(0, (restartAt ?? 0) - now))
}
