import type { Value, Variant } from '../dbus/value.ts'

/**
 * What we read of a unit: org.freedesktop.systemd1(5). Each signal of a change carries all of an interface's properties
 * that change, so that each of the two parts is always one moment's. Times in ms since the epoch with fractions, which
 * tell the order of what happens within one; null: never.
 */
export interface UnitPart {
  readonly activeState: string
  readonly subState: string
  /** Something was asked of it and isn't done. */
  readonly hasJob: boolean
  /** Of its present or last run; empty when it has none. systemd.exec(5), “INVOCATION_ID”. */
  readonly invocationId: string
  readonly activeEnter: number | null
  readonly activeExit: number | null
  readonly inactiveEnter: number | null
  readonly inactiveExit: number | null
  readonly stateChange: number | null
}

export interface ServicePart {
  readonly result: string
  /** 0: none. */
  readonly mainPid: number
  readonly mainStartedAt: number | null
  readonly mainExitedAt: number | null
  /** CLD_EXITED, CLD_KILLED or CLD_DUMPED of waitid(2); 0 while it runs. */
  readonly mainCode: number
  /** Exit status, or the signal's number. */
  readonly mainStatus: number
  readonly restarts: number
}

export type PropertyMap = ReadonlyMap<Value, Value>

/** Of a unit that isn't loaded: it neither runs nor failed. */
export const unloadedUnit: UnitPart = {
  activeState: 'inactive',
  subState: 'dead',
  hasJob: false,
  invocationId: '',
  activeEnter: null,
  activeExit: null,
  inactiveEnter: null,
  inactiveExit: null,
  stateChange: null,
}

/** Throws a RangeError when one is missing or of another type. */
export function parseUnitPart(properties: PropertyMap): UnitPart {
  const invocationId = propertyOf(properties, 'InvocationID')
  if (!(invocationId instanceof Uint8Array)) throw wrong('InvocationID')
  const job = propertyOf(properties, 'Job')
  if (!Array.isArray(job)) throw wrong('Job')
  return {
    activeState: textOf(properties, 'ActiveState'),
    subState: textOf(properties, 'SubState'),
    hasJob: job[0] !== 0,
    invocationId: Buffer.from(invocationId).toString('hex'),
    activeEnter: timeOf(properties, 'ActiveEnterTimestamp'),
    activeExit: timeOf(properties, 'ActiveExitTimestamp'),
    inactiveEnter: timeOf(properties, 'InactiveEnterTimestamp'),
    inactiveExit: timeOf(properties, 'InactiveExitTimestamp'),
    stateChange: timeOf(properties, 'StateChangeTimestamp'),
  }
}

/** Throws a RangeError when one is missing or of another type. */
export function parseServicePart(properties: PropertyMap): ServicePart {
  return {
    result: textOf(properties, 'Result'),
    mainPid: numberOf(properties, 'MainPID'),
    mainStartedAt: timeOf(properties, 'ExecMainStartTimestamp'),
    mainExitedAt: timeOf(properties, 'ExecMainExitTimestamp'),
    mainCode: numberOf(properties, 'ExecMainCode'),
    mainStatus: numberOf(properties, 'ExecMainStatus'),
    restarts: numberOf(properties, 'NRestarts'),
  }
}

function propertyOf(properties: PropertyMap, name: string): Value | undefined {
  return (properties.get(name) as Variant | undefined)?.value
}

function textOf(properties: PropertyMap, name: string): string {
  const value = propertyOf(properties, name)
  if (typeof value !== 'string') throw wrong(name)
  return value
}

function numberOf(properties: PropertyMap, name: string): number {
  const value = propertyOf(properties, name)
  if (typeof value !== 'number') throw wrong(name)
  return value
}

/** systemd counts microseconds. */
function timeOf(properties: PropertyMap, name: string): number | null {
  const value = propertyOf(properties, name)
  if (typeof value !== 'bigint') throw wrong(name)
  return value === 0n ? null : Number(value) / 1000
}

function wrong(name: string): RangeError {
  return new RangeError(`systemd doesn't tell ${name}`)
}
