import type { OverlayId } from '../arguments/names.ts'
import type { HostPaths } from '../host-paths.ts'
import { findMountPoint } from '../mounts/mount-table.ts'
import { unmount } from '../mounts/unmount.ts'
import { scriptPlaces } from './script-places.ts'

/** Undoes `attachDraft`. Idempotent. */
export function detachDraft(paths: HostPaths, overlayId: OverlayId): void {
  const mount = findMountPoint(scriptPlaces(paths, overlayId).overlay)
  if (mount) unmount(mount)
}
