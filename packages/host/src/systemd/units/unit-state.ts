import { type ServicePart, type UnitPart, unloadedUnit } from './unit-properties.ts'

/** A unit as systemd told of it, and what it told before of the run that ended last: a new run clears that. */
export interface UnitState {
  readonly unit: UnitPart
  readonly service: ServicePart
  readonly lastRun: EndedRun | null
  /** ms from when it began to wait for an automatic restart until that restart; null unless it waits. */
  readonly restartDelay: number | null
}

export interface EndedRun {
  /** `Result` at that end, before a start limit that was hit put itself in its place. */
  readonly result: string
  readonly mainCode: number
  readonly mainStatus: number
  readonly startedAt: number | null
  readonly at: number | null
}

const idleService: ServicePart = {
  result: 'success',
  mainPid: 0,
  mainStartedAt: null,
  mainExitedAt: null,
  mainCode: 0,
  mainStatus: 0,
  restarts: 0,
}

export const unloadedState: UnitState = {
  unit: unloadedUnit,
  service: idleService,
  lastRun: null,
  restartDelay: null,
}

/** `service`: what came with it; null when that part didn't change. */
export function changed(state: UnitState, unit: UnitPart, service: ServicePart | null): UnitState {
  const waitsOn = isWaitingForRestart(unit) && unit.inactiveExit === state.unit.inactiveExit
  const after = service ? withServicePart(state, service) : state
  return { ...after, unit, restartDelay: waitsOn ? state.restartDelay : null }
}

function withServicePart(state: UnitState, service: ServicePart): UnitState {
  const { result, mainCode, mainStatus, mainStartedAt: startedAt, mainExitedAt: at } = service
  const known = state.lastRun
  const isNew = mainCode !== 0 && (known?.at !== at || known.result === 'success')
  return { ...state, service, lastRun: isNew ? { result, mainCode, mainStatus, startedAt, at } : known }
}

/** After everything was read anew: how the run before ended is still known when no other one ended since. */
export function rememberingRun(state: UnitState, before: UnitState): UnitState {
  const isSameRun =
    state.unit.invocationId === before.unit.invocationId && state.service.restarts === before.service.restarts
  return state.lastRun === null && isSameRun ? { ...state, lastRun: before.lastRun } : state
}

/** It was unloaded: what its last run came to is still known. */
export function withoutUnit(state: UnitState): UnitState {
  return {
    ...unloadedState,
    unit: { ...unloadedUnit, inactiveEnter: state.unit.inactiveEnter },
    lastRun: state.lastRun,
  }
}

export function isWaitingForRestart(unit: UnitPart): boolean {
  return unit.subState === 'auto-restart' || unit.subState === 'auto-restart-queued'
}

/** It neither runs nor is it going to, and nothing of it is left. */
export function isAtRest({ unit }: UnitState): boolean {
  return (
    (unit.activeState === 'inactive' || unit.activeState === 'failed') && !unit.hasJob && !isPassing(unit)
  )
}

/** A state of a moment, `failed` among them, between the end of a run and the wait for its restart. */
export function isPassing(unit: UnitPart): boolean {
  return unit.subState.endsWith('-before-auto-restart')
}
