import type { HostDriver } from '@left4me/contract'
import type { PortRange } from './ports.ts'

/** Everything that the environment decides, parsed. */
export interface Config {
  /** The data directory, absolute. */
  readonly root: string
  readonly listen: Listen
  /** Absolute. */
  readonly databasePath: string
  /** null: kept in `data/secret.key`, made at the first start. */
  readonly secretKey: string | null
  readonly hostDriver: HostDriver
  /** The steamcmd that installs the game, absolute: Valve's or the simulator's. */
  readonly steamcmd: string
  /** The game is the simulator. */
  readonly simulated: boolean
  readonly portRange: PortRange
  /** Jobs that run at the same time. */
  readonly jobWorkers: number
  readonly steamWebApi: { readonly key: string | null; readonly url: string | null }
  /** Where servers send their log events by UDP, and where we listen for them. */
  readonly logListener: { readonly address: Listen | null; readonly bind: Listen | null }
  readonly sessionCookieSecure: boolean
  /** By what a proxy in front proves that it is the proxy; null: there is none. */
  readonly proxySecret: string | null
  /** The IPv4 address or host name that players connect to; null: as the host sees itself. */
  readonly publicAddress: string | null
  /** While something is there, nothing is changed; null: never. */
  readonly readOnlyWhile: string | null
  /** What systemd wants to be told: sd_notify(3), sd_watchdog_enabled(3). null: nothing. */
  readonly service: { readonly notifySocket: string | null; readonly watchdogMs: number | null }
  /** What is written to stderr: this and worse. */
  readonly logLevel: LogLevel
}

export const logLevels = ['error', 'warn', 'info', 'debug'] as const
export type LogLevel = (typeof logLevels)[number]

export interface Listen {
  /** IPv6 without brackets. */
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
}

/** `HOST:PORT`, an IPv6 address in brackets. */
export function formatListen({ host, port }: Listen): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Where the process driver keeps what belongs to the platform itself. */
export const dataFolder = 'data'
