import { chmodSync, chownSync, lstatSync, mkdirSync, readdirSync, renameSync } from 'node:fs'
import type { InstanceName } from '../arguments/names.ts'
import { HelperError } from '../helper-error.ts'
import { type HostPaths, serviceUserId } from '../host-paths.ts'
import { isRootsAlone, requireRootFolder } from '../root-files/root-file.ts'
import { type ServerPlaces, serverPlaces } from './server-places.ts'
import { joinProject } from './server-quota.ts'

/**
 * Makes `runtime/NAME/{upper,work,merged}` as far as they are missing: root's, but for `upper`, which is the service
 * user's; `work` is root's alone. Idempotent. Since no parent of them can be changed by the service user, paths to them
 * may be trusted from here on; throws `HelperError` (`unsafe-path`) if that isn't so.
 */
export function prepareServer(paths: HostPaths, name: InstanceName): ServerPlaces {
  const places = serverPlaces(paths, name)
  try {
    requireRootFolder(paths.runtime)
    requireRootFolder(places.runtime)
    makeFolder(places.work, 0o700)
    makeFolder(places.merged, 0o755)
    const upper = lstatSync(places.upper, { throwIfNoEntry: false })
    if (!upper) makeUpper(name, places)
    else if (!upper.isDirectory() || upper.uid !== serviceUserId) throw notAsItShouldBe(places.upper)
  } catch (error) {
    throw explainFullDisk(error, places.runtime)
  }
  return places
}

/** `HelperError` (`disk-full`) for what the kernel says of a disk without room; anything else as it is. */
export function explainFullDisk(error: unknown, place: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error
  return new HelperError('disk-full', `There is no room for ${place}.`, {
    remedy: 'Free space on the disk of /var/lib/left4me.',
    cause: error,
  })
}

/**
 * It gets its name once it is complete, since a call may be cut off at any moment: whoever finds an upper puts files into
 * it, and then it can't join a project any more.
 */
function makeUpper(name: InstanceName, { runtime, upper, work }: ServerPlaces): void {
  const unfinished = `${runtime}/.upper`
  // One that a call left which was cut off is as good.
  mkdirSync(unfinished, { recursive: true, mode: 0o755 })
  chownSync(unfinished, serviceUserId, serviceUserId)
  if (readdirSync(work).length === 0) joinProject(name, { upper: unfinished, work })
  renameSync(unfinished, upper)
}

/** One of root's. */
function makeFolder(path: string, mode: number): void {
  const before = lstatSync(path, { throwIfNoEntry: false })
  if (!before) {
    mkdirSync(path, { mode })
    return
  }
  // A mounted `merged` shows the upper's owner and mode.
  if (path.endsWith('/merged') && before.isDirectory()) return
  if (!before.isDirectory() || !isRootsAlone(before)) throw notAsItShouldBe(path)
  if (mode === 0o700 && (before.mode & 0o777) !== mode) chmodSync(path, mode)
}

function notAsItShouldBe(path: string): HelperError {
  return new HelperError('unsafe-path', `${path} is not the folder that it should be.`, {
    remedy: `Move it away; as root: mv ${path} ${path}.found`,
  })
}
