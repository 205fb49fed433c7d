import { type Host, HostError } from '@left4me/host'
import type { FastifyBaseLogger } from 'fastify'
import type { ServerDirectory, ServerRecord } from '../server-directory.ts'
import { KeyedLock } from './keyed-lock.ts'

/** Milliseconds after which it is seen whether the job of a power action has settled what that wants. */
const jobPatience = 2000

export interface BootPolicyOptions {
  readonly host: Pick<Host, 'status' | 'subscribe' | 'setStartAtBoot'>
  readonly directory: ServerDirectory
  readonly log: FastifyBaseLogger
}

/**
 * Keeps what the host does at boot in step with what people want: a server is started then if its setting says so and
 * the last thing that somebody asked for was that it runs. Whatever changes on either side is compared again.
 */
export class BootPolicy {
  readonly #options: BootPolicyOptions
  readonly #locks = new KeyedLock()
  readonly #pending = new Set<Promise<void>>()
  readonly #later = new Map<number, NodeJS.Timeout>()
  #unsubscribe: (() => void)[] = []

  constructor(options: BootPolicyOptions) {
    this.#options = options
  }

  /** The directory is loaded by then. */
  start(): void {
    const { host, directory } = this.#options
    this.#unsubscribe = [
      directory.onChange((id, before) => this.#changed(id, before)),
      host.subscribe(status => {
        if (status.startAtBoot !== this.#wanted(status.instanceId)) this.#settleQuietly(status.instanceId)
      }),
    ]
    for (const { id } of directory.all()) this.#settleQuietly(id)
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe.splice(0)) unsubscribe()
    for (const timer of this.#later.values()) clearTimeout(timer)
    this.#later.clear()
    await Promise.all(this.#pending)
  }

  /** Resolves when the host does at boot what is wanted of this server now. Rejects with HostError. */
  settle(serverId: number): Promise<void> {
    return this.#locks.run(serverId, async () => {
      const { host } = this.#options
      const wanted = this.#wanted(serverId)
      if (wanted === null || (await host.status(serverId)).startAtBoot === wanted) return
      try {
        await host.setStartAtBoot(serverId, wanted)
      } catch (error) {
        // Its first start is under way or failed early: the next change of its status comes back to it.
        if (!(error instanceof HostError && error.code === 'never-started')) throw error
      }
    })
  }

  /** null: that is no server of ours. */
  #wanted(serverId: number): boolean | null {
    const record = this.#options.directory.get(serverId)
    return record === null ? null : record.startAtBoot && record.wanted === 'running'
  }

  /** A power action isn't kept waiting: its job settles what it wants. One that is cancelled before it runs doesn't. */
  #changed(serverId: number, before: ServerRecord | null): void {
    const record = this.#options.directory.get(serverId)
    if (record === null) return
    if (record.startAtBoot !== before?.startAtBoot) this.#settleQuietly(serverId)
    else if (record.wanted !== before.wanted) this.#settleLater(serverId)
  }

  #settleLater(serverId: number): void {
    clearTimeout(this.#later.get(serverId))
    const timer = setTimeout(() => {
      this.#later.delete(serverId)
      this.#settleQuietly(serverId)
    }, jobPatience)
    this.#later.set(serverId, timer)
  }

  #settleQuietly(serverId: number): void {
    const settled = this.settle(serverId)
      .catch((error: unknown) => {
        this.#options.log.warn({ err: error, serverId }, 'start at boot could not be set')
      })
      .finally(() => this.#pending.delete(settled))
    this.#pending.add(settled)
  }
}
