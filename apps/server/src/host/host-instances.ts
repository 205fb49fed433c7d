import type { HostDriver, HostInstance } from '@left4me/contract'
import type { Host, InstanceStatus } from '@left4me/host'
import { endpoints } from '../http/endpoints.ts'
import { ProblemError } from '../http/problem-error.ts'
import type { JobDefinition } from '../jobs/job-definition.ts'
import { JobFailure } from '../jobs/job-failure.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { HostWatch } from '../live/host-watch.ts'
import type { LiveServers } from '../live/live-servers.ts'
import type { UsageWatch } from '../live/usage-watch.ts'
import type { ServerDirectory } from '../servers/server-directory.ts'

/** What the host calls an instance, as an administrator would look for it on the machine. */
function hostNameOf(driver: HostDriver, instanceId: number): string {
  return driver === 'systemd' ? `left4me-server@${instanceId}.service` : `instances/${instanceId}`
}

/** The machine, and what runs on it whether or not the database knows it. */
export function hostEndpoints(dependencies: {
  readonly host: Pick<Host, 'driver' | 'list' | 'status'>
  readonly directory: ServerDirectory
  readonly jobs: JobQueue
  readonly machine: HostWatch
  readonly usage: UsageWatch
}) {
  const { host, directory, jobs, machine, usage } = dependencies
  const describe = async (status: InstanceStatus): Promise<HostInstance> => {
    const record = directory.get(status.instanceId)
    return {
      id: status.instanceId,
      name: hostNameOf(host.driver, status.instanceId),
      serverId: record?.id ?? null,
      serverName: record?.name ?? null,
      phase: status.phase,
      since: new Date(status.since).toISOString(),
      pid: status.pid,
      usage: status.pid === null ? null : await usage.current(status.instanceId),
    }
  }
  return endpoints({
    getHost: () => machine.current(),

    async listHostInstances() {
      const active = (await host.list()).filter(isActive)
      const items = await Promise.all(active.sort((a, b) => a.instanceId - b.instanceId).map(describe))
      return { items, nextCursor: null }
    },

    async stopHostInstance({ params: { id }, caller }) {
      const record = directory.get(id)
      if (record !== null) {
        throw new ProblemError(
          'action-not-allowed',
          `That is the server “${record.name}”. Stop it on its own page.`,
        )
      }
      if (!isActive(await host.status(id)))
        throw new ProblemError('not-found', `Nothing runs on the host by the number ${id}.`)
      const job = await jobs.enqueue({
        kind: 'instance-stop',
        input: { instanceId: id },
        title: `Stop ${hostNameOf(host.driver, id)}`,
        locks: [{ scope: `server:${id}`, mode: 'exclusive' }],
        ownerId: caller.userId,
        mergeKey: `instance-stop:${id}`,
      })
      return { job }
    },
  })
}

/** Stops what no server is known for; it doesn't come back at the next boot either. */
export function instanceStop({
  host,
  live,
}: {
  readonly host: Host
  readonly live: LiveServers
}): JobDefinition<'instance-stop'> {
  return {
    cancellable: false,
    async run({ input: { instanceId }, progress }) {
      progress(0.1, 'stopping')
      await host.setStartAtBoot(instanceId, false)
      const status = await host.stop(instanceId)
      live.apply(status)
      if (status.phase === 'stopped') return
      throw new JobFailure('not-stopped', `It is ${status.phase} although it was stopped.`, 'Stop it again.')
    },
  }
}

function isActive({ phase }: InstanceStatus): boolean {
  return phase !== 'stopped' && phase !== 'failed'
}
