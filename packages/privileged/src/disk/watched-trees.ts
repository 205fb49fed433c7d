import { parseInstanceName, parseOverlayId } from '../arguments/names.ts'
import { type HostPaths, unitNames } from '../host-paths.ts'
import type { HostLimits } from '../limits/host-limits.ts'
import type { MountEntry } from '../mounts/mount-table.ts'
import { serverPlaces } from '../overlay/server-places.ts'
import { scriptPlaces } from '../sandbox/script-places.ts'
import type { TreeLimits } from './measure-tree.ts'

/** What a server or a script fills at the moment. */
export interface WatchedTree {
  /** Different for each. */
  readonly key: string
  /** No component of it can be changed by the service user. */
  readonly path: string
  /** Where it is mounted for those who write into it. */
  readonly mountPoint: string
  /** The folder of the processes that write into it, in the file system of control groups. */
  readonly controlGroup: string
  readonly limits: TreeLimits
  /** The units to stop, the one whose processes write first. */
  readonly units: readonly [string, ...string[]]
  /** Where the reason is left. */
  readonly report: string
  readonly remedy: string
}

/** Servers that are mounted and scripts whose draft is. Those that aren't can't grow. */
export function watchedTrees(
  paths: HostPaths,
  limits: HostLimits,
  mounts: readonly MountEntry[],
): WatchedTree[] {
  return mounts.flatMap(mount => server(paths, limits, mount) ?? script(paths, limits, mount) ?? [])
}

function server(paths: HostPaths, limits: HostLimits, { mountPoint, upper }: MountEntry): WatchedTree | null {
  const prefix = `${paths.runtime}/`
  const name = mountPoint.startsWith(prefix)
    ? parseInstanceName(mountPoint.slice(prefix.length).split('/')[0] ?? '')
    : null
  if (name === null) return null
  const places = serverPlaces(paths, name)
  if (mountPoint !== places.merged || upper !== places.upper) return null
  return {
    key: `server/${name}`,
    path: places.upper,
    mountPoint: places.merged,
    controlGroup: controlGroup(unitNames.gameSlice, `${unitNames.server}@${name}.service`),
    limits: { bytes: limits.server, files: limits.files },
    units: [`${unitNames.server}@${name}.service`, `${unitNames.overlay}@${name}.service`],
    report: places.diskLimit,
    remedy: 'Delete files of the server that it does not need, or reset it; then start it again.',
  }
}

function script(paths: HostPaths, limits: HostLimits, { mountPoint }: MountEntry): WatchedTree | null {
  const prefix = `${paths.run}/scripts/`
  const id = mountPoint.startsWith(prefix)
    ? parseOverlayId(mountPoint.slice(prefix.length).split('/')[0] ?? '')
    : null
  if (id === null) return null
  const places = scriptPlaces(paths, id)
  if (mountPoint !== places.overlay) return null
  return {
    key: `script/${id}`,
    path: places.overlay,
    mountPoint: places.overlay,
    controlGroup: controlGroup(unitNames.buildSlice, places.unit),
    limits: { bytes: limits.build, files: limits.files },
    units: [places.unit],
    report: places.diskLimit,
    remedy: 'Let the script keep less, or split it into several overlays.',
  }
}

/** A slice lies below the one that its name begins with: systemd.slice(5). */
function controlGroup(slice: string, unit: string): string {
  const [parent] = slice.split('-')
  return `/sys/fs/cgroup/${parent}.slice/${slice}/${unit}`
}
