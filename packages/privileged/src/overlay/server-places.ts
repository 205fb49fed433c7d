import type { InstanceName } from '../arguments/names.ts'
import type { HostPaths } from '../host-paths.ts'

/** Where one server's things lie that are root's. */
export interface ServerPlaces {
  readonly runtime: string
  readonly upper: string
  readonly work: string
  readonly merged: string
  /** The environment file that systemd reads. */
  readonly environment: string
  /** The layers of the present mount, uppermost first, one a line: mountinfo shows descriptors only. */
  readonly layers: string
  readonly problem: string
  readonly diskLimit: string
}

export function serverPlaces(paths: HostPaths, name: InstanceName): ServerPlaces {
  const runtime = `${paths.runtime}/${name}`
  return {
    runtime,
    upper: `${runtime}/upper`,
    work: `${runtime}/work`,
    merged: `${runtime}/merged`,
    environment: `${paths.run}/instances/${name}.env`,
    layers: `${paths.run}/instances/${name}.layers`,
    problem: `${paths.run}/instances/${name}.problem`,
    diskLimit: `${paths.run}/disk-limit/${name}`,
  }
}
