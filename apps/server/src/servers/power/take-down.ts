import type { Host, StopOptions } from '@left4me/host'
import { JobFailure } from '../../jobs/job-failure.ts'
import type { LiveServers } from '../../live/live-servers.ts'
import type { BootPolicy } from './boot-policy.ts'
import { settleBoot } from './settle-boot.ts'

/**
 * Stops a server: `quit` by RCON where that works, then the host's signals. Stopping one that doesn't run clears its
 * failure. No automatic restart follows, also when the web application ends meanwhile.
 */
export async function takeDown(
  { host, live, boot }: { readonly host: Host; readonly live: LiveServers; readonly boot: BootPolicy },
  serverId: number,
  log: (line: string) => void,
): Promise<void> {
  const session = live.session(serverId)
  const options: StopOptions =
    session === null ? {} : { quit: async signal => void (await session.execute('quit', { signal })) }
  const [status] = await Promise.all([host.stop(serverId, options), settleBoot(boot, serverId, log)])
  live.apply(status)
  if (status.phase === 'stopped') return
  throw new JobFailure(
    'not-stopped',
    `The server is ${status.phase} although it was stopped.`,
    'Stop it again. If that changes nothing, look at the log of left4me and at the machine.',
  )
}
