import { createProcessHost, type Host } from '@left4me/host'
import type { Config } from './config/config.ts'
import { ConfigError } from './config/read-config.ts'

export function createHost(config: Config): Host {
  if (config.hostDriver === 'process') {
    return createProcessHost({ root: config.root, node: process.execPath, steamcmd: config.steamcmd })
  }
  throw new ConfigError(
    'LEFT4ME_HOST_DRIVER',
    'is "systemd", which this version does not have',
    'use process',
  )
}
