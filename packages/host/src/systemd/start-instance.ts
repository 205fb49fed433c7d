import type { HelperProblem } from '@left4me/privileged'
import type { InstanceSpecification } from '../host.ts'
import { HostError, type HostErrorCode } from '../host-error.ts'
import { diskFull, reasonOf } from '../instance/failure.ts'
import { requireInstallation, requireLayers } from '../instance/requirements.ts'
import type { Layout } from '../layout.ts'
import type { Helpers } from './helpers.ts'
import { type InstancePlaces, lowerdirOf } from './instance-places.ts'
import type { UnitMonitor } from './units/unit-monitor.ts'
import { isAtRest } from './units/unit-state.ts'

export interface StartOptions {
  readonly specification: InstanceSpecification
  readonly layout: Layout
  readonly places: InstancePlaces
  readonly helpers: Helpers
  readonly monitor: UnitMonitor
  /** Called before the program is started. */
  readonly beginLog: (instanceId: number) => Promise<void>
}

/**
 * Starts both units and resolves when the program was executed. What can be known without root is refused before root
 * is asked. After a rejection neither process nor mount is left, and the reason is written down.
 */
export async function startInstance(options: StartOptions): Promise<void> {
  const { specification, layout, places, helpers, monitor } = options
  const { instanceId } = specification
  try {
    // A wait for an automatic restart has the layers of the last start mounted.
    if (!areAtRest(monitor, instanceId)) await orThrow(options, helpers.server('stop', instanceId))
    const installation = await requireInstallation(layout, specification.installation)
    await requireLayers(layout, specification.layers)
    await places.writeEnvironment(instanceId, {
      port: specification.port,
      arguments: specification.arguments,
      lowerdirs: [...specification.layers.map(lowerdirOf), installation.lowerdir],
    })
    // Once more, now that the wish is written: whoever deletes a revision looks for wishes afterwards.
    await requireInstallation(layout, installation.revision ?? undefined)
    await options.beginLog(instanceId)
    await orThrow(options, helpers.server('start', instanceId))
    await places.clearRefusal(instanceId)
    await monitor.settle()
  } catch (error) {
    await settleFailure(options, error)
    throw diskFull(error) ?? error
  }
}

export function areAtRest(monitor: Pick<UnitMonitor, 'stateOf'>, instanceId: number): boolean {
  return (['server', 'overlay'] as const).every(kind => isAtRest(monitor.stateOf(kind, instanceId)))
}

/** The helper has one line for people; root's report beside it says which kind of failure it is. */
async function orThrow(
  { places, specification }: StartOptions,
  running: Promise<string | null>,
): Promise<void> {
  const complaint = await running
  if (complaint === null) return
  const problem = await places.readProblem(specification.instanceId)
  throw problem ? errorOf(problem) : new HostError('start-failed', complaint)
}

const codes: Readonly<Record<HelperProblem['code'], HostErrorCode>> = {
  'bad-environment': 'start-failed',
  'layer-missing': 'layer-missing',
  'program-missing': 'not-installed',
  'mount-failed': 'mount-failed',
  busy: 'mount-failed',
  'disk-full': 'disk-full',
  'unsafe-path': 'mount-failed',
  'systemd-failed': 'start-failed',
}

export function errorOf({ code, message, remedy }: HelperProblem): HostError {
  return new HostError(codes[code], message, { remedy })
}

/** A program that systemd can't execute is tried again and again although its start has failed. */
async function settleFailure(options: StartOptions, error: unknown): Promise<void> {
  const { specification, places, helpers, monitor } = options
  const { instanceId } = specification
  try {
    await monitor.settle()
    if (!areAtRest(monitor, instanceId)) await helpers.server('stop', instanceId)
    await monitor.settle()
  } catch (cause) {
    // What is left then is what systemd says it is.
    console.error(cause)
  }
  // After its stop: an older one counts no more.
  await places.writeRefusal(instanceId, { reason: reasonOf(error), at: Date.now() })
}
