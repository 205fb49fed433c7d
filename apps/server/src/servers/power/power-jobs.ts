import type { JobDefinition, JobInputs } from '../../jobs/job-definition.ts'
import { type BringUpDependencies, bringUp } from './bring-up.ts'
import { restart } from './restart.ts'
import { takeDown } from './take-down.ts'

type PowerJob =
  | 'server-start'
  | 'server-stop'
  | 'server-restart'
  | 'server-reset'
  | 'server-delete'
  | 'server-clone'

/** How power actions run. Each may be run again from its start: it asks the host what is true. */
export function powerJobs(dependencies: BringUpDependencies): {
  readonly [Kind in PowerJob]: JobDefinition<Kind>
} {
  const { host, directory, live } = dependencies
  return {
    'server-start': {
      cancellable: true,
      run: context => bringUp(dependencies, context.input.serverId, context),
    },

    'server-stop': {
      cancellable: false,
      async run({ input: { serverId }, progress, log }) {
        progress(0.1, 'stopping')
        await takeDown(dependencies, serverId, log)
      },
    },

    'server-restart': {
      cancellable: true,
      run: context => restart(dependencies, context.input.serverId, context),
      settled: async ({ serverId }) => live.setRestartStep(serverId, 'stopping'),
    },

    'server-reset': {
      cancellable: false,
      async run({ input: { serverId } }) {
        await host.reset(serverId)
      },
    },

    'server-delete': {
      cancellable: false,
      async run({ input: { serverId } }) {
        const status = await host.status(serverId)
        // Clears a failure; one that runs is refused by the host.
        if (status.phase === 'failed') await host.stop(serverId)
        await host.remove(serverId)
        await directory.remove(serverId)
      },
    },

    'server-clone': {
      cancellable: true,
      async run({ input: { serverId, fromServerId }, signal, progress }) {
        if (directory.get(serverId) === null) return
        progress(0.1, 'copying files')
        await host.copyUpper(fromServerId, serverId, signal)
      },
      async settled({ serverId }: JobInputs['server-clone'], outcome) {
        if (outcome === 'succeeded') return
        await host.remove(serverId)
        await directory.remove(serverId)
      },
    },
  }
}
