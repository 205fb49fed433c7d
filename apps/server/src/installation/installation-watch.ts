import type { Host, InstallationStatus } from '@left4me/host'
import type { FastifyBaseLogger } from 'fastify'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { EventHub } from '../live/event-hub.ts'
import type { LiveServers } from '../live/live-servers.ts'

export interface InstallationWatchOptions {
  readonly host: Pick<Host, 'installation'>
  readonly jobs: Pick<JobQueue, 'open'>
  readonly hub: Pick<EventHub, 'subscribe'>
  readonly live: Pick<LiveServers, 'setSurroundings'>
  /** Whether what would be installed is the simulator. */
  readonly simulated: boolean
  readonly log: FastifyBaseLogger
}

/** Keeps what every server's view needs to know of the installation, without asking the disk for each. */
export class InstallationWatch {
  readonly #options: InstallationWatchOptions
  #unsubscribe: (() => void) | null = null

  constructor(options: InstallationWatchOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    this.#unsubscribe = this.#options.hub.subscribe(({ event }) => {
      if (event.name !== 'job' || event.data.kind !== 'installation-update') return
      // Progress changes nothing here.
      if (event.data.state !== 'running' || event.data.progress === 0) void this.#refreshQuietly()
    })
    await this.refresh()
  }

  stop(): void {
    this.#unsubscribe?.()
  }

  /** Asks the host. */
  async refresh(): Promise<InstallationStatus> {
    const { host, jobs, live, simulated } = this.#options
    const status = await host.installation.status()
    live.setSurroundings({
      simulated: status.state === 'missing' ? simulated : status.simulated,
      installing: status.state !== 'ready' && jobs.open({ kind: 'installation-update' }) !== null,
    })
    return status
  }

  async #refreshQuietly(): Promise<void> {
    await this.refresh().catch((error: unknown) => {
      this.#options.log.warn({ err: error }, 'the installation could not be looked at')
    })
  }
}
