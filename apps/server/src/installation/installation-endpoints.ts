import type { Installation } from '@left4me/contract'
import { endpoints } from '../http/endpoints.ts'
import { ProblemError } from '../http/problem-error.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { LiveServers } from '../live/live-servers.ts'
import { listOfNames } from '../servers/list-of-names.ts'
import type { ServerDirectory } from '../servers/server-directory.ts'
import type { InstallationWatch } from './installation-watch.ts'

export function installationEndpoints(dependencies: {
  readonly watch: InstallationWatch
  readonly jobs: JobQueue
  readonly live: LiveServers
  readonly directory: ServerDirectory
}) {
  const { watch, jobs, live, directory } = dependencies
  return endpoints({
    async getInstallation(): Promise<Installation> {
      const status = await watch.refresh()
      const job = jobs.open({ kind: 'installation-update' })
      return {
        state: job === null ? status.state : 'installing',
        buildId: status.buildId,
        version: status.version,
        size: status.size,
        updatedAt: status.updatedAt === null ? null : new Date(status.updatedAt).toISOString(),
        simulated: live.surroundings.simulated,
        jobId: job?.id ?? null,
        problem: status.problem,
        runningServerIds: live.runningIds(),
      }
    },

    async updateInstallation({ caller }) {
      const open = jobs.open({ kind: 'installation-update' })
      if (open !== null) return { job: open }
      const running = [...directory.all()].filter(record =>
        ['starting', 'running', 'stopping'].includes(live.state(record).state),
      )
      if (running.length > 0) {
        const names = running.map(({ name }) => name)
        throw new ProblemError(
          'servers-running',
          `The game can't be changed under ${listOfNames('running server', names)}. Stop ${names.length === 1 ? 'it' : 'them'} first.`,
        )
      }
      const job = await jobs.enqueue({
        kind: 'installation-update',
        input: {},
        title: 'Install or update the game',
        locks: [{ scope: 'installation', mode: 'exclusive' }],
        ownerId: caller.userId,
        mergeKey: 'installation-update',
      })
      return { job }
    },
  })
}
