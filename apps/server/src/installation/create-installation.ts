import type { Host } from '@left4me/host'
import { SteamWebApi } from '@left4me/protocols/client'
import type { FastifyBaseLogger } from 'fastify'
import type { Kysely } from 'kysely'
import type { Config } from '../config/config.ts'
import type { Database } from '../db/schema.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { EventHub } from '../live/event-hub.ts'
import type { LiveServers } from '../live/live-servers.ts'
import type { BringUpDependencies } from '../servers/power/bring-up.ts'
import type { Power } from '../servers/power/power.ts'
import type { ServerDirectory } from '../servers/server-directory.ts'
import { installationEndpoints } from './installation-endpoints.ts'
import { installationRollback, installationUpdate } from './installation-jobs.ts'
import { installationSwitch } from './installation-switch.ts'
import { InstallationSwitcher, type SwitcherPace, switcherPace } from './installation-switcher.ts'
import { InstallationWatch } from './installation-watch.ts'
import { SwitchAttempts } from './switch-attempts.ts'
import { detectionInterval, UpdateDetection } from './update-detection.ts'

/** What a test may want otherwise. */
export interface CreateInstallationOptions {
  readonly pace?: Partial<SwitcherPace>
  /** Milliseconds between two questions to Steam. */
  readonly detectionInterval?: number
  /** Milliseconds since the epoch. */
  readonly now?: () => number
}

export interface InstallationDependencies {
  readonly config: Pick<Config, 'simulated' | 'steamWebApi'>
  readonly db: Kysely<Database>
  readonly host: Host
  readonly jobs: JobQueue
  readonly hub: EventHub
  readonly live: LiveServers
  readonly directory: ServerDirectory
  readonly power: Power
  readonly log: FastifyBaseLogger
}

/** The feature *installation*: revisions of the game files, updates, and how servers come to the current one. */
export function createInstallation(
  dependencies: InstallationDependencies,
  options: CreateInstallationOptions = {},
) {
  const { config, db, host, jobs, hub, live, directory, power, log } = dependencies
  const watch = new InstallationWatch({ host, jobs, hub, live, simulated: config.simulated, log })
  const { url } = config.steamWebApi
  const detection = new UpdateDetection({
    // Valve knows nothing of the simulated game's versions.
    api: config.simulated && url === null ? null : new SteamWebApi(url === null ? {} : { baseUrl: url }),
    installed: () => host.installation.status(),
    interval: options.detectionInterval ?? detectionInterval,
    log,
  })
  const switcher = new InstallationSwitcher({
    host,
    directory,
    live,
    power,
    attempts: new SwitchAttempts(db),
    pace: { ...switcherPace, ...options.pace },
    onOutOfDate: status => detection.heardFromConsole(status),
    log,
    now: options.now ?? Date.now,
  })
  return {
    endpoints: installationEndpoints({ host, watch, detection, switcher, jobs, live, directory, power }),

    jobDefinitions: (power: BringUpDependencies) => ({
      'installation-update': installationUpdate(host),
      'installation-rollback': installationRollback(host),
      'installation-switch': installationSwitch(power),
    }),

    /** Servers are watched by then. */
    async start(): Promise<void> {
      await watch.start()
      detection.start()
      switcher.start()
    },

    async stop(): Promise<void> {
      watch.stop()
      await detection.stop()
      await switcher.stop()
    },
  }
}
