import { readFile } from 'node:fs/promises'
import { replaceFile } from '../../files/atomic-file.ts'
import {
  type InstancePhase,
  type InstanceReason,
  type InstanceSpecification,
  type InstanceStatus,
  instancePhases,
} from '../../host.ts'
import { parseSpecification } from '../../instance/specification.ts'
import { parseExit, parseReason } from '../../instance/status.ts'
import { booleanOf, idOf, integerOf, listOf, nullOr, objectOf, oneOf, textOf } from '../../json-value.ts'
import type { InstancePaths } from '../../layout.ts'
import { type Patience, parsePatience } from './protocol.ts'

/** A process that can't be mistaken for a later one with the same pid. */
export interface Identity {
  readonly pid: number
  readonly start: string
}

/**
 * One execution of a server. It is written down with its nonce before anything is spawned: whoever finds the record
 * without a holder looks for a process that carries the nonce.
 */
export interface Run {
  readonly nonce: string
  readonly startedAt: number
  readonly holder: Identity | null
  readonly main: Identity | null
}

/** What the supervisor knows of an instance, in `state.json`. */
export interface InstanceRecord {
  /** Written before it is acted upon. */
  readonly desired: 'running' | 'stopped'
  readonly phase: InstancePhase
  readonly since: number
  readonly restarts: number
  readonly restartAt: number | null
  readonly startAtBoot: boolean
  readonly reason: InstanceReason | null
  readonly lastExit: InstanceStatus['lastExit']
  /** Times of the crashes that count towards the limit. */
  readonly crashes: readonly number[]
  /** Crashes one after another without a long run between: sets the delay. */
  readonly consecutive: number
  /** The patience of a stop that is under way. */
  readonly stopping: Patience | null
  readonly run: Run | null
  /** Of the boot in which this was written down (random(4)); null: never was. */
  readonly bootId: string | null
}

export const newRecord: InstanceRecord = {
  desired: 'stopped',
  phase: 'stopped',
  since: 0,
  restarts: 0,
  restartAt: null,
  startAtBoot: false,
  reason: null,
  lastExit: null,
  crashes: [],
  consecutive: 0,
  stopping: null,
  run: null,
  bootId: null,
}

export async function writeRecord(paths: InstancePaths, record: InstanceRecord): Promise<void> {
  await replaceFile(paths.state, `${JSON.stringify({ version: 2, ...record })}\n`)
}

/** null when there is none or when it can't be read: then the processes are the only truth. */
export async function readRecord(paths: InstancePaths): Promise<InstanceRecord | null> {
  try {
    return parseRecord(JSON.parse(await readFile(paths.state, 'utf8')))
  } catch {
    return null
  }
}

export async function writeSpecification(
  paths: InstancePaths,
  specification: InstanceSpecification,
): Promise<void> {
  await replaceFile(paths.specification, `${JSON.stringify(specification)}\n`)
}

export async function readSpecification(paths: InstancePaths): Promise<InstanceSpecification | null> {
  try {
    return parseSpecification(JSON.parse(await readFile(paths.specification, 'utf8')))
  } catch {
    return null
  }
}

const time = (value: unknown, what: string) => integerOf(value, what, 0, Number.MAX_SAFE_INTEGER)

function parseRecord(value: unknown): InstanceRecord {
  const record = objectOf(value, 'state')
  integerOf(record['version'], 'version', 2, 2)
  return {
    desired: oneOf(record['desired'], 'desired', ['running', 'stopped']),
    phase: oneOf(record['phase'], 'phase', instancePhases),
    since: time(record['since'], 'since'),
    restarts: integerOf(record['restarts'], 'restarts', 0, Number.MAX_SAFE_INTEGER),
    restartAt: nullOr(record['restartAt'], at => time(at, 'restartAt')),
    startAtBoot: booleanOf(record['startAtBoot'], 'startAtBoot'),
    reason: nullOr(record['reason'], parseReason),
    lastExit: nullOr(record['lastExit'], parseExit),
    crashes: listOf(record['crashes'], 'crashes', 10_000, time),
    consecutive: integerOf(record['consecutive'], 'consecutive', 0, Number.MAX_SAFE_INTEGER),
    stopping: nullOr(record['stopping'], parsePatience),
    run: nullOr(record['run'], parseRun),
    bootId: nullOr(record['bootId'], id => textOf(id, 'bootId', 100)),
  }
}

function parseRun(value: unknown): Run {
  const run = objectOf(value, 'run')
  return {
    nonce: textOf(run['nonce'], 'run.nonce', 100),
    startedAt: time(run['startedAt'], 'run.startedAt'),
    holder: nullOr(run['holder'], parseIdentity),
    main: nullOr(run['main'], parseIdentity),
  }
}

function parseIdentity(value: unknown): Identity {
  const identity = objectOf(value, 'process')
  return { pid: idOf(identity['pid'], 'pid'), start: textOf(identity['start'], 'start', 40) }
}
