import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type HostPaths, serviceUserId } from '../host-paths.ts'
import { readMountTable } from '../mounts/mount-table.ts'

/** A host's places in a folder of its own, as the deployment makes them. Needs root; disposing unmounts
 * what is mounted below and deletes them. */
export interface TemporaryHost extends Disposable {
  readonly paths: HostPaths
  /** Makes a folder below the data directory, each missing component the service user's. */
  serviceFolder(path: string): string
}

export function openTemporaryHost(): TemporaryHost {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'left4me-host-')))
  // The service user has to come through.
  chmodSync(base, 0o755)
  const root = join(base, 'data')
  const paths: HostPaths = {
    root,
    runtime: join(root, 'runtime'),
    instances: join(root, 'instances'),
    overlays: join(root, 'overlays'),
    installation: join(root, 'installation'),
    temporary: join(root, 'tmp'),
    run: join(base, 'run'),
    configuration: join(base, 'etc'),
    source: join(base, 'source'),
    helpers: join(base, 'helpers'),
  }
  for (const folder of [root, paths.runtime, paths.run, paths.configuration])
    mkdirSync(folder, { mode: 0o755 })
  const serviceFolder = (path: string): string => {
    const folder = join(root, path)
    const make = (place: string): void => {
      if (place === root) return
      make(dirname(place))
      try {
        mkdirSync(place, { mode: 0o755 })
        chownSync(place, serviceUserId, serviceUserId)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
    }
    make(folder)
    return folder
  }
  for (const folder of ['instances', 'overlays', 'installation', 'tmp/scripts']) serviceFolder(folder)
  return {
    paths,
    serviceFolder,
    [Symbol.dispose]: () => {
      for (const { mountPoint } of readMountTable().toReversed())
        if (mountPoint.startsWith(`${base}/`)) execFileSync('umount', [mountPoint])
      rmSync(base, { recursive: true, force: true })
    },
  }
}
