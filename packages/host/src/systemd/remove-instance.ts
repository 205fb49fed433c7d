import { type Helpers, requireDone } from './helpers.ts'
import type { InstancePlaces } from './instance-places.ts'
import type { JournalLogs } from './log/journal-logs.ts'
import type { UnitMonitor } from './units/unit-monitor.ts'

/** Deletes everything that an instance, which must be at rest, has on the machine. Idempotent. */
export async function removeInstance(options: {
  readonly instanceId: number
  readonly places: InstancePlaces
  readonly helpers: Helpers
  readonly monitor: UnitMonitor
  readonly logs: JournalLogs
  /** systemd or root remember a failure of it. */
  readonly failed: boolean
}): Promise<void> {
  const { instanceId, places, helpers, monitor, logs } = options
  if (await places.isWantedAtBoot(instanceId)) requireDone(await helpers.server('disable', instanceId))
  if (options.failed) requireDone(await helpers.server('reset-failed', instanceId))
  if (await places.hasRuntime(instanceId)) requireDone(await helpers.runtime('remove', instanceId))
  await logs.remove(instanceId)
  await places.remove(instanceId)
  await monitor.settle()
  monitor.forget(instanceId)
}
