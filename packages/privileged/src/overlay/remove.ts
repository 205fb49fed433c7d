import { randomBytes } from 'node:crypto'
import { lstatSync, renameSync, rmSync } from 'node:fs'
import type { InstanceName } from '../arguments/names.ts'
import { HelperError } from '../helper-error.ts'
import { type HostPaths, unitNames } from '../host-paths.ts'
import { type MountEntry, readMountTable } from '../mounts/mount-table.ts'
import { programs, runCommand } from '../program/run-command.ts'
import { removeRootFile, requireRootFolder } from '../root-files/root-file.ts'
import { type ServerPlaces, serverPlaces } from './server-places.ts'

/**
 * Deletes `runtime/NAME` and what lies about the server below /run. Idempotent; what is being deleted goes to its end
 * without the caller. Throws `HelperError` (`busy`) while the server's units aren't both at rest or anything is mounted
 * there; then nothing was deleted.
 */
export function removeServer(paths: HostPaths, name: InstanceName): void {
  const places = serverPlaces(paths, name)
  requireRootFolder(paths.runtime)
  requireRest(name)
  requireNoMount(places, places.runtime)
  if (lstatSync(places.runtime, { throwIfNoEntry: false })) {
    // Out of the way first: a start that comes in between finds nothing and makes new folders, and one that was just
    // ahead shows here, since its mount moves along.
    const mark = `${name}-${randomBytes(6).toString('hex')}`
    const removing = `${paths.runtime}/.removing-${mark}`
    renameSync(places.runtime, removing)
    try {
      requireNoMount(places, removing)
    } catch (error) {
      renameSync(removing, places.runtime)
      throw error
    }
    // Of this name what a reboot interrupts is deleted by systemd-tmpfiles.
    const deleting = `${paths.runtime}/.deleting-${mark}`
    renameSync(removing, deleting)
    deleteTree(deleting, `left4me-delete-${mark}.service`)
  }
  for (const file of [places.environment, places.layers, places.problem, places.diskLimit])
    removeRootFile(file)
  rmSync(`/run/systemd/system.control/${unitNames.server}@${name}.service.d`, {
    recursive: true,
    force: true,
  })
}

function requireRest(name: InstanceName): void {
  const units = [`${unitNames.server}@${name}.service`, `${unitNames.overlay}@${name}.service`]
  const { code, stdout } = runCommand(programs.systemctl, ['show', '--property=ActiveState', ...units])
  const states = stdout.split('\n').flatMap(line => /^ActiveState=(.+)$/.exec(line)?.[1] ?? [])
  if (code !== 0 || states.length !== units.length)
    throw new HelperError('systemd-failed', `systemd doesn't say whether server ${name} is at rest.`, {
      remedy: 'See whether it answers; as root: systemctl status',
    })
  if (states.some(state => state !== 'inactive' && state !== 'failed')) throw isMounted(name)
}

/** In this mount namespace and, where it may be read, in the host's. */
function requireNoMount(places: ServerPlaces, folder: string): void {
  for (const table of [readMountTable(), readHostMountTable()]) {
    const mounted = table.some(
      ({ mountPoint, upper }) =>
        mountPoint === folder || mountPoint.startsWith(`${folder}/`) || upper === places.upper,
    )
    if (mounted) throw isMounted(places.runtime)
  }
}

/** Empty inside a sandbox that hides it; the state of the server's units was asked for besides. */
function readHostMountTable(): MountEntry[] {
  try {
    return readMountTable('/proc/1/mountinfo')
  } catch {
    return []
  }
}

function isMounted(what: string): HelperError {
  return new HelperError('busy', `Server ${what} runs or is still mounted.`, { remedy: 'Stop it first.' })
}

/**
 * rm(1) goes by descriptors and follows no link (fts(3)), whatever the service user does in its upper meanwhile. In a
 * unit of its own: a restart of the web application ends every process of that one's.
 */
function deleteTree(path: string, unit: string): void {
  const { code, stderr } = runCommand(programs.systemdRun, [
    ...['--quiet', '--wait', '--pipe', '--collect', '--service-type=exec', `--unit=${unit}`],
    '--property=CapabilityBoundingSet=CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER',
    '--property=NoNewPrivileges=yes',
    ...['--', programs.rm, '-rf', '--one-file-system', '--', path],
  ])
  if (code !== 0)
    throw new HelperError('unsafe-path', `${path} could not be deleted: ${stderr.trim().slice(0, 300)}`, {
      remedy: `See what is in it; as root: rm -r ${path}`,
    })
}
