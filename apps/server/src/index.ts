import type { WorkshopRefresh } from '@left4me/contract'
import type { Config } from './config/config.ts'

export { type Config, formatListen, type Listen } from './config/config.ts'
export { ConfigError, type Environment, readConfig } from './config/read-config.ts'
export { createHost } from './create-host.ts'
export { openDatabase } from './db/open-database.ts'
export { buildOpenApi, type OpenApiDocument } from './http/openapi.ts'
export { createUser, setPassword } from './maintenance/account-commands.ts'
export { backup } from './maintenance/backup.ts'
export type { BackupManifest } from './maintenance/backup-manifest.ts'
export { doctor } from './maintenance/doctor.ts'
export { migrate } from './maintenance/migrate.ts'
export { type Restored, restore } from './maintenance/restore.ts'
export { type SeededScript, seedScriptOverlays } from './maintenance/seed-script-overlays.ts'
export { ServerError, type ServerErrorCode } from './server-error.ts'

/** See serve.ts. Loaded when it is called: no other command needs an HTTP server. */
export async function serve(config: Config): Promise<void> {
  const { serve } = await import('./serve.ts')
  await serve(config)
}

/** See maintenance/workshop-refresh.ts. Loaded when it is called: no other command needs the whole of the domain. */
export async function workshopRefresh(
  config: Config,
  options: { readonly onLine: (line: string) => void },
): Promise<WorkshopRefresh> {
  const { workshopRefresh } = await import('./maintenance/workshop-refresh.ts')
  return workshopRefresh(config, options)
}
