import type { JobDefinition } from '../jobs/job-definition.ts'
import type { BringUpDependencies } from '../servers/power/bring-up.ts'
import { restart } from '../servers/power/restart.ts'
import { isEmptyNow } from './empty-servers.ts'

/**
 * Restarts one server with the current game files. Run again after a crash it starts what it had stopped, and leaves
 * alone what runs with the current files already.
 */
export function installationSwitch(dependencies: BringUpDependencies): JobDefinition<'installation-switch'> {
  const { host, live } = dependencies
  return {
    cancellable: true,
    async run(context) {
      const { serverId, onlyIfEmpty } = context.input
      const status = await host.status(serverId)
      const revisions = await host.installation.revisions()
      const current = revisions.find(({ current: is }) => is)
      if (status.phase === 'running') {
        if (current?.usedBy.includes(serverId)) {
          context.result(`It runs with revision ${current.revision} already.`)
          return
        }
        if (onlyIfEmpty && !isEmptyNow(live, serverId)) {
          context.result('Somebody plays, or that can’t be told now: nothing was done, it goes on waiting.')
          return
        }
      }
      await restart(dependencies, serverId, context)
      context.result(`It runs with revision ${current?.revision ?? 'unknown'} now.`)
    },
    settled: async ({ serverId }) => live.setRestartStep(serverId, 'stopping'),
  }
}
