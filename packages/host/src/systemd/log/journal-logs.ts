import type { Host, LogLine } from '../../host.ts'
import { InstanceJournal, notOpen } from './instance-journal.ts'
import { defaultJournalLimits, type JournalLimits } from './limits.ts'
import { readJournal } from './read-journal.ts'
import { Turns } from './turns.ts'

/** Instances whose past lines are read at the same time: each is a process of its own. */
const readersAtOnce = 4

export interface JournalLogsOptions {
  /** `left4me-journalctl` with what comes before it, each by absolute path, for example `/usr/bin/sudo -n …`. */
  readonly helper: readonly string[]
  /** A folder of the instance's own for the numbers of its lines, made when it is needed; no game may reach it. */
  readonly folderOf: (instanceId: number) => string
  readonly limits?: Partial<JournalLimits>
}

/**
 * The console lines of every server, out of the journal: numbered as `LogLine.sequence` says, read by one journalctl for
 * each instance that somebody follows. One process at a time may use a folder.
 */
export class JournalLogs {
  readonly #options: JournalLogsOptions
  readonly #limits: JournalLimits
  readonly #instances = new Map<number, InstanceJournal>()
  readonly #turns = new Turns(readersAtOnce)
  #started = false

  constructor(options: JournalLogsOptions) {
    this.#options = options
    this.#limits = { ...defaultJournalLimits, ...options.limits }
  }

  /** Idempotent. Starts no program: that happens when somebody wants lines. */
  start(): void {
    this.#started = true
  }

  /** Ends every following and resolves when the numbers given so far are written down. Idempotent. */
  async stop(): Promise<void> {
    this.#started = false
    const instances = [...this.#instances.values()]
    this.#instances.clear()
    await Promise.all(instances.map(instance => instance.stop()))
  }

  /**
   * To be called before an instance's program is started: what the journal has from before its first time is of an
   * earlier instance with the same id, and never shown. Idempotent. Rejects when its folder can't be written.
   */
  async begin(instanceId: number): Promise<void> {
    await this.#of(instanceId).begin()
  }

  /** As `Host.logTail`; rejects with `unavailable` when the journal can't be read. */
  async tail(instanceId: number, lines: number): Promise<LogLine[]> {
    return await this.#of(instanceId).tail(lines)
  }

  /** As `Host.followLog`. While the journal can't be read no lines come; they do when it can again. */
  async follow(...[instanceId, after, listener, signal]: Parameters<Host['followLog']>): Promise<void> {
    await this.#of(instanceId).follow(after, listener, signal)
  }

  /** Forgets an instance's lines and deletes its folder. Who follows it goes on with its next life. Idempotent. */
  async remove(instanceId: number): Promise<void> {
    await this.#of(instanceId).remove()
  }

  #of(instanceId: number): InstanceJournal {
    if (!this.#started) throw notOpen()
    const known = this.#instances.get(instanceId)
    if (known) return known
    const { helper, folderOf } = this.#options
    const instance = new InstanceJournal({
      folder: folderOf(instanceId),
      turns: this.#turns,
      limits: this.#limits,
      read: (after, follow, signal) =>
        readJournal({ helper, name: String(instanceId), after, follow, signal }),
    })
    this.#instances.set(instanceId, instance)
    return instance
  }
}
