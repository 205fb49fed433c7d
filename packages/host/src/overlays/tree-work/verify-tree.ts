import { join } from 'node:path'
import { readFileList } from './file-list.ts'
import { digestFile } from './read-file.ts'
import type { TreeProgress, TreeResults, TreeTask } from './tree-work.ts'
import { walkTree } from './walk-tree.ts'

/** Compares a tree with its manifest: names, sizes, modes and hashes. Changes nothing. */
export function verifyTree(
  { root, manifest }: Extract<TreeTask, { kind: 'verify' }>,
  progress: TreeProgress,
): TreeResults['verify'] {
  const wanted = new Map(readFileList(manifest).files.map(file => [file.path, file]))
  const tree = walkTree(root)
  const differences: { path: string; kind: 'missing' | 'added' | 'changed' }[] = []
  const total = tree.files.reduce((sum, { stats }) => sum + stats.size, 0)
  let done = 0
  for (const { path, stats } of tree.files) {
    const file = wanted.get(path)
    wanted.delete(path)
    if (!file) {
      differences.push({ path, kind: 'added' })
      continue
    }
    const same =
      stats.size === file.size &&
      (stats.mode & 0o7777) === file.mode &&
      digestFile(join(root, path), part => {
        done += part.length
        progress(total === 0 ? 1 : done / total, done)
      }).hash === file.hash
    if (!same) differences.push({ path, kind: 'changed' })
  }
  for (const path of wanted.keys()) differences.push({ path, kind: 'missing' })
  return differences.sort((a, b) => (a.path < b.path ? -1 : 1))
}
