import { mkdir, rename, rm } from 'node:fs/promises'
import { pathComponents } from '../files/relative-path.ts'
import { SafeFolder } from '../files/safe-folder.ts'
import { inFolderOf, inMadeFolderOf } from '../files/walk-path.ts'
import { HostError } from '../host-error.ts'
import { listFiles } from './file-tree.ts'

/** The working folder of one overlay, which people fill. Paths are checked and links never followed. */
export class Draft {
  readonly #place: string

  constructor(place: string) {
    this.#place = place
  }

  async list(): Promise<{ path: string; size: number }[]> {
    await using draft = await openIfThere(this.#place)
    return draft ? await listFiles(draft) : []
  }

  /** Moves a whole file in, which lies on the same file system. */
  async take(path: string, file: string): Promise<void> {
    const components = pathComponents(path)
    await mkdir(this.#place, { recursive: true, mode: 0o755 })
    await using draft = await SafeFolder.open(this.#place)
    await refuseFileAsFolder(draft, components)
    await moveInto(draft, components, file).catch(async (error: unknown) => {
      await pruneEmptyFolders(draft, components)
      throw error
    })
  }

  async remove(path: string): Promise<void> {
    const components = pathComponents(path)
    await using draft = await openIfThere(this.#place)
    if (!draft) return
    await inFolderOf(draft, components, (parent, name) => parent.removeFile(name))
    await pruneEmptyFolders(draft, components)
  }
}

/** A file where the path wants a folder is somebody's own file: it isn't replaced by a folder. */
export async function refuseFileAsFolder(draft: SafeFolder, components: readonly string[]): Promise<void> {
  await using opened = new AsyncDisposableStack()
  let folder = draft
  for (const component of components.slice(0, -1)) {
    const next = await folder.folder(component)
    if (!next) return
    opened.use(next)
    folder = next
  }
  const name = components.at(-1)
  if (name !== undefined && (await folder.stat(name))?.isDirectory())
    throw new HostError('file-refused', `${components.join('/')} is a folder in the draft.`, {
      remedy: 'Give the file another name, or delete the folder first.',
    })
}

/** Resolves to the file's bytes. */
export async function moveInto(
  draft: SafeFolder,
  components: readonly string[],
  from: string,
): Promise<number> {
  return inMadeFolderOf(draft, components, async (folder, name) => {
    await rename(from, folder.place(name))
    // rename(2) does nothing when both are names of one file: taken for the second time.
    await rm(from, { force: true })
    return (await folder.stat(name))?.size ?? 0
  })
}

async function pruneEmptyFolders(draft: SafeFolder, components: readonly string[]): Promise<void> {
  for (let depth = components.length - 1; depth > 0; depth--) {
    const removed = await inFolderOf(draft, components.slice(0, depth), (folder, name) =>
      folder.removeEmptyFolder(name),
    ).catch(() => false)
    if (!removed) return
  }
}

export async function openIfThere(path: string): Promise<SafeFolder | null> {
  return SafeFolder.open(path).catch(error => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  })
}
