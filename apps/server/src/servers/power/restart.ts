import { type BringUpContext, type BringUpDependencies, bringUp } from './bring-up.ts'
import { takeDown } from './take-down.ts'

/**
 * Stops a server and starts it again; one that doesn't run is only started, so that it may be run again from the start.
 * Whoever calls it says `live.setRestartStep(serverId, 'stopping')` when its job has settled.
 */
export async function restart(
  dependencies: BringUpDependencies,
  serverId: number,
  context: BringUpContext,
): Promise<void> {
  const { live } = dependencies
  live.setRestartStep(serverId, 'stopping')
  context.progress(0, 'stopping')
  await takeDown(dependencies, serverId, context.log)
  context.signal.throwIfAborted()
  live.setRestartStep(serverId, 'starting')
  await bringUp(dependencies, serverId, context)
}
