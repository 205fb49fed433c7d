import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { FreshDigests } from './fresh-digests.ts'
import { KnownFiles } from './known-files.ts'
import { digestFile, digestOpen } from './read-file.ts'
import { publishedMode, SizeLimit } from './revision-rules.ts'
import type { TreeProgress, TreeResults, TreeTask } from './tree-work.ts'
import { walkTree } from './walk-tree.ts'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants
/** Bytes. */
const worthSharing = 1024 * 1024
/** Never changed by us. */
const umask = process.umask()

/** Copies: a file that a draft keeps must not be the one that a revision has. */
export function copyTree(
  { from, to, previous, maxBytes }: Extract<TreeTask, { kind: 'copy' }>,
  progress: TreeProgress,
  fresh: FreshDigests,
): TreeResults['copy'] {
  const tree = walkTree(from)
  const known = KnownFiles.of(previous)
  const limit = new SizeLimit(maxBytes)
  const total = tree.files.reduce((sum, { stats }) => sum + stats.size, 0)
  limit.add(total)
  for (const folder of tree.folders) mkdirSync(join(to, folder), { mode: 0o755 })
  let done = 0
  const count = (bytes: number) => {
    done += bytes
    progress(total === 0 ? 1 : done / total, done)
  }
  for (const { path, stats } of tree.files) {
    const [source, target] = [join(from, path), join(to, path)]
    const mode = publishedMode(stats.mode)
    if (known.hasLike(path, stats.size)) {
      const digest = digestFile(source, () => undefined)
      if (known.link({ hash: digest.hash, size: digest.bytes, mode }, target)) {
        fresh.add(target, lstatSync(target), digest)
        count(stats.size)
        continue
      }
    }
    copyFile(source, target, mode, { count, fresh })
  }
  return null
}

/** Shares blocks where the file system can; it isn't asked for small files, for which a copy is as cheap. */
function copyFile(
  source: string,
  target: string,
  mode: number,
  { count, fresh }: { count: (bytes: number) => void; fresh: FreshDigests },
): void {
  const from = openSync(source, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    const { size } = fstatSync(from)
    if (size >= worthSharing && shares(from, target)) {
      chmodSync(target, mode)
      count(size)
      return
    }
    const to = openSync(target, 'wx', mode)
    try {
      const digest = digestOpen(from, part => {
        let written = 0
        while (written < part.length) written += writeSync(to, part, written)
        count(part.length)
      })
      if ((mode & umask) !== 0) fchmodSync(to, mode)
      fresh.add(target, fstatSync(to), digest)
    } finally {
      closeSync(to)
    }
  } finally {
    closeSync(from)
  }
}

/** By its descriptor: the name may have become a link's since it was opened. */
function shares(from: number, target: string): boolean {
  try {
    copyFileSync(`/proc/self/fd/${from}`, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE_FORCE)
    return true
  } catch {
    // This file system shares none.
    rmSync(target, { force: true })
    return false
  }
}
