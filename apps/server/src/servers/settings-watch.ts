import type { FastifyBaseLogger } from 'fastify'
import { ProblemError } from '../http/problem-error.ts'
import { JobFailure } from '../jobs/job-failure.ts'
import type { LiveServers } from '../live/live-servers.ts'
import { type EffectiveSettingsDependencies, fingerprintOf, resolveSettings } from './effective-settings.ts'
import type { ServerDirectory } from './server-directory.ts'

/**
 * Notices when a running server's settings aren't those any more that it was started with: its own, its blueprint's, or
 * a new revision of one of its overlays.
 */
export class SettingsWatch {
  readonly #directory: ServerDirectory
  readonly #live: LiveServers
  readonly #settings: EffectiveSettingsDependencies
  readonly #log: FastifyBaseLogger
  #last: Promise<void> = Promise.resolve()
  #unsubscribe: (() => void) | null = null

  constructor(options: {
    directory: ServerDirectory
    live: LiveServers
    settings: EffectiveSettingsDependencies
    log: FastifyBaseLogger
  }) {
    this.#directory = options.directory
    this.#live = options.live
    this.#settings = options.settings
    this.#log = options.log
  }

  start(): void {
    this.#unsubscribe = this.#directory.onChange(id => this.#check([id]))
    this.checkAll()
  }

  async stop(): Promise<void> {
    this.#unsubscribe?.()
    await this.#last
  }

  /** A blueprint or an overlay changed: any running server may be concerned. */
  checkAll(): void {
    this.#check(this.#live.runningIds())
  }

  /** When all that was asked until now is known. */
  settled(): Promise<void> {
    return this.#last
  }

  /** One after another, so that an older answer never replaces a newer one. */
  #check(ids: readonly number[]): void {
    this.#last = this.#last.then(async () => {
      for (const id of ids) {
        await this.#compare(id).catch((error: unknown) => {
          this.#log.warn({ err: error, serverId: id }, 'settings could not be compared')
        })
      }
    })
  }

  async #compare(id: number): Promise<void> {
    const record = this.#directory.get(id)
    if (record?.startedWith == null) return
    try {
      const settings = await resolveSettings(this.#settings, record)
      const startedWith = this.#directory.get(id)?.startedWith
      if (startedWith) this.#live.setSettingsChanged(id, fingerprintOf(settings) !== startedWith.fingerprint)
    } catch (error) {
      // What can't be started at all is not what runs.
      if (!(error instanceof ProblemError || error instanceof JobFailure)) throw error
      this.#live.setSettingsChanged(id, true)
    }
  }
}
