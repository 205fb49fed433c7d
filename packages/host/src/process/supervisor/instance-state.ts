import type { InstanceStatus } from '../../host.ts'
import type { InstancePaths } from '../../layout.ts'
import { type InstanceRecord, newRecord, readRecord, writeRecord } from './instance-record.ts'

/** An instance's record in memory and on disk, and the status that others see of it. */
export class InstanceState {
  readonly #instanceId: number
  readonly #paths: InstancePaths
  readonly #bootId: string
  readonly #publish: (status: InstanceStatus) => void
  #record: InstanceRecord
  /** There was no record that could be read. */
  readonly isNew: boolean

  private constructor(
    instanceId: number,
    paths: InstancePaths,
    bootId: string,
    publish: (status: InstanceStatus) => void,
    record: InstanceRecord | null,
  ) {
    this.#instanceId = instanceId
    this.#paths = paths
    this.#bootId = bootId
    this.#publish = publish
    this.#record = record ?? { ...newRecord, since: Date.now() }
    this.isNew = record === null
  }

  static async open(
    instanceId: number,
    paths: InstancePaths,
    bootId: string,
    publish: (status: InstanceStatus) => void,
  ): Promise<InstanceState> {
    return new InstanceState(instanceId, paths, bootId, publish, await readRecord(paths))
  }

  get record(): InstanceRecord {
    return this.#record
  }

  get status(): InstanceStatus {
    const { run, phase, since, restarts, restartAt, startAtBoot, reason, lastExit } = this.#record
    const main = run?.main ?? null
    return {
      instanceId: this.#instanceId,
      phase,
      since,
      pid: main?.pid ?? null,
      processStart: main && run ? `${main.start}@${this.#bootId}` : null,
      startedAt: main && run ? run.startedAt : null,
      restarts,
      restartAt,
      startAtBoot,
      reason,
      lastExit,
    }
  }

  /** Changes and writes down, or rejects with nothing changed: for what is to be acted upon next. */
  async persist(change: Partial<InstanceRecord>): Promise<void> {
    const record = this.#with(change)
    await writeRecord(this.#paths, record)
    this.#record = record
    this.#publish(this.status)
  }

  /** For what has happened already: it counts also when the disk is full and it can't be written down. */
  async note(change: Partial<InstanceRecord>): Promise<void> {
    this.#record = this.#with(change)
    this.#publish(this.status)
    try {
      await writeRecord(this.#paths, this.#record)
    } catch (error) {
      console.error(error)
    }
  }

  #with(change: Partial<InstanceRecord>): InstanceRecord {
    const before = this.#record
    const since = change.phase !== undefined && change.phase !== before.phase ? Date.now() : before.since
    return { ...before, ...change, since, bootId: this.#bootId }
  }
}
