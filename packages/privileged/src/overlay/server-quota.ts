import type { InstanceName } from '../arguments/names.ts'
import type { HostPaths } from '../host-paths.ts'
import { readHostLimits } from '../limits/host-limits.ts'
import { findMountOf } from '../mounts/mount-table.ts'
import { programs, runCommand, startCommand } from '../program/run-command.ts'
import { writeLine } from '../program/write-line.ts'
import type { ServerPlaces } from './server-places.ts'

/**
 * Where the file system keeps quotas of projects (mounted with prjquota), each server is one: what it may have then holds
 * at every moment, and the watcher, which looks every few seconds, is what tells why. The quota is a little higher than
 * the watcher's limit: who came to it has to be found above that.
 */
const margin = 1.05

/** Above what an administrator gives out; servers' names are numbers that start at 1. */
const firstProject = 1_000_000_000

/** null for a name that is no number: such a server is watched only. */
export function projectOf(name: InstanceName): number | null {
  return /^[1-9][0-9]{0,8}$/.test(name) ? firstProject + Number(name) : null
}

/**
 * Makes new folders part of the server's project, and with them all that is made inside. Only new ones: a file from
 * before could not be renamed in them any more (EXDEV). Both: overlayfs moves files from work to upper. chattr(1).
 */
export function joinProject(name: InstanceName, { upper, work }: Pick<ServerPlaces, 'upper' | 'work'>): void {
  const project = projectOf(name)
  if (project === null || !findMountOf(upper)?.projectQuotas) return
  const { code, stderr } = runCommand(programs.chattr, ['-p', String(project), '+P', upper, work])
  if (code !== 0) writeLine(`No quota for server ${name}: ${stderr.trim()}\n`)
}

/** Sets the project's limits, as they are now. A quota that can't be set is said and no reason to refuse a start. */
export async function setServerQuota(
  paths: HostPaths,
  name: InstanceName,
  { upper }: ServerPlaces,
): Promise<void> {
  const project = projectOf(name)
  const mount = findMountOf(upper)
  if (project === null || !mount?.projectQuotas) return
  try {
    const limits = readHostLimits(paths)
    const blocks = Math.ceil((limits.server * margin) / 1024)
    const files = Math.ceil(limits.files * margin)
    const words = ['-P', project, '0', blocks, '0', files, mount.mountPoint].map(String)
    const { code, stderr } = await startCommand(programs.setquota, words)
    if (code !== 0) writeLine(`No quota for server ${name}: ${stderr.trim()}\n`)
  } catch (error) {
    writeLine(`No quota for server ${name}: ${error instanceof Error ? error.message : String(error)}\n`)
  }
}
