import type { Host } from '@left4me/host'
import type { JobDefinition } from '../jobs/job-definition.ts'

/** steamcmd downloads beside what servers use. Run again after a crash it goes on where steamcmd's own state says. */
export function installationUpdate(host: Pick<Host, 'installation'>): JobDefinition<'installation-update'> {
  return {
    cancellable: true,
    takesLong: true,
    async run({ signal, progress, result, log }) {
      progress(0, 'starting steamcmd')
      const before = await host.installation.status()
      const status = await host.installation.update({
        onProgress: ({ fraction, activity, transfer }) => progress(fraction, activity, rounded(transfer)),
        onOutput: log,
        signal,
      })
      const name = `version ${status.version ?? 'unknown'}, build ${status.buildId ?? 'unknown'}`
      result(
        status.revision === before.revision
          ? `Steam has nothing newer than ${name}.`
          : `Revision ${status.revision} is installed: ${name}.`,
      )
      log(`Installed: ${name}.`)
    },
  }
}

/** Servers that run keep what they have; they change to it as to any other revision that has become the current one. */
export function installationRollback(
  host: Pick<Host, 'installation'>,
): JobDefinition<'installation-rollback'> {
  return {
    cancellable: false,
    async run({ input: { revision }, result }) {
      const status = await host.installation.use(revision)
      result(`Servers take revision ${revision} (version ${status.version ?? 'unknown'}) from now on.`)
    },
  }
}

function rounded(transfer: { bytes: number; total: number | null; rate: number } | null) {
  return transfer && { ...transfer, rate: Math.round(transfer.rate) }
}
