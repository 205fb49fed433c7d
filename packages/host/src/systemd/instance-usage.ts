import type { InstanceStatus, InstanceUsage } from '../host.ts'
import type { UnitMonitor } from './units/unit-monitor.ts'
import { UsageReader } from './usage.ts'

/** What instances use, by the control groups of their units. */
export class InstanceUsages {
  readonly #monitor: Pick<UnitMonitor, 'controlGroupOf'>
  readonly #reader = new UsageReader()
  /** The same as long as the process is: systemd need not be asked each time. */
  readonly #groups = new Map<number, { readonly of: string; readonly path: string }>()

  constructor(monitor: Pick<UnitMonitor, 'controlGroupOf'>) {
    this.#monitor = monitor
  }

  /** null when it doesn't run. */
  async read({ instanceId, processStart }: InstanceStatus): Promise<InstanceUsage | null> {
    if (processStart === null) return null
    let group = this.#groups.get(instanceId)
    if (group?.of !== processStart) {
      const path = await this.#monitor.controlGroupOf(instanceId)
      if (path === null) return null
      group = { of: processStart, path }
      this.#groups.set(instanceId, group)
    }
    return this.#reader.read(group.path)
  }

  forget(instanceId: number): void {
    this.#groups.delete(instanceId)
  }
}
