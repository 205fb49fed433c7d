import { type InstanceReason, type InstanceStatus, instancePhases } from '../host.ts'
import { HostError } from '../host-error.ts'
import { booleanOf, idOf, integerOf, listOf, nullOr, objectOf, oneOf, textOf } from '../json-value.ts'

const reasonCodes = [
  'crashed',
  'start-limit',
  'mount-failed',
  'program-missing',
  'supervisor-lost',
  'disk-limit',
  'out-of-memory',
  'hung',
] as const satisfies readonly InstanceReason['code'][]

const time = (value: unknown, what: string) => integerOf(value, what, 0, Number.MAX_SAFE_INTEGER)

export function parseStatus(value: unknown, what: string): InstanceStatus {
  const status = objectOf(value, what)
  return {
    instanceId: idOf(status['instanceId'], `${what}.instanceId`),
    phase: oneOf(status['phase'], `${what}.phase`, instancePhases),
    since: time(status['since'], `${what}.since`),
    pid: nullOr(status['pid'], pid => idOf(pid, `${what}.pid`)),
    processStart: nullOr(status['processStart'], text => textOf(text, `${what}.processStart`, 200)),
    startedAt: nullOr(status['startedAt'], at => time(at, `${what}.startedAt`)),
    restarts: integerOf(status['restarts'], `${what}.restarts`, 0, Number.MAX_SAFE_INTEGER),
    restartAt: nullOr(status['restartAt'], at => time(at, `${what}.restartAt`)),
    startAtBoot: booleanOf(status['startAtBoot'], `${what}.startAtBoot`),
    reason: nullOr(status['reason'], parseReason),
    lastExit: nullOr(status['lastExit'], parseExit),
  }
}

export function parseReason(value: unknown): InstanceReason {
  const reason = objectOf(value, 'reason')
  return {
    code: oneOf(reason['code'], 'reason.code', reasonCodes),
    message: textOf(reason['message'], 'reason.message', 20_000),
    remedy: nullOr(reason['remedy'], text => textOf(text, 'reason.remedy', 10_000)),
  }
}

export function parseExit(value: unknown): NonNullable<InstanceStatus['lastExit']> {
  const exit = objectOf(value, 'lastExit')
  return {
    code: nullOr(exit['code'], code => integerOf(code, 'lastExit.code', 0, 255)),
    signal: nullOr(exit['signal'], signal => textOf(signal, 'lastExit.signal', 20)),
    at: time(exit['at'], 'lastExit.at'),
  }
}

export function parseStatusList(value: unknown): InstanceStatus[] {
  return listOf(value, 'list', 1_000_000, parseStatus)
}

export function neverStarted(instanceId: number): InstanceStatus {
  return {
    instanceId,
    phase: 'stopped',
    since: 0,
    pid: null,
    processStart: null,
    startedAt: null,
    restarts: 0,
    restartAt: null,
    startAtBoot: false,
    reason: null,
    lastExit: null,
  }
}

export function neverStartedError(instanceId: number): HostError {
  return new HostError('never-started', `Server ${instanceId} was never started.`, {
    remedy: 'Start it once.',
  })
}
