import { pathComponents } from '../files/relative-path.ts'
import type { SafeFolder } from '../files/safe-folder.ts'

/** Files of one overlay at most: a guard for memory, far above what a game's layer has. */
const fileLimit = 200_000

export interface TreeFile {
  /** Relative to the root that was walked. */
  readonly path: string
  readonly size: number
}

/** Every regular file below a folder, by path. Links and other things are passed over. */
export async function listTree(root: SafeFolder): Promise<TreeFile[]> {
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
      if (files.length > fileLimit) throw new RangeError(`more than ${fileLimit} files`)
    } else if (stats?.isDirectory()) {
      await using inner = await folder.folder(name)
      if (inner) await walk(inner, `${path}/`, files)
    }
  }
}
