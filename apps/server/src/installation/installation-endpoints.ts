import type { Installation } from '@left4me/contract'
import type { Host, InstallationRevision } from '@left4me/host'
import { endpoints } from '../http/endpoints.ts'
import { ProblemError } from '../http/problem-error.ts'
import type { JobLock } from '../jobs/job-definition.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { LiveServers } from '../live/live-servers.ts'
import type { Power } from '../servers/power/power.ts'
import type { ServerDirectory, ServerRecord } from '../servers/server-directory.ts'
import type { InstallationSwitcher } from './installation-switcher.ts'
import type { InstallationWatch } from './installation-watch.ts'
import type { UpdateDetection } from './update-detection.ts'

/** What changes the current revision happens one after the other; starts don't wait for it. */
const exclusively: JobLock[] = [{ scope: 'installation', mode: 'exclusive' }]

export function installationEndpoints(dependencies: {
  readonly host: Pick<Host, 'installation'>
  readonly watch: InstallationWatch
  readonly detection: UpdateDetection
  readonly switcher: InstallationSwitcher
  readonly jobs: JobQueue
  readonly live: LiveServers
  readonly directory: ServerDirectory
  readonly power: Power
}) {
  const { host, watch, detection, switcher, jobs, live, directory, power } = dependencies

  const view = (revision: InstallationRevision, mayName: (record: ServerRecord) => boolean) => ({
    revision: revision.revision,
    buildId: revision.buildId,
    version: revision.version,
    installedAt: timeOf(revision.installedAt),
    ownBytes: revision.ownBytes,
    current: revision.current,
    usedBy: revision.usedBy.flatMap(id => {
      const record = directory.get(id)
      return record !== null && mayName(record) ? [{ id, name: record.name }] : []
    }),
  })

  return endpoints({
    /** Servers are named to their owners and to admins only, as everywhere. */
    async getInstallation({ caller }): Promise<Installation> {
      const mayName = ({ ownerId }: ServerRecord) => caller.role === 'admin' || ownerId === caller.userId
      const [status, revisions] = await Promise.all([watch.refresh(), host.installation.revisions()])
      const pending = await switcher.pending(revisions)
      const job = jobs.open({ kind: 'installation-update' }) ?? jobs.open({ kind: 'installation-rollback' })
      return {
        state: job?.kind === 'installation-update' ? 'installing' : status.state,
        buildId: status.buildId,
        version: status.version,
        size: status.size,
        updatedAt: timeOf(status.updatedAt),
        simulated: live.surroundings.simulated,
        jobId: job?.id ?? null,
        problem: status.problem,
        revision: status.revision,
        revisions: revisions.map(revision => view(revision, mayName)),
        updateAvailable: detection.available(status),
        pendingServers: pending
          .filter(({ record }) => mayName(record))
          .map(({ record, revision, waitsFor }) => ({
            id: record.id,
            name: record.name,
            revision,
            waitsFor,
          })),
      }
    },

    async updateInstallation({ caller }) {
      const open = jobs.open({ kind: 'installation-update' })
      if (open !== null) return { job: open }
      const job = await jobs.enqueue({
        kind: 'installation-update',
        input: {},
        title: 'Install or update the game',
        locks: exclusively,
        ownerId: caller.userId,
        mergeKey: 'installation-update',
      })
      return { job }
    },

    async rollBackInstallation({ body, caller }) {
      const revisions = await host.installation.revisions()
      const wanted = revisions.find(({ revision }) => revision === body.revision)
      if (!wanted)
        throw new ProblemError(
          'not-found',
          `There is no revision ${body.revision} of the game. The installation page shows which there are.`,
        )
      const job = await jobs.enqueue({
        kind: 'installation-rollback',
        input: { revision: wanted.revision },
        title: `Use revision ${wanted.revision} of the game`,
        locks: exclusively,
        ownerId: caller.userId,
        mergeKey: `installation-rollback:${wanted.revision}`,
      })
      return { job }
    },

    async switchServerInstallation({ params }) {
      power.record(params.id)
      const { revision } = await host.installation.status()
      if (revision === null)
        throw new ProblemError('not-installed', 'There are no revisions of the game yet. Install it first.')
      return { job: await power.switchInstallation(params.id, { revision, onlyIfEmpty: false }) }
    },
  })
}

function timeOf(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString()
}
