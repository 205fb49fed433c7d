import { accessSync, constants, statSync } from 'node:fs'
import { isIP, isIPv4 } from 'node:net'
import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { type HostDriver, hostDrivers } from '@left4me/contract'
import { hostPaths, serviceUserId } from '@left4me/host'
import { ServerError } from '../server-error.ts'
import { type Config, dataFolder, type Listen, type LogLevel, logLevels } from './config.ts'
import { faultOfPortRange, type PortRange } from './ports.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** A variable that can't be used: which, what is wrong with it, and what would be right, in one line. */
export class ConfigError extends ServerError {
  override readonly name = 'ConfigError'
  readonly variable: string

  constructor(variable: string, fault: string, remedy: string) {
    super('bad-configuration', `${variable} ${fault}: ${remedy}.`)
    this.variable = variable
  }
}

/** The simulator is started by path, never imported: it stands for programs that Valve ships. */
const simulatedSteamcmd = join(import.meta.dirname, '../../../../packages/simulator/bin/steamcmd')

/**
 * Parses the environment. An empty variable counts as unset, as `KEY=` in a unit's EnvironmentFile does. Throws
 * ConfigError for the first variable that can't be used. Makes nothing. `userId`: who runs this.
 */
export function readConfig(environment: Environment, userId = process.getuid?.() ?? -1): Config {
  const read = (name: string) => environment[name]?.trim() || null
  const hostDriver = driverOf(read('LEFT4ME_HOST_DRIVER'))
  const embedded = hostDriver === 'process'
  const root = rootOf(read, embedded)
  if (!embedded) refuseForeignUser(userId)
  const game = gameOf(read, embedded)
  return {
    root,
    listen: listenOf('LEFT4ME_LISTEN', read('LEFT4ME_LISTEN') ?? '127.0.0.1:8000'),
    databasePath: databasePathOf(read('DATABASE_URL'), root),
    secretKey: secretKeyOf(read('SECRET_KEY'), embedded),
    hostDriver,
    ...game,
    portRange: portRangeOf(read),
    jobWorkers: integerOf('JOB_WORKER_THREADS', read('JOB_WORKER_THREADS') ?? '4', 1, 64),
    steamWebApi: { key: steamKeyOf(read('STEAM_WEB_API_KEY')), url: urlOf(read('STEAM_WEB_API_URL')) },
    logListener: {
      address: optionalListen('LOG_LISTENER_ADDR', read('LOG_LISTENER_ADDR')),
      bind: optionalListen('LOG_LISTENER_BIND', read('LOG_LISTENER_BIND')),
    },
    sessionCookieSecure: switchOf('SESSION_COOKIE_SECURE', read('SESSION_COOKIE_SECURE')) ?? !embedded,
    proxySecret: longSecret('LEFT4ME_PROXY_SECRET', read('LEFT4ME_PROXY_SECRET')),
    publicAddress: publicAddressOf(read('LEFT4ME_PUBLIC_ADDRESS')),
    readOnlyWhile: optionalPath('LEFT4ME_READ_ONLY_WHILE', read('LEFT4ME_READ_ONLY_WHILE')),
    service: {
      notifySocket: read('NOTIFY_SOCKET'),
      watchdogMs: watchdogOf(read('WATCHDOG_USEC'), read('WATCHDOG_PID')),
    },
    logLevel: logLevelOf(read('LEFT4ME_LOG_LEVEL') ?? 'warn'),
  }
}

type Read = (name: string) => string | null

function driverOf(value: string | null): HostDriver {
  if (value === null) return 'process'
  const driver = hostDrivers.find(name => name === value)
  if (driver) return driver
  throw new ConfigError('LEFT4ME_HOST_DRIVER', `is ${shown(value)}`, 'use process or systemd')
}

