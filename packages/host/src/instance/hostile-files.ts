import { foldersOf, type TreeLayer } from '@left4me/protocols'
import { pathComponents } from '../files/relative-path.ts'
import type { SafeFolder } from '../files/safe-folder.ts'
import { inFolderOf, inMadeFolderOf } from '../files/walk-path.ts'
import type { InstanceFile, InstanceFiles } from '../host.ts'
import { HostError } from '../host-error.ts'
import { runTreeWork } from '../overlays/tree-work/run-tree-work.ts'

const entryLimit = 10_000

/**
 * Opens the folder that an instance's files are in at the moment and keeps it as it is while `action` runs: the upper
 * of a stopped one (null when it has none and `make` is false), the merged layers of a running one.
 */
export type WithGameFolder = <Result>(
  make: boolean,
  action: (folder: SafeFolder | null, place: 'upper' | 'merged') => Promise<Result>,
) => Promise<Result>

export class HostileFiles implements InstanceFiles {
  readonly #withFolder: WithGameFolder
  readonly #upper: string

  /** `upper`: where it lies, mounted or not; its parents are ours. */
  constructor(withFolder: WithGameFolder, upper: string) {
    this.#withFolder = withFolder
    this.#upper = upper
  }

  async read(path: string, maxBytes: number): Promise<Buffer | null> {
    const components = pathComponents(path)
    return this.#withFolder(false, async (root, place) => {
      // Lower layers share files among their revisions, so that a file may have more names there. No name leads out of the
      // merged layers: link(2) doesn't reach across mounts. In an upper a second name may be anything's.
      const names = place === 'merged' ? 'any' : 'one'
      return root ? inFolderOf(root, components, (folder, name) => folder.read(name, maxBytes, names)) : null
    })
  }

  async replace(path: string, content: string | Uint8Array): Promise<void> {
    const components = pathComponents(path)
    await this.#withFolder(true, async root => {
      if (!root) return
      await inMadeFolderOf(root, components, (folder, name) =>
        folder.replace(name, handle => handle.writeFile(content)),
      )
    })
  }

  async remove(path: string): Promise<void> {
    const components = pathComponents(path)
    await this.#withFolder(false, async root => {
      if (root) await inFolderOf(root, components, (folder, name) => folder.removeFile(name))
    })
  }

  async list(path: string): Promise<InstanceFile[] | null> {
    // One more name, so that the folder itself is gone down to.
    const components = path === '' ? ['.'] : [...pathComponents(path), '.']
    return this.#withFolder(false, async root =>
      root ? await inFolderOf(root, components, entriesOf).catch(nullForNoFolder) : null,
    )
  }

  async upper(): Promise<TreeLayer> {
    const { files, emptyFolders, whiteouts, opaqueFolders } = await runTreeWork(
      { kind: 'upper', root: this.#upper },
      { signal: new AbortController().signal },
    )
    return { folders: foldersOf(files, emptyFolders), whiteouts, opaqueFolders }
  }
}

async function entriesOf(folder: SafeFolder): Promise<InstanceFile[]> {
  const entries: InstanceFile[] = []
  for (const name of (await folder.names()).slice(0, entryLimit)) {
    const stats = await folder.stat(name).catch(() => null)
    // Gone since the names were read.
    if (!stats) continue
    const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other'
    entries.push({ name, kind, size: kind === 'file' ? stats.size : 0 })
  }
  return entries
}

function nullForNoFolder(error: unknown): null {
  if (error instanceof HostError && error.code === 'file-refused') return null
  throw error
}
