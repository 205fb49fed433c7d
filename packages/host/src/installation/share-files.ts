import { link, lstat, open, opendir, rename, rm } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { isThere } from './installation-folder.ts'

export interface ShareOptions {
  /** A published revision: nothing writes to it any more. */
  readonly older: string
  /** Complete, and not published yet. */
  readonly newer: string
  /** Bytes compared so far. */
  readonly onBytes: (bytes: number) => void
  readonly signal: AbortSignal
}

const chunk = 1024 * 1024
const linkSuffix = '.left4me-link'

/**
 * Gives back the space of what didn't change: a file of `newer` that has the same content and mode as in `older` becomes a
 * link to that one. Contents are compared, not times or sizes alone. Resolves to whether both are the same game: what
 * lies below `steamapps` is steamcmd's own. Rejects with the signal's reason; what was linked then is as good as before.
 */
export async function shareFiles({ older, newer, onBytes, signal }: ShareOptions): Promise<boolean> {
  let bytes = 0
  let same = true
  let linkable = true
  for await (const path of filesBelow(newer)) {
    signal.throwIfAborted()
    if (path.endsWith(linkSuffix)) {
      // Left when somebody was killed between the link and the rename.
      await rm(join(newer, path), { force: true })
      continue
    }
    const ours = await lstat(join(newer, path))
    const theirs = await lstat(join(older, path)).catch(() => null)
    const equal =
      theirs?.isFile() === true &&
      theirs.size === ours.size &&
      theirs.mode === ours.mode &&
      (theirs.ino === ours.ino || (await sameContent(join(older, path), join(newer, path), ours.size)))
    bytes += ours.size
    onBytes(bytes)
    if (!equal) same &&= isSteamcmds(path)
    else if (linkable && theirs.ino !== ours.ino)
      linkable = await replaceByLink(join(older, path), join(newer, path))
  }
  if (same)
    for await (const path of filesBelow(older))
      if (!isSteamcmds(path) && !(await isThere(join(newer, path)))) return false
  return same
}

/** Bytes of disk that only this tree has. */
export async function ownBytesOf(folder: string): Promise<number> {
  let bytes = 0
  for await (const path of filesBelow(folder)) {
    const { nlink, blocks } = await lstat(join(folder, path))
    if (nlink === 1) bytes += blocks * 512
  }
  return bytes
}

/** Bytes of disk that a copy of the tree takes. */
export async function bytesOf(folder: string): Promise<{ apparent: number; allocated: number }> {
  let apparent = 0
  let allocated = 0
  for await (const path of filesBelow(folder)) {
    const { size, blocks } = await lstat(join(folder, path))
    apparent += size
    allocated += blocks * 512
  }
  return { apparent, allocated }
}

/** Writes down what is in memory only of files that no other revision has, so that a power cut can't take it back. */
export async function syncFiles(folder: string): Promise<void> {
  for await (const path of filesBelow(folder)) {
    const { nlink } = await lstat(join(folder, path))
    if (nlink > 1) continue
    await using file = await open(join(folder, path), 'r')
    await file.sync()
  }
}

/** Regular files, relative to the folder. */
async function* filesBelow(folder: string, prefix = ''): AsyncGenerator<string> {
  for await (const entry of await opendir(join(folder, prefix))) {
    const path = join(prefix, entry.name)
    if (entry.isDirectory()) yield* filesBelow(folder, path)
    else if (entry.isFile()) yield path
  }
}

function isSteamcmds(path: string): boolean {
  return path.startsWith(`steamapps${sep}`)
}

async function sameContent(one: string, other: string, size: number): Promise<boolean> {
  if (size === 0) return true
  await using a = await open(one, 'r')
  await using b = await open(other, 'r')
  const left = Buffer.alloc(Math.min(size, chunk))
  const right = Buffer.alloc(left.length)
  for (;;) {
    const [{ bytesRead: read }, { bytesRead: readToo }] = await Promise.all([a.read(left), b.read(right)])
    if (read !== readToo || !left.subarray(0, read).equals(right.subarray(0, read))) return false
    if (read === 0) return true
  }
}

/** false where the file system has no links. */
async function replaceByLink(existing: string, path: string): Promise<boolean> {
  const temporary = `${path}${linkSuffix}`
  await rm(temporary, { force: true })
  try {
    await link(existing, temporary)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EPERM' || code === 'EMLINK' || code === 'ENOTSUP') return false
    throw error
  }
  await rename(temporary, path)
  return true
}
