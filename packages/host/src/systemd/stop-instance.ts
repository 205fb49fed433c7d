import { setTimeout as delay } from 'node:timers/promises'
import type { StopOptions } from '../host.ts'
import { HostError } from '../host-error.ts'
import { type Helpers, requireDone } from './helpers.ts'
import type { InstancePlaces } from './instance-places.ts'
import { areAtRest, errorOf } from './start-instance.ts'
import type { UnitMonitor } from './units/unit-monitor.ts'

const defaultPatience = { quit: 10_000, interrupt: 10_000, terminate: 3000 }

/**
 * Stops both units; resolves when the layers are unmounted. systemd sends SIGINT at once and kills by itself after the
 * unit's TimeoutStopSec, also when we are gone. `quit` is asked as soon as systemd knows of the stop: a program that
 * ends before that would be started again.
 */
export async function stopInstance(options: {
  readonly instanceId: number
  readonly stop: StopOptions
  readonly places: InstancePlaces
  readonly helpers: Helpers
  readonly monitor: UnitMonitor
}): Promise<void> {
  const { instanceId, stop, places, helpers, monitor } = options
  await monitor.settle()
  if (areAtRest(monitor, instanceId)) {
    await clearFailure(options)
    return
  }
  const ended = new AbortController()
  const running = helpers.server('stop', instanceId)
  const pressing = press({ instanceId, stop, helpers, monitor, signal: ended.signal })
  let complaint: string | null
  try {
    complaint = await running
  } finally {
    ended.abort()
    await pressing
  }
  if (complaint !== null) {
    const problem = await places.readProblem(instanceId)
    throw problem ? errorOf(problem) : new HostError('unavailable', complaint)
  }
  await places.clearRefusal(instanceId)
  await monitor.settle()
}

async function clearFailure({
  instanceId,
  places,
  helpers,
  monitor,
}: Parameters<typeof stopInstance>[0]): Promise<void> {
  await places.clearRefusal(instanceId)
  const failed = (['server', 'overlay'] as const).some(
    kind => monitor.stateOf(kind, instanceId).unit.activeState === 'failed',
  )
  if (!failed && (await places.readDiskLimit(instanceId)) === null) return
  const complaint = await helpers.server('reset-failed', instanceId)
  requireDone(complaint)
  await monitor.settle()
}

/** Asks the program, then has it terminated, then killed, each after its time, until `signal` aborts. */
async function press(options: {
  readonly instanceId: number
  readonly stop: StopOptions
  readonly helpers: Helpers
  readonly monitor: UnitMonitor
  readonly signal: AbortSignal
}): Promise<void> {
  const { instanceId, stop, helpers, monitor, signal } = options
  const patience = stop.patience ?? defaultPatience
  try {
    await monitor.until(() => isStopping(monitor, instanceId), signal)
    // It was interrupted besides: when asking fails there is nothing to hurry.
    stop.quit?.(signal).catch(() => undefined)
    await delay(Math.max(stop.quit ? patience.quit : 0, patience.interrupt), undefined, { signal })
    await helpers.server('terminate', instanceId)
    await delay(patience.terminate, undefined, { signal })
    await helpers.server('kill', instanceId)
  } catch (error) {
    if (!signal.aborted) console.error(error)
  }
}

function isStopping(monitor: UnitMonitor, instanceId: number): boolean {
  const { unit } = monitor.stateOf('server', instanceId)
  return unit.activeState === 'deactivating' && unit.hasJob
}