function rootOf(read: Read, embedded: boolean): string {
  const root = read('LEFT4ME_ROOT')
  if (!embedded) {
    if (root === hostPaths.root) return root
    throw new ConfigError(
      'LEFT4ME_ROOT',
      root === null ? 'is missing' : `is ${shown(root)}`,
      `the units of a host know no other data directory than ${hostPaths.root}`,
    )
  }
  if (root !== null) return absolutePath('LEFT4ME_ROOT', root)
  const dataHome = read('XDG_DATA_HOME')
  // The XDG specification has relative paths ignored.
  if (dataHome !== null && isAbsolute(dataHome)) return join(dataHome, 'left4me')
  return join(read('HOME') ?? homedir(), '.local/share/left4me')
}

/** Files that another user makes would be closed to the service, and root must not run what the service can write. */
function refuseForeignUser(userId: number): void {
  if (userId === serviceUserId) return
  throw new ConfigError(
    'LEFT4ME_HOST_DRIVER',
    `is "systemd", but this runs as user ${userId} rather than as left4me (${serviceUserId})`,
    'use “systemctl start left4me-web”, and for commands /usr/local/sbin/left4me',
  )
}

function databasePathOf(value: string | null, root: string): string {
  if (value === null) return join(root, dataFolder, 'left4me.db')
  const remedy = 'use sqlite:PATH, for example sqlite:/var/lib/left4me/data/left4me.db'
  const path = /^sqlite:(.+)$/.exec(value)?.[1]
  if (path === undefined) throw new ConfigError('DATABASE_URL', `is ${shown(value)}`, remedy)
  if (path.startsWith(':') || /[\0?]/.test(path)) {
    throw new ConfigError('DATABASE_URL', `names ${shown(path)}, which is no file`, remedy)
  }
  return resolve(path)
}

const secretRemedy = 'set at least 32 random characters, for example out of “openssl rand -hex 32”'

function secretKeyOf(value: string | null, embedded: boolean): string | null {
  if (value === null && !embedded) throw new ConfigError('SECRET_KEY', 'is missing', secretRemedy)
  return longSecret('SECRET_KEY', value)
}

function longSecret(variable: string, value: string | null): string | null {
  if (value === null) return null
  if (value.length < 32) throw new ConfigError(variable, `has only ${value.length} characters`, secretRemedy)
  if (new Set(value).size < 8) throw new ConfigError(variable, 'is not random', secretRemedy)
  return value
}

/**
 * `LEFT4ME_SIMULATOR=1` takes the simulated game whatever else is said, `0` never takes it, and unset takes it where no
 * steamcmd is named; a production host never falls into it by omission.
 */
function gameOf(read: Read, embedded: boolean): { steamcmd: string; simulated: boolean } {
  const simulator = switchOf('LEFT4ME_SIMULATOR', read('LEFT4ME_SIMULATOR'))
  const steamcmd = read('LEFT4ME_STEAMCMD')
  if (simulator === true || (simulator === null && steamcmd === null && embedded)) {
    return { steamcmd: simulatedSteamcmd, simulated: true }
  }
  if (steamcmd === null) {
    throw new ConfigError(
      'LEFT4ME_STEAMCMD',
      simulator === false ? 'is missing while LEFT4ME_SIMULATOR=0 forbids the simulated game' : 'is missing',
      'name steamcmd by its absolute path, or set LEFT4ME_SIMULATOR=1',
    )
  }
  const path = absolutePath('LEFT4ME_STEAMCMD', steamcmd)
  try {
    if (!statSync(path).isFile()) throw new Error('not a file')
    accessSync(path, constants.X_OK)
  } catch {
    throw new ConfigError(
      'LEFT4ME_STEAMCMD',
      `is ${shown(path)}, which is no program that can be run`,
      'install steamcmd there or name where it is',
    )
  }
  return { steamcmd: path, simulated: false }
}

