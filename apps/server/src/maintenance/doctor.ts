import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { HostCheck } from '@left4me/contract'
import { HostError } from '@left4me/host'
import { type Config, dataFolder } from '../config/config.ts'
import { createHost } from '../create-host.ts'
import { migrations } from '../db/migration-list.ts'
import { appliedMigrations, refuseNewerSchema } from '../db/open-database.ts'
import { ServerError } from '../server-error.ts'

/** Looks at everything that left4me needs on this machine and changes nothing. Each failed check names its remedy. */
export async function doctor(config: Config): Promise<HostCheck[]> {
  return [dataDirectory(config), database(config), webApplication(), ...(await machine(config))]
}

function dataDirectory(config: Config): HostCheck {
  const name = 'data directory'
  // On a host the directory itself is root's, who has to be able to trust what lies in it.
  const root = config.hostDriver === 'systemd' ? join(config.root, dataFolder) : config.root
  const existing = nearestExisting(root)
  try {
    accessSync(existing, constants.W_OK | constants.X_OK)
  } catch {
    return failed(
      name,
      `${existing} may not be written to.`,
      'Run left4me as the user whose it is, or set LEFT4ME_ROOT.',
    )
  }
  if (existing !== root) return passed(name, `${root} is made at the first start.`)
  if ((statSync(root).mode & 0o007) !== 0) {
    return failed(name, `Everybody on this machine may look into ${root}.`, `chmod o= ${root}`)
  }
  return passed(name, root)
}

function database({ databasePath }: Config): HostCheck {
  const name = 'database'
  if (!existsSync(databasePath)) return passed(name, `${databasePath} is made at the first start.`)
  try {
    const connection = new DatabaseSync(databasePath, { readOnly: true, timeout: 5000 })
    try {
      const known = Object.keys(migrations)
      const applied = appliedMigrations(connection)
      refuseNewerSchema(databasePath, applied, known)
      const [verdict] = connection.prepare('PRAGMA quick_check').all()
      if (verdict?.['quick_check'] !== 'ok') {
        return failed(name, `${databasePath} is damaged.`, 'Put a backup back with “left4me restore FILE”.')
      }
      const missing = known.filter(migration => !applied.includes(migration))
      if (missing.length === 0) return passed(name, databasePath)
      return passed(name, `${databasePath} is migrated at the next start (${missing.join(', ')}).`)
    } finally {
      connection.close()
    }
  } catch (error) {
    if (error instanceof ServerError) return failed(name, error.message, null)
    const reason = error instanceof Error ? error.message : String(error)
    return failed(
      name,
      `${databasePath} can't be read (${reason}).`,
      'Put a backup back with “left4me restore FILE”.',
    )
  }
}

function webApplication(): HostCheck {
  const page = join(import.meta.dirname, '../../../web/dist/index.html')
  return existsSync(page)
    ? passed('browser application', 'It is built.')
    : failed('browser application', 'It isn’t built.', '“npm start” builds it.')
}

async function machine(config: Config): Promise<HostCheck[]> {
  const host = createHost(config)
  try {
    // A host is asked over a connection that changes nothing; the embedded driver's would start a supervisor.
    if (config.hostDriver === 'systemd') await host.open().catch(() => undefined)
    return (await host.checks()).map(check => withoutSudo(check))
  } catch (error) {
    const expected = error instanceof HostError || error instanceof ServerError
    const remedy = error instanceof HostError ? error.remedy : null
    return [failed('host', expected ? error.message : String(error), remedy)]
  } finally {
    await host.close()
  }
}

/**
 * A host's command line is started without the way back to root (PR_SET_NO_NEW_PRIVS(2const)), so that it can't say
 * whether root's helpers may be called; the web application's own checks do.
 */
function withoutSudo(check: HostCheck): HostCheck {
  const barred = /^NoNewPrivs:\t1$/m.test(readFileSync('/proc/self/status', 'latin1'))
  return check.name === 'helpers' && !check.ok && barred
    ? passed(check.name, 'Not tried here: whether sudo allows them stands on the page “Host”.')
    : check
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path))
}

function passed(name: string, message: string): HostCheck {
  return { name, ok: true, message, remedy: null }
}

function failed(name: string, message: string, remedy: string | null): HostCheck {
  return { name, ok: false, message, remedy }
}
