import type { Host } from '@left4me/host'
import type { JobDefinition } from '../jobs/job-definition.ts'

/** steamcmd downloads and checks. Run again after a crash it goes on where steamcmd's own state says. */
export function installationUpdate(host: Pick<Host, 'installation'>): JobDefinition<'installation-update'> {
  return {
    cancellable: true,
    async run({ signal, progress, log }) {
      progress(0, 'starting steamcmd')
      const status = await host.installation.update({
        onProgress: ({ fraction, activity }) => progress(fraction, activity),
        onOutput: log,
        signal,
      })
      log(`Installed: version ${status.version ?? 'unknown'}, build ${status.buildId ?? 'unknown'}.`)
    },
  }
}
