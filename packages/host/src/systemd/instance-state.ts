import type { DiskLimitReport, HelperProblem } from '@left4me/privileged'
import type { InstancePhase, InstanceReason, InstanceStatus } from '../host.ts'
import { crashReason, startLimitReason } from '../instance/crash-reason.ts'
import { describeExit, exitOf, signalName } from '../instance/exit.ts'
import { neverStarted } from '../instance/status.ts'
import { type EndedRun, isPassing, isWaitingForRestart, type UnitState } from './units/unit-state.ts'

/** Everything that an instance's status is made of. */
export interface InstanceFacts {
  readonly instanceId: number
  readonly server: UnitState
  readonly overlay: UnitState
  readonly startAtBoot: boolean
  /** Why the last mount or unmount failed, in root's words. */
  readonly problem: HelperProblem | null
  /** That root stopped it for the disk's sake. */
  readonly diskLimit: DiskLimitReport | null
  /** Why we refused its last start before systemd heard of it. */
  readonly refusal: Refusal | null
  /** The newest console lines of the run that ended last, oldest first. */
  readonly consoleLines: readonly string[]
}

export interface Refusal {
  readonly reason: InstanceReason
  readonly at: number
}

/** As in left4me-server@.service; systemd doesn't tell them by signal. */
const startLimit = { crashLimit: 5, crashWindow: 60_000 }

/** CLD_EXITED of waitid(2): the other codes are those of ends by a signal. */
const exitedByItself = 1

/** What systemd says, in the words that both drivers share. Pure. */
export function instanceStatusOf(facts: InstanceFacts): InstanceStatus {
  const { instanceId, server, startAtBoot } = facts
  const { phase, since, reason } = phaseOf(facts)
  const { mainPid, mainStartedAt, restarts } = server.service
  const running = mainPid !== 0 && (phase === 'running' || phase === 'stopping')
  return {
    ...neverStarted(instanceId),
    phase,
    since: Math.floor(since ?? 0),
    pid: running ? mainPid : null,
    processStart: running ? server.unit.invocationId : null,
    startedAt: running && mainStartedAt !== null ? Math.floor(mainStartedAt) : null,
    restarts: Math.max(0, restarts - (isRestartDue(server) ? 1 : 0)),
    restartAt: phase === 'restarting' ? restartTimeOf(server) : null,
    startAtBoot,
    reason,
    lastExit: exitOfRun(server.lastRun),
  }
}

/** What of its status can change although its units don't: it isn't worth looking for while it runs. */
export function mayHaveFailed(server: UnitState): boolean {
  return server.unit.activeState === 'inactive' || server.unit.activeState === 'failed'
}

interface Phase {
  readonly phase: InstancePhase
  readonly since: number | null
  readonly reason: InstanceReason | null
}

function phaseOf(facts: InstanceFacts): Phase {
  const { server, consoleLines } = facts
  const { activeState, hasJob, activeEnter, activeExit, stateChange } = server.unit
  const restarting = (run = server.lastRun): Phase => ({
    phase: 'restarting',
    since: run?.at ?? activeExit ?? stateChange,
    reason: crashReasonOf(run, consoleLines),
  })
  // The moment between the end of a run and the wait for its restart is `failed` or `inactive` for systemd.
  if (isPassing(server.unit) || isWaitingForRestart(server.unit)) return restarting()
  switch (activeState) {
    case 'active':
    case 'reloading':
    case 'refreshing':
      return { phase: 'running', since: activeEnter, reason: null }
    case 'deactivating':
      if (hasJob) return { phase: 'stopping', since: stoppingSince(server), reason: null }
      // Nobody asked for it: the game's last processes end after a crash, or systemd ends what hangs.
      return server.service.mainCode === 0 ? restarting(unendedRun(server)) : restarting()
    case 'activating':
      if (server.service.restarts > 0) return restarting()
      return { phase: 'stopped', since: stateChange, reason: null }
    default:
      return endedPhaseOf(facts)
  }
}

/** A start that is stopped before its program was executed was never active. */
function stoppingSince({ unit }: UnitState): number | null {
  const { activeExit, inactiveExit, stateChange } = unit
  return activeExit !== null && activeExit > (inactiveExit ?? 0) ? activeExit : stateChange
}

