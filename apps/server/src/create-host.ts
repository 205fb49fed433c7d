import { createProcessHost, createSystemdHost, defaultDownloadPolicy, type Host } from '@left4me/host'
import type { Config } from './config/config.ts'

export function createHost({ hostDriver, root, steamcmd, steamWebApi }: Config): Host {
  // Whoever names another Web API than Steam's has it name files at its own address.
  const trustedOrigins = steamWebApi.url === null ? [] : [new URL(steamWebApi.url).origin]
  const downloads = { ...defaultDownloadPolicy, trustedOrigins }
  return hostDriver === 'systemd'
    ? createSystemdHost({ steamcmd, downloads })
    : createProcessHost({ root, node: process.execPath, steamcmd, downloads })
}
