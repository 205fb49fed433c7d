import type { InstanceStatus } from '../host.ts'
import { neverStarted } from '../instance/status.ts'
import type { CrashLines } from './crash-lines.ts'
import type { InstancePlaces } from './instance-places.ts'
import { type InstanceFacts, instanceStatusOf, mayHaveFailed } from './instance-state.ts'
import type { UnitMonitor } from './units/unit-monitor.ts'

export interface InstanceStatusesOptions {
  readonly monitor: Pick<UnitMonitor, 'stateOf' | 'instanceIds'>
  readonly places: InstancePlaces
  readonly crashLines: CrashLines
  readonly publish: (status: InstanceStatus) => void
}

/** Every instance's status, made anew of what systemd and the disk say whenever somebody asks or something changed. */
export class InstanceStatuses {
  readonly #options: InstanceStatusesOptions
  /** As told last, as JSON: what is the same isn't told again. */
  readonly #told = new Map<number, string>()
  /** Those that are being told; true: something changed meanwhile. */
  readonly #telling = new Map<number, boolean>()
  readonly #timers = new Map<number, NodeJS.Timeout>()

  constructor(options: InstanceStatusesOptions) {
    this.#options = options
  }

  /** With the console's lines where they say why. */
  async of(instanceId: number): Promise<InstanceStatus> {
    const facts = await this.#facts(instanceId)
    const status = instanceStatusOf(facts)
    if (!isTold(status)) return status
    const consoleLines = await this.#options.crashLines.of(instanceId, facts.server)
    return instanceStatusOf({ ...facts, consoleLines })
  }

  /** Every instance that has a unit or files. */
  async ids(): Promise<number[]> {
    const { monitor, places } = this.#options
    const ids = new Set([...(await places.known()), ...monitor.instanceIds()])
    return [...ids].toSorted((a, b) => a - b)
  }

  /** Tells those who watch, if it is news to them. */
  changed(instanceId: number): void {
    if (this.#telling.has(instanceId)) {
      this.#telling.set(instanceId, true)
      return
    }
    this.#telling.set(instanceId, false)
    this.#tell(instanceId)
      .catch(error => console.error(error))
      .finally(() => {
        const again = this.#telling.get(instanceId) ?? false
        this.#telling.delete(instanceId)
        if (again) this.changed(instanceId)
      })
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer)
    this.#timers.clear()
    this.#told.clear()
  }

  async #tell(instanceId: number): Promise<void> {
    const { crashLines } = this.#options
    const facts = await this.#facts(instanceId)
    const first = instanceStatusOf({ ...facts, consoleLines: crashLines.known(instanceId, facts.server) })
    // At once without, then with what the console said: asking the journal takes a while.
    this.#publish(first)
    if (!isTold(first)) return
    const consoleLines = await crashLines.of(instanceId, facts.server)
    // It may be another one by now: that is told next.
    if (this.#telling.get(instanceId) === true) return
    this.#publish(instanceStatusOf({ ...facts, consoleLines }))
    const again = crashLines.unsettled(facts.server)
    if (again !== null && !this.#timers.has(instanceId))
      this.#timers.set(
        instanceId,
        setTimeout(() => {
          this.#timers.delete(instanceId)
          this.changed(instanceId)
        }, again).unref(),
      )
  }

  #publish(status: InstanceStatus): void {
    const { instanceId } = status
    const text = JSON.stringify(status)
    const told = this.#told.get(instanceId) ?? JSON.stringify(neverStarted(instanceId))
    if (told === text || isSameWithLessSaid(told, status)) return
    this.#told.set(instanceId, text)
    this.#options.publish(status)
  }

  async #facts(instanceId: number): Promise<InstanceFacts> {
    const { monitor, places } = this.#options
    // Before anything is waited for: of one moment.
    const server = monitor.stateOf('server', instanceId)
    const overlay = monitor.stateOf('overlay', instanceId)
    const failed = mayHaveFailed(server)
    const [startAtBoot, problem, diskLimit, refusal] = await Promise.all([
      places.isWantedAtBoot(instanceId),
      failed ? places.readProblem(instanceId) : null,
      failed ? places.readDiskLimit(instanceId) : null,
      failed ? places.readRefusal(instanceId) : null,
    ])
    return { instanceId, server, overlay, startAtBoot, problem, diskLimit, refusal, consoleLines: [] }
  }
}

/** Whether its console's last lines are part of the reason. */
function isTold({ reason }: InstanceStatus): boolean {
  return reason?.code === 'crashed' || reason?.code === 'start-limit'
}

/** What was told has the console's words already, and nothing else is different. */
function isSameWithLessSaid(told: string, status: InstanceStatus): boolean {
  if (!isTold(status)) return false
  const before = JSON.parse(told) as InstanceStatus
  const { reason } = before
  if (!reason || !status.reason || !reason.message.startsWith(status.reason.message)) return false
  return JSON.stringify({ ...before, reason: status.reason }) === JSON.stringify(status)
}
