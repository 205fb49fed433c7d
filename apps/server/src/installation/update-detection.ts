import type { Installation } from '@left4me/contract'
import type { InstallationStatus } from '@left4me/host'
import type { SteamWebApi } from '@left4me/protocols/client'
import type { FastifyBaseLogger } from 'fastify'

export interface UpdateDetectionOptions {
  /** null: nobody is asked (the simulated game without a simulated Steam). */
  readonly api: Pick<SteamWebApi, 'upToDateCheck'> | null
  readonly installed: () => Promise<InstallationStatus>
  /** Milliseconds between two questions to Steam. */
  readonly interval: number
  readonly log: FastifyBaseLogger
}

type Available = NonNullable<Installation['updateAvailable']>

export const detectionInterval = 60 * 60_000

/** Knows whether Valve has a newer version: Steam is asked every hour, and what servers say on their consoles counts too. */
export class UpdateDetection {
  readonly #options: UpdateDetectionOptions
  readonly #ended = new AbortController()
  #timer: NodeJS.Timeout | null = null
  #asking: Promise<void> = Promise.resolve()
  #found: { readonly installed: string | null; readonly available: Available } | null = null
  #failing = false

  constructor(options: UpdateDetectionOptions) {
    this.#options = options
  }

  start(): void {
    if (this.#options.api === null) return
    this.askSoon()
    this.#timer = setInterval(() => this.askSoon(), this.#options.interval)
    this.#timer.unref()
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer)
    this.#ended.abort()
    await this.#asking
  }

  /** Asks Steam in the background, one question at a time. */
  askSoon(): void {
    this.#asking = this.#asking.then(() => this.#ask())
  }

  /** A server that runs with the current files says that they are out of date. Steam's own word knows the version too. */
  heardFromConsole(installed: InstallationStatus): void {
    if (this.available(installed) !== null) return
    this.#found = {
      installed: installed.version,
      available: { version: null, source: 'console', seenAt: new Date().toISOString() },
    }
  }

  /** Of another version than the installed one nothing is known any more. */
  available(installed: InstallationStatus): Available | null {
    return this.#found !== null && this.#found.installed === installed.version ? this.#found.available : null
  }

  async #ask(): Promise<void> {
    const { api, installed, log } = this.#options
    try {
      const { version } = await installed()
      const number = version?.replaceAll('.', '') ?? ''
      if (api === null || version === null || !/^\d{1,9}$/.test(number)) return
      const answer = await api.upToDateCheck(550, number, this.#ended.signal)
      this.#failing = false
      if (answer.upToDate) {
        if (this.#found?.available.source === 'steam') this.#found = null
        return
      }
      const known = this.#found?.installed === version && this.#found.available.source === 'steam'
      const seenAt = known ? (this.#found?.available.seenAt ?? '') : new Date().toISOString()
      this.#found = {
        installed: version,
        available: { version: withDots(answer.requiredVersion, version), source: 'steam', seenAt },
      }
    } catch (error) {
      if (this.#ended.signal.aborted) return
      // Nothing to act on: the next question comes in an hour.
      if (!this.#failing) log.info({ err: error }, 'Steam could not be asked for a newer version of the game')
      this.#failing = true
    }
  }
}

/** Steam writes 2244 for 2.2.4.4; as many dots as the installed version has. */
function withDots(required: string | null, installed: string): string | null {
  if (required === null || !/^\d(\.\d)*$/.test(installed)) return required
  return required.length === installed.replaceAll('.', '').length ? [...required].join('.') : required
}
