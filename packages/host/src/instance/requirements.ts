import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import type { LayerReference } from '../host.ts'
import { HostError } from '../host-error.ts'
import { type InstallationPlace, installationPlace } from '../installation/installation-folder.ts'
import type { Layout } from '../layout.ts'

/** Where the game's files lie. Rejects with `not-installed` unless they are there and complete. */
export async function requireInstallation(layout: Layout, revision?: number): Promise<InstallationPlace> {
  const remedy = 'Install the game on the installation page.'
  const place = await installationPlace(layout, revision)
  const program = await lstat(join(place.folder, 'srcds_run')).catch(() => null)
  if (!program && revision !== undefined)
    throw new HostError('not-installed', `Revision ${revision} of the game isn't there.`, {
      remedy: 'Start the server again: it takes the current revision.',
    })
  if (!program) throw new HostError('not-installed', "The game isn't installed.", { remedy })
  if (place.revision === null && (await lstat(layout.installationIncomplete).catch(() => null)))
    throw new HostError('not-installed', 'The game is only partly installed.', { remedy })
  return place
}

/** Where the layers lie, in their order. Rejects with `layer-missing` for the first that isn't there. */
export async function requireLayers(layout: Layout, layers: readonly LayerReference[]): Promise<string[]> {
  const folders = layers.map(({ overlayId, revision }) => layout.revision(overlayId, revision))
  const there = await Promise.all(folders.map(isFolder))
  const missing = layers.find((_, index) => !there[index])
  if (missing)
    throw new HostError(
      'layer-missing',
      `Revision ${missing.revision} of overlay ${missing.overlayId} isn't there.`,
      { remedy: 'Build the overlay again, or take it out of the server.' },
    )
  return folders
}

async function isFolder(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null)
  return found?.isDirectory() ?? false
}