function portRangeOf(read: Read): PortRange {
  const startName = 'LEFT4ME_PORT_RANGE_START'
  const endName = 'LEFT4ME_PORT_RANGE_END'
  const range = {
    start: integerOf(startName, read(startName) ?? '27015', 1024, 65535),
    end: integerOf(endName, read(endName) ?? '27115', 1024, 65535),
  }
  const fault = faultOfPortRange(range)
  if (fault === null) return range
  throw new ConfigError(`${startName}..END`, fault, 'choose another range, for example 27015 and 27115')
}

function steamKeyOf(value: string | null): string | null {
  if (value === null || /^[\x21-\x7e]{1,100}$/.test(value)) return value
  throw new ConfigError('STEAM_WEB_API_KEY', 'holds blanks or control characters', 'copy it again from Steam')
}

function urlOf(value: string | null): string | null {
  if (value === null) return null
  const url = URL.parse(value)
  if (url && (url.protocol === 'https:' || url.protocol === 'http:')) return url.href
  throw new ConfigError('STEAM_WEB_API_URL', `is ${shown(value)}`, 'use an http or https address')
}

function publicAddressOf(value: string | null): string | null {
  if (value === null || isIPv4(value) || isHostName(value)) return value
  throw new ConfigError(
    'LEFT4ME_PUBLIC_ADDRESS',
    `is ${shown(value)}`,
    'use the IPv4 address or host name that players connect to, without a port',
  )
}

/** Of another process they are none of ours. */
function watchdogOf(microseconds: string | null, pid: string | null): number | null {
  if (microseconds === null || (pid !== null && pid !== String(process.pid))) return null
  return integerOf('WATCHDOG_USEC', microseconds, 1000, 999_999_999) / 1000
}

function logLevelOf(value: string): LogLevel {
  const level = logLevels.find(name => name === value)
  if (level) return level
  throw new ConfigError('LEFT4ME_LOG_LEVEL', `is ${shown(value)}`, `use one of ${logLevels.join(', ')}`)
}

function optionalListen(name: string, value: string | null): Listen | null {
  return value === null ? null : listenOf(name, value)
}

function listenOf(name: string, value: string): Listen {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[^:[\]]+)):(?<port>\d{1,5})$/.exec(value)
  const host = match?.groups?.['v6'] ?? match?.groups?.['name']
  const port = Number(match?.groups?.['port'])
  const remedy = 'use ADDRESS:PORT, for example 127.0.0.1:8000 or [::1]:8000'
  if (host === undefined || (isIP(host) === 0 && !isHostName(host))) {
    throw new ConfigError(name, `is ${shown(value)}`, remedy)
  }
  if (port > 65535) throw new ConfigError(name, `has the port ${port}, beyond 65535`, remedy)
  return { host, port }
}

/** RFC 1123; one that ends in a number would be an address (WHATWG URL), and a wrong one at this point. */
function isHostName(value: string): boolean {
  const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?'
  return (
    value.length <= 253 && new RegExp(`^${label}(?:\\.${label})*$`).test(value) && !/(?:^|\.)\d+$/.test(value)
  )
}

function optionalPath(variable: string, value: string | null): string | null {
  return value === null ? null : absolutePath(variable, value)
}

function absolutePath(name: string, value: string): string {
  if (isAbsolute(value) && !/[\0-\x1f\x7f]/.test(value)) return resolve(value)
  throw new ConfigError(name, `is ${shown(value)}`, 'use an absolute path')
}

function integerOf(name: string, value: string, minimum: number, maximum: number): number {
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
  if (number >= minimum && number <= maximum) return number
  throw new ConfigError(name, `is ${shown(value)}`, `use a whole number from ${minimum} to ${maximum}`)
}

function switchOf(name: string, value: string | null): boolean | null {
  if (value === null) return null
  if (['1', 'true', 'yes', 'on'].includes(value.toLowerCase())) return true
  if (['0', 'false', 'no', 'off'].includes(value.toLowerCase())) return false
  throw new ConfigError(name, `is ${shown(value)}`, 'use 1 or 0')
}

/** Quoted, on one line, and not longer than a line. */
function shown(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
}
