import { pathComponents } from '../files/relative-path.ts'
import type { SafeFolder } from '../files/safe-folder.ts'
import { HostError } from '../host-error.ts'
import { fileLimit } from './tree-work/walk-tree.ts'

export interface TreeFile {
  /** Relative to the root that was walked. */
  readonly path: string
  readonly size: number
}

/** Every regular file below a folder, by path. Links and other things are passed over. */
export async function listFiles(root: SafeFolder): Promise<TreeFile[]> {
  const files: TreeFile[] = []
  await walk(root, '', files)
  return files
}

async function walk(folder: SafeFolder, prefix: string, files: TreeFile[]): Promise<void> {
  for (const name of await folder.names()) {
    const stats = await folder.stat(name)
    const path = `${prefix}${name}`
    if (stats?.isFile()) {
      pathComponents(path)
      files.push({ path, size: stats.size })
      if (files.length > fileLimit)
        throw new HostError('file-refused', `The draft has more than ${fileLimit} files.`, {
          remedy: 'Delete some of them.',
        })
    } else if (stats?.isDirectory()) {
      await using inner = await folder.folder(name)
      if (inner) await walk(inner, `${path}/`, files)
    }
  }
}
