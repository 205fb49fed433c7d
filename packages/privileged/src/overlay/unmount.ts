import { rmSync } from 'node:fs'
import type { InstanceName } from '../arguments/names.ts'
import type { HostPaths } from '../host-paths.ts'
import { unmount } from '../mounts/unmount.ts'
import { removeRootFile } from '../root-files/root-file.ts'
import { reportProblem } from './report-problem.ts'
import { findServerMount } from './server-mount.ts'
import { serverPlaces } from './server-places.ts'

/**
 * Undoes `mountServer`. Idempotent. What the server may bind stays noted with systemd: the unit can't run without
 * another mount, which sets it anew. After a failure the mount is still there, and the reason stands in
 * `NAME.problem`. Needs root, in the host's mount namespace; to be called by the server's overlay unit only.
 */
export function unmountServer(paths: HostPaths, name: InstanceName): void {
  const places = serverPlaces(paths, name)
  try {
    const mount = findServerMount(places)
    if (mount) {
      unmount(mount)
      // Not without a mount: it is also called after a mount that failed, whose reason has to stay.
      removeRootFile(places.problem)
    }
    // The kernel leaves it, with mode 0000 and a whiteout inside. Its parent is root's alone.
    rmSync(`${places.work}/work`, { recursive: true, force: true })
    removeRootFile(places.environment)
    removeRootFile(places.layers)
  } catch (error) {
    throw reportProblem(places, error)
  }
}
