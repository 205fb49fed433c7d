import type { JobKind } from '@left4me/contract'
import type { Host, InstallationStatus } from '@left4me/host'
import type { FastifyBaseLogger } from 'fastify'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { EventHub } from '../live/event-hub.ts'
import type { LiveServers } from '../live/live-servers.ts'

export interface InstallationWatchOptions {
  readonly host: Pick<Host, 'installation'>
  readonly jobs: Pick<JobQueue, 'open'>
  readonly hub: Pick<EventHub, 'subscribe'>
  readonly live: Pick<LiveServers, 'setSurroundings' | 'surroundings'>
  /** Whether what would be installed is the simulator. */
  readonly simulated: boolean
  readonly log: FastifyBaseLogger
}

const changing: ReadonlySet<JobKind> = new Set(['installation-update', 'installation-rollback'])

/** Keeps what every server's view needs to know of the installation, without asking the disk for each. */
export class InstallationWatch {
  readonly #options: InstallationWatchOptions
  #unsubscribe: (() => void) | null = null
  #last: InstallationStatus | null = null

  constructor(options: InstallationWatchOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#options.hub.subscribe(({ event }) => {
      if (event.name !== 'job' || !changing.has(event.data.kind)) return
      // At once, so that whoever saw the job end can start a server.
      this.#tell()
      // Progress changes nothing on the disk that matters here.
      if (event.data.state !== 'running') void this.#refreshQuietly()
    })
    await this.#refreshQuietly()
  }

  stop(): void {
    this.#unsubscribe?.()
  }

  /** Asks the host. */
  async refresh(): Promise<InstallationStatus> {
    const status = await this.#options.host.installation.status()
    this.#last = status
    this.#tell()
    return status
  }

  #tell(): void {
    const { jobs, live, simulated } = this.#options
    const known = live.surroundings
    const state = this.#last?.state ?? 'missing'
    const now = {
      simulated: this.#last === null || state === 'missing' ? simulated : this.#last.simulated,
      installing: state !== 'ready' && jobs.open({ kind: 'installation-update' }) !== null,
    }
    if (now.simulated !== known.simulated || now.installing !== known.installing) live.setSurroundings(now)
  }

  async #refreshQuietly(): Promise<void> {
    await this.refresh().catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'the installation could not be looked at')
    })
  }
}
