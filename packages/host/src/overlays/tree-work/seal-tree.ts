import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf, encodeFileList, type ListedFile } from './file-list.ts'
import type { FreshDigests } from './fresh-digests.ts'
import { copyAlone, KnownFiles } from './known-files.ts'
import { isNativeCode } from './native-code.ts'
import { digestFile } from './read-file.ts'
import { publishedMode, SizeLimit } from './revision-rules.ts'
import type { SealedTree, TreeProgress, TreeTask } from './tree-work.ts'
import { walkTree } from './walk-tree.ts'

/** At most so many are named. */
const nativeLimit = 1000

/**
 * Makes a built tree what a revision is: plain files and folders with checked names and modes, each file hashed as it
 * lies on the disk, equal files of the previous revision shared with it. Writes the manifest.
 */
export function sealTree(
  { root, previous, maxBytes, keepLinks, manifest }: Extract<TreeTask, { kind: 'seal' }>,
  progress: TreeProgress,
  fresh: FreshDigests,
): SealedTree {
  const tree = walkTree(root, true)
  const known = KnownFiles.of(previous)
  const limit = new SizeLimit(maxBytes)
  for (const { stats } of tree.files) limit.add(stats.size)
  let done = 0
  const count = (bytes: number) => {
    done += bytes
    progress(limit.bytes === 0 ? 1 : done / limit.bytes, done)
  }
  const temporary = `${root}.temporary`
  const files: ListedFile[] = []
  const nativeCode: string[] = []
  for (const { path, stats } of tree.files) {
    const place = join(root, path)
    const mode = publishedMode(stats.mode)
    const changesMode = (stats.mode & 0o7777) !== mode
    // Another name of it may be changed later, or want other permissions.
    const shared = stats.nlink > 1
    if (shared && (changesMode || !keepLinks)) {
      copyAlone(place, temporary)
      renameSync(temporary, place)
    }
    if (changesMode || (shared && !keepLinks)) chmodSync(place, mode)
    const written = fresh.find(place, stats)
    const { hash, bytes, start } = written ?? digestFile(place, part => count(part.length))
    if (written) count(bytes)
    files.push({ path, size: bytes, mode, hash })
    if (!shared || !keepLinks) known.replace({ size: bytes, mode, hash }, place, temporary)
    if (nativeCode.length < nativeLimit && isNativeCode(path, start)) nativeCode.push(path)
  }
  const list = { files, emptyFolders: tree.emptyFolders }
  writeFileSync(manifest, encodeFileList(list), { mode: 0o600 })
  return {
    files: files.map(({ path, size, mode }) => ({ path, size, mode })),
    emptyFolders: tree.emptyFolders,
    bytes: limit.bytes,
    digest: digestOf(list),
    nativeCode,
  }
}
