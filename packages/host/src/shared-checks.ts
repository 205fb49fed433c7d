import { access, constants, statfs } from 'node:fs/promises'
import type { HostCheckResult } from './host.ts'

/** Bytes: room for logs, saves and an update. */
const comfortable = 1024 ** 3

export async function checkSteamcmd(steamcmd: string | null): Promise<HostCheckResult> {
  const remedy = 'Install steamcmd and set LEFT4ME_STEAMCMD to its absolute path.'
  if (steamcmd === null) return failed('steamcmd', { message: 'No steamcmd is configured.', remedy })
  const there = await access(steamcmd, constants.X_OK).then(
    () => true,
    () => false,
  )
  return there
    ? passed('steamcmd', 'steamcmd is there.')
    : failed('steamcmd', { message: `${steamcmd} can't be executed.`, remedy })
}

export async function checkDisk(folder: string): Promise<HostCheckResult> {
  const disk = await statfs(folder)
  const free = disk.bavail * disk.bsize
  const message = `${(free / 1e9).toFixed(1)} GB are free on the disk of the data directory.`
  return free >= comfortable
    ? passed('disk', message)
    : failed('disk', { message, remedy: 'Free space: logs, saves and updates need it.' })
}

export function passed(name: string, message: string): HostCheckResult {
  return { name, ok: true, message, remedy: null }
}

export function failed(name: string, why: { message: string; remedy: string | null }): HostCheckResult {
  return { name, ok: false, message: why.message, remedy: why.remedy }
}
