import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Config, dataFolder } from './config/config.ts'
import { ServerError } from './server-error.ts'

/** SQLITE_BUSY: https://www.sqlite.org/rescode.html#busy */
const busy = 5

/**
 * Keeps a second left4me away from the same data directory until it is disposed of, or the process ends in whatever
 * way: the kernel gives the lock back. Node has no flock; SQLite has what it is made of.
 */
export function lockRoot(config: Config): Disposable {
  const folder = join(config.root, dataFolder)
  const file = join(folder, 'left4me.lock')
  let database: DatabaseSync | null = null
  try {
    mkdirSync(config.root, { recursive: true, mode: 0o700 })
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    database = new DatabaseSync(file, { timeout: 0 })
    chmodSync(file, 0o600)
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database?.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === busy) {
      throw new ServerError(
        'already-running',
        `Another left4me uses ${config.root} already: stop it first, or set LEFT4ME_ROOT to another directory.`,
        { cause: error },
      )
    }
    const reason = error instanceof Error ? error.message : String(error)
    throw new ServerError(
      'bad-configuration',
      `LEFT4ME_ROOT is ${config.root}, which can't be used (${reason}): name a directory that may be written to.`,
      { cause: error },
    )
  }
  const held = database
  return { [Symbol.dispose]: () => held.close() }
}
