import { closeSync, constants, fstatSync, lstatSync, opendirSync, openSync } from 'node:fs'

export interface TreeSize {
  /** Blocks that are taken on the disk; a file with several names counts once. */
  readonly bytes: number
  /** Files and folders. */
  readonly files: number
  /** Of the bytes, those of files that changed since the given moment: what it may have grown by. */
  readonly changed: number
  /** It was found to be too large before its end was reached: the numbers say only what was counted so far. */
  readonly exceeded: 'bytes' | 'files' | 'depth' | 'open-files' | null
}

export interface TreeLimits {
  readonly bytes: number
  readonly files: number
}

/** No game and no archive nests folders as deep; each level holds a descriptor open. */
const depthLimit = 100

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

/** What is asked of one file; with `bigint` a number of an inode isn't rounded. */
interface FileStats {
  readonly ino: bigint
  readonly nlink: bigint
  readonly blocks: bigint
  readonly ctimeMs: bigint
}

/**
 * Adds up what lies below a folder that somebody may be changing: by descriptors, never through a link, on this file
 * system only. Stops as soon as a limit is exceeded, so that the work is bounded. What vanishes meanwhile doesn't count.
 * Names are bytes: one that isn't UTF-8 would be looked for under another one. `since` is in ms since the epoch.
 */
export function measureTree(path: string, limits: TreeLimits, since = Number.POSITIVE_INFINITY): TreeSize {
  const seen = new Set<bigint>()
  const size = { bytes: 0, files: 0, changed: 0 }
  let exceeded: TreeSize['exceeded'] = null
  const root = openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  const device = fstatSync(root).dev

  const visit = (descriptor: number, depth: number): void => {
    using folder = openFolder(descriptor)
    for (let entry = folder.readSync(); entry && !exceeded; entry = folder.readSync()) {
      size.files += 1
      count(descriptor, entry.name, entry.isDirectory(), depth)
      if (size.bytes > limits.bytes) exceeded = 'bytes'
      else if (size.files > limits.files) exceeded = 'files'
    }
  }
  const count = (parent: number, name: Buffer, isFolder: boolean, depth: number): void => {
    const place = Buffer.concat([Buffer.from(`/proc/self/fd/${parent}/`), name])
    if (isFolder) {
      const inner = openIfFolder(place)
      if (inner === null) return
      try {
        const stats = fstatSync(inner)
        if (stats.dev !== device) return
        size.bytes += stats.blocks * 512
        if (depth >= depthLimit) exceeded = 'depth'
        else visit(inner, depth + 1)
      } finally {
        closeSync(inner)
      }
      return
    }
    const stats = lstatIfThere(place)
    if (!stats) return
    if (stats.nlink > 1n) {
      if (seen.has(stats.ino)) return
      seen.add(stats.ino)
    }
    const bytes = Number(stats.blocks) * 512
    size.bytes += bytes
    if (stats.ctimeMs >= since) size.changed += bytes
  }

  try {
    visit(root, 1)
  } finally {
    closeSync(root)
  }
  return { ...size, exceeded }
}

/** The types of Node's know folders of texts only, and take no other encoding: its documentation does. */
interface FolderOfBytes extends Disposable {
  readSync(): { readonly name: Buffer; isDirectory(): boolean } | null
}

function openFolder(descriptor: number): FolderOfBytes {
  const options = { bufferSize: 256, encoding: 'buffer' } as unknown as { bufferSize: number }
  return opendirSync(`/proc/self/fd/${descriptor}`, options) as unknown as FolderOfBytes
}

function openIfFolder(place: Buffer): number | null {
  try {
    return openSync(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK)
  } catch {
    return null
  }
}

function lstatIfThere(place: Buffer): FileStats | null {
  try {
    return lstatSync(place, { bigint: true, throwIfNoEntry: false }) ?? null
  } catch {
    return null
  }
}
