import { pathComponents } from '../files/relative-path.ts'
import type { SafeFolder } from '../files/safe-folder.ts'
import { inFolderOf, inMadeFolderOf } from '../files/walk-path.ts'
import type { InstanceFiles } from '../host.ts'

/**
 * Opens the folder that an instance's files are in at the moment and keeps it as it is while `action` runs: the upper
 * of a stopped one (null when it has none and `make` is false), the merged layers of a running one.
 */
export type WithGameFolder = <Result>(
  make: boolean,
  action: (folder: SafeFolder | null) => Promise<Result>,
) => Promise<Result>

export class HostileFiles implements InstanceFiles {
  readonly #withFolder: WithGameFolder

  constructor(withFolder: WithGameFolder) {
    this.#withFolder = withFolder
  }

  async read(path: string, maxBytes: number): Promise<Buffer | null> {
    const components = pathComponents(path)
    return this.#withFolder(false, async root =>
      root ? inFolderOf(root, components, (folder, name) => folder.read(name, maxBytes)) : null,
    )
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
}
