import type { InstanceSpecification, InstanceStatus, LogLine } from '../../host.ts'
import { type HostErrorCode, hostErrorCodes } from '../../host-error.ts'
import { parseSpecification } from '../../instance/specification.ts'
import { parseStatus } from '../../instance/status.ts'
import {
  booleanOf,
  idOf,
  integerOf,
  type JsonObject,
  listOf,
  nullOr,
  objectOf,
  oneOf,
  textOf,
} from '../../json-value.ts'

/**
 * What the host driver and the supervisor say to each other over the Unix socket: one JSON value a line, both ways.
 * A new number makes an older supervisor be replaced when the driver opens it; servers go on running.
 */
export const protocolVersion = 3

/** Bytes of one message. The largest is a batch of log lines. */
export const messageLimit = 8 * 1024 * 1024

/** Milliseconds that each step of a stop may take. */
export interface Patience {
  readonly quit: number
  readonly interrupt: number
  readonly terminate: number
}

export type Request =
  | { readonly method: 'hello'; readonly protocol: number }
  /** The supervisor ends, so that a newer one can take over. */
  | { readonly method: 'leave' }
  | { readonly method: 'list' }
  | { readonly method: 'status'; readonly instanceId: number }
  | { readonly method: 'start'; readonly specification: InstanceSpecification }
  | { readonly method: 'stop'; readonly instanceId: number; readonly patience: Patience }
  /** The polite way of a running stop has failed: go on to the signals. */
  | { readonly method: 'hurry'; readonly instanceId: number }
  | { readonly method: 'start-at-boot'; readonly instanceId: number; readonly enabled: boolean }
  | { readonly method: 'reset'; readonly instanceId: number }
  | { readonly method: 'remove'; readonly instanceId: number }
  /** When the instance doesn't run: makes its next start wait until the caller releases it or is gone. */
  | { readonly method: 'hold'; readonly instanceId: number; readonly hold: number }
  | { readonly method: 'release'; readonly hold: number }
  | { readonly method: 'follow'; readonly instanceId: number; readonly follow: number }
  | { readonly method: 'unfollow'; readonly follow: number }
  /** Ids of instances that run or are meant to. */
  | { readonly method: 'active' }

export type RequestMethod = Request['method']

export interface Results {
  readonly hello: { readonly protocol: number; readonly configuration: string }
  readonly leave: null
  readonly list: InstanceStatus[]
  readonly status: InstanceStatus
  readonly start: InstanceStatus
  readonly stop: InstanceStatus
  readonly hurry: null
  readonly 'start-at-boot': null
  readonly reset: null
  readonly remove: null
  /** false: it runs. */
  readonly hold: { readonly held: boolean }
  readonly release: null
  readonly follow: { readonly lastSequence: number }
  readonly unfollow: null
  readonly active: number[]
}

export interface RemoteError {
  readonly code: HostErrorCode
  readonly message: string
  readonly remedy: string | null
}

export type FromSupervisor =
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly error: RemoteError }
  | { readonly kind: 'status'; readonly status: InstanceStatus }
  | { readonly kind: 'removed'; readonly instanceId: number }
  | { readonly kind: 'log'; readonly follow: number; readonly lines: LogLine[] }
  /** The reader was too slow: it has to follow anew from where it was. */
  | { readonly kind: 'log-lost'; readonly follow: number }

const milliseconds = (value: unknown, what: string) => integerOf(value, what, 0, 3_600_000)

export function parseRequest(value: unknown): { id: number; request: Request } {
  const message = objectOf(value, 'message')
  const id = integerOf(message['id'], 'id', 0, Number.MAX_SAFE_INTEGER)
  return { id, request: requestOf(message) }
}

function requestOf(message: JsonObject): Request {
  const instanceId = () => idOf(message['instanceId'], 'instanceId')
  const follow = () => idOf(message['follow'], 'follow')
  const hold = () => idOf(message['hold'], 'hold')
  const method = textOf(message['method'], 'method', 20) as RequestMethod
  switch (method) {
    case 'hello':
      return { method, protocol: integerOf(message['protocol'], 'protocol', 1, 1_000_000) }
    case 'list':
    case 'leave':
    case 'active':
      return { method }
    case 'start':
      return { method, specification: parseSpecification(message['specification']) }
    case 'stop':
      return { method, instanceId: instanceId(), patience: parsePatience(message['patience']) }
    case 'start-at-boot':
      return { method, instanceId: instanceId(), enabled: booleanOf(message['enabled'], 'enabled') }
    case 'status':
    case 'hurry':
    case 'reset':
    case 'remove':
      return { method, instanceId: instanceId() }
    case 'hold':
      return { method, instanceId: instanceId(), hold: hold() }
    case 'release':
      return { method, hold: hold() }
    case 'follow':
      return { method, instanceId: instanceId(), follow: follow() }
    case 'unfollow':
      return { method, follow: follow() }
    default:
      throw new RangeError(`no such method: ${String(method satisfies never)}`)
  }
}

export function parsePatience(value: unknown): Patience {
  const patience = objectOf(value, 'patience')
  return {
    quit: milliseconds(patience['quit'], 'patience.quit'),
    interrupt: milliseconds(patience['interrupt'], 'patience.interrupt'),
    terminate: milliseconds(patience['terminate'], 'patience.terminate'),
  }
}

export function parseFromSupervisor(value: unknown): FromSupervisor {
  const message = objectOf(value, 'message')
  const id = () => integerOf(message['id'], 'id', 0, Number.MAX_SAFE_INTEGER)
  const follow = () => idOf(message['follow'], 'follow')
  const kind = textOf(message['kind'], 'kind', 20) as FromSupervisor['kind']
  switch (kind) {
    case 'result':
      return { kind, id: id(), result: message['result'] }
    case 'error':
      return { kind, id: id(), error: parseRemoteError(message['error']) }
    case 'status':
      return { kind, status: parseStatus(message['status'], 'status') }
    case 'removed':
      return { kind, instanceId: idOf(message['instanceId'], 'instanceId') }
    case 'log':
      return { kind, follow: follow(), lines: listOf(message['lines'], 'lines', 1_000_000, logLineOf) }
    case 'log-lost':
      return { kind, follow: follow() }
    default:
      throw new RangeError(`no such message: ${String(kind satisfies never)}`)
  }
}

function parseRemoteError(value: unknown): RemoteError {
  const error = objectOf(value, 'error')
  return {
    code: oneOf(error['code'], 'error.code', hostErrorCodes),
    message: textOf(error['message'], 'error.message', 10_000),
    remedy: nullOr(error['remedy'], remedy => textOf(remedy, 'error.remedy', 10_000)),
  }
}

function logLineOf(value: unknown): LogLine {
  // Hundreds a second: read without building names for messages.
  const line = value as LogLine
  if (typeof line?.sequence !== 'number' || typeof line.time !== 'number' || typeof line.text !== 'string')
    throw new RangeError('a log line has another shape')
  return line
}
