import { HelperError } from '../helper-error.ts'
import type { HostPaths } from '../host-paths.ts'
import { HostileFileError, HostileFolder } from '../hostile-files/hostile-folder.ts'

/**
 * Opens each layer, none through a link, and keeps them open: what is mounted afterwards through the descriptors is what
 * was opened, whatever the service user renames meanwhile. Throws `HelperError`: `layer-missing` or `unsafe-path`.
 */
export function openLayers(
  paths: HostPaths,
  lowerdirs: readonly string[],
): Disposable & { readonly descriptors: readonly number[] } {
  using opening = new DisposableStack()
  const root = opening.use(HostileFolder.openTrusted(paths.root))
  const descriptors: number[] = []
  for (const lowerdir of lowerdirs) {
    try {
      descriptors.push(opening.use(root.open(lowerdir.split('/'))).descriptor)
    } catch (error) {
      throw error instanceof HostileFileError ? explain(error, lowerdir) : error
    }
  }
  const opened = opening.move()
  return { descriptors, [Symbol.dispose]: () => opened.dispose() }
}

function explain(error: HostileFileError, lowerdir: string): HelperError {
  if (!error.missing)
    return new HelperError('unsafe-path', `${error.message}: it can't be a layer.`, {
      remedy: 'Delete it and build the overlay again.',
      cause: error,
    })
  const revision = /^overlays\/(\d+)\/revisions\/(\d+)$/.exec(lowerdir)
  return revision
    ? new HelperError('layer-missing', `Revision ${revision[2]} of overlay ${revision[1]} isn't there.`, {
        remedy: 'Build the overlay again, or take it out of the server.',
        cause: error,
      })
    : new HelperError('layer-missing', "The game isn't installed.", {
        remedy: 'Install the game on the installation page.',
        cause: error,
      })
}
