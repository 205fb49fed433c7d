import type { Host, InstanceStatus, LogLine } from '@left4me/host'
import { HostError } from '@left4me/host'

/** What the platform itself asks of a host: logs that a test writes, and nothing that runs. */
export class MemoryHost implements Pick<Host, 'open' | 'close' | 'list' | 'logTail' | 'followLog'> {
  readonly #logs = new Map<number, LogLine[]>()
  readonly #listeners = new Set<(instanceId: number, lines: LogLine[]) => void>()
  /** Makes every question fail. */
  unavailable = false
  /** Keeps questions for the end of a log waiting. */
  pause: Promise<void> = Promise.resolve()
  logQuestions = 0

  get followers(): number {
    return this.#listeners.size
  }

  async open(): Promise<void> {}
  async close(): Promise<void> {}

  async list(): Promise<InstanceStatus[]> {
    if (this.unavailable) throw new HostError('unavailable', 'The host is away.')
    return []
  }

  /** Appends lines at once, as a server that prints them would. */
  print(instanceId: number, ...texts: string[]): void {
    const log = this.#log(instanceId)
    const lines = texts.map((text, index) => ({
      sequence: log.length + index + 1,
      time: 1_700_000_000_000,
      text,
    }))
    log.push(...lines)
    for (const listener of this.#listeners) listener(instanceId, lines)
  }

  async logTail(instanceId: number, lines: number): Promise<LogLine[]> {
    this.logQuestions += 1
    await this.pause
    return this.#log(instanceId).slice(-lines)
  }

  async followLog(
    instanceId: number,
    afterSequence: number,
    listener: (lines: LogLine[]) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const missed = this.#log(instanceId).filter(({ sequence }) => sequence > afterSequence)
    if (missed.length > 0) listener(missed)
    const hear = (id: number, lines: LogLine[]) => {
      if (id === instanceId) listener(lines)
    }
    this.#listeners.add(hear)
    await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
    this.#listeners.delete(hear)
  }

  #log(instanceId: number): LogLine[] {
    const log = this.#logs.get(instanceId) ?? []
    this.#logs.set(instanceId, log)
    return log
  }
}
