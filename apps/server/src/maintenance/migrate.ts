import type { Config } from '../config/config.ts'
import { openDatabase } from '../db/open-database.ts'
import { lockRoot } from '../root-lock.ts'

/**
 * Makes the database or brings its schema up to date, after a copy of it was made beside. Refuses while the web
 * application runs. Idempotent.
 */
export async function migrate(config: Config): Promise<void> {
  using _lock = lockRoot(config)
  await (await openDatabase(config.databasePath)).destroy()
}