/** It neither runs nor is it going to. */
function endedPhaseOf(facts: InstanceFacts): Phase {
  const { server, overlay, problem, diskLimit, refusal, consoleLines } = facts
  const { inactiveEnter } = server.unit
  const failed = (since: number | null, reason: InstanceReason): Phase => ({ phase: 'failed', since, reason })
  if (diskLimit)
    return failed(diskLimit.at, {
      code: 'disk-limit',
      message: diskLimit.message,
      remedy: diskLimit.remedy,
    })
  if (refusal && refusal.at >= (inactiveEnter ?? 0)) return failed(refusal.at, refusal.reason)
  if (overlay.unit.activeState === 'failed')
    return failed(overlay.unit.inactiveEnter ?? inactiveEnter, mountReasonOf(problem))
  if (isBeyondStartLimit(server))
    return failed(inactiveEnter, startLimitReason(howItEnded(server.lastRun), consoleLines, startLimit))
  // Otherwise what systemd calls failed was stopped by somebody: a crash is always followed by a restart.
  return { phase: 'stopped', since: inactiveEnter, reason: null }
}

/** The restart that systemd counted last has not begun, or never will: it counts when it asks for one. */
function isRestartDue(server: UnitState): boolean {
  const { subState, hasJob } = server.unit
  return (subState.startsWith('auto-restart') && hasJob) || isBeyondStartLimit(server)
}

/**
 * systemd gave up a restart. `Result` seldom says so: it stays that of the crash before. But a unit that failed while it
 * waited for its restart, not while it ran, was refused that.
 */
function isBeyondStartLimit({ unit, service }: UnitState): boolean {
  if (unit.activeState !== 'failed') return false
  const waitedSince = unit.inactiveExit ?? 0
  const waitedLast = waitedSince > (unit.activeEnter ?? 0) && waitedSince >= (service.mainExitedAt ?? 0)
  return service.result === 'start-limit-hit' || (service.restarts > 0 && waitedLast)
}

/** In ms since the epoch. */
function restartTimeOf({ unit, restartDelay }: UnitState): number | null {
  return isWaitingForRestart(unit) && unit.inactiveExit !== null && restartDelay !== null
    ? Math.round(unit.inactiveExit + restartDelay)
    : null
}

function unendedRun({ service }: UnitState): EndedRun {
  const { result, mainCode, mainStatus, mainStartedAt: startedAt } = service
  return { result, mainCode, mainStatus, startedAt, at: null }
}

function exitOfRun(run: EndedRun | null): InstanceStatus['lastExit'] {
  if (!run || run.at === null) return null
  const at = Math.floor(run.at)
  if (run.mainCode === exitedByItself) return exitOf(run.mainStatus, at)
  return { code: null, signal: signalName(run.mainStatus), at }
}

/** systemd.exec(5), `$SERVICE_RESULT`. */
function crashReasonOf(run: EndedRun | null, consoleLines: readonly string[]): InstanceReason {
  if (run?.result === 'oom-kill')
    return {
      code: 'out-of-memory',
      message: 'The server used more memory than it may, and the kernel ended it.',
      remedy: 'Take plugins or maps out of it, or give servers more memory.',
    }
  if (run?.result === 'watchdog')
    return {
      code: 'hung',
      message: 'The server gave no sign of life any more and was ended.',
      remedy: 'If it happens again, take out what was added last.',
    }
  return crashReason(exitOfRun(run), consoleLines)
}

function howItEnded(run: EndedRun | null): string {
  if (run?.result === 'oom-kill') return 'used more memory than it may'
  if (run?.result === 'watchdog') return 'gave no sign of life any more'
  return describeExit(exitOfRun(run))
}

function mountReasonOf(problem: HelperProblem | null): InstanceReason {
  if (!problem)
    return {
      code: 'mount-failed',
      message: 'The layers could not be mounted or unmounted.',
      remedy: 'Look at what left4me-overlay wrote into the journal of the system.',
    }
  const codes: Partial<Record<HelperProblem['code'], InstanceReason['code']>> = {
    'program-missing': 'program-missing',
    'disk-full': 'disk-limit',
  }
  return { code: codes[problem.code] ?? 'mount-failed', message: problem.message, remedy: problem.remedy }
}
