import { encodeLayerIndex, foldersOf, inspectLayer } from '@left4me/protocols'
import { pathComponents } from '../files/relative-path.ts'
import { inFolderOf } from '../files/walk-path.ts'
import type { Layout } from '../layout.ts'
import { openIfThere } from '../overlays/draft.ts'
import { layerFolder } from '../overlays/layer-folder.ts'
import { runTreeWork } from '../overlays/tree-work/run-tree-work.ts'
import { installationPlace, isThere } from './installation-folder.ts'

/** The layer index of the game files; null when that revision isn't there. Walks them: some tenths of a second. */
export async function readInstallationIndex(
  layout: Layout,
  revision: number | null,
  signal: AbortSignal,
): Promise<string | null> {
  const { folder } = await installationPlace(layout, revision ?? undefined)
  if (!(await isThere(folder))) return null
  const { files, emptyFolders } = await runTreeWork({ kind: 'upper', root: folder }, { signal })
  const tree = { files, emptyFolders }
  const { index } = await inspectLayer(layerFolder(folder, tree), { kind: 'installation', signal })
  return encodeLayerIndex({ ...index, folders: foldersOf(files, emptyFolders) })
}

/** null when there is no such file. Rejects with `file-refused` for what is no plain file, or larger. */
export async function readInstallationFile(
  layout: Layout,
  revision: number | null,
  path: string,
  maxBytes: number,
): Promise<Buffer | null> {
  const components = pathComponents(path)
  const { folder } = await installationPlace(layout, revision ?? undefined)
  await using root = await openIfThere(folder)
  // Revisions share what is equal in them: their files have several names.
  return root ? await inFolderOf(root, components, (inner, name) => inner.read(name, maxBytes, 'any')) : null
}
