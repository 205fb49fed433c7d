import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, type FileHandle, open, readdir, rename, rmdir, unlink } from 'node:fs/promises'
import { HostError } from '../host-error.ts'
import { O_PATH } from './open-path.ts'

const { O_DIRECTORY, O_NOFOLLOW } = constants

/** Folders within folders that are held open at the same time; those below are moved up first. */
const levels = 100
/** Enough for whatever is that deep; who goes on to put something into the tree is told after so many. */
const passes = 10_000

/**
 * Deletes a folder with everything in it, also folders that their owner may not enter: the kernel leaves the overlay's
 * work folder with mode 0, and a plugin can make such ones. Somebody may still hold a folder of it open and swap what is
 * in it for links: each is entered by its descriptor, so that nothing else is touched. Idempotent.
 */
export async function removeTree(path: string): Promise<void> {
  for (let pass = 1; ; pass++) {
    try {
      await emptyOnce(Buffer.from(path))
      await rmdir(path)
      return
    } catch (error) {
      const code = codeOf(error)
      if (code === 'ENOENT') return
      if (code === 'ENOTDIR') return await unlink(path)
      if (code !== 'ENOTEMPTY') throw error
      if (pass === passes) throw changed(path, error)
    }
  }
}

/** The same of all that is in a folder, which stays. */
export async function emptyFolder(path: string): Promise<void> {
  for (let pass = 1; (await readdir(path)).length > 0; pass++) {
    await emptyOnce(Buffer.from(path))
    if (pass === passes) throw changed(path)
  }
}

/** `top`: where folders go that lie too deep; they are deleted when this is called again. */
async function emptyOnce(place: Buffer, depth = 0, top: Buffer | null = null): Promise<void> {
  await using folder = await openFolder(place)
  const here = placeOf(folder)
  const inHere = (name: Buffer) => Buffer.concat([here, name])
  const entries = await readdir(here, { encoding: 'buffer', withFileTypes: true })
  const files = entries.filter(entry => !entry.isDirectory())
  // All of them ended before the descriptor is closed: its number may be another folder's then.
  const ends = await Promise.allSettled(files.map(({ name }) => unlink(inHere(name))))
  for (const end of ends) if (end.status === 'rejected') ignoreSwapped(end.reason)
  for (const { name } of entries.filter(entry => entry.isDirectory()))
    try {
      if (depth < levels) {
        await emptyOnce(inHere(name), depth + 1, top ?? here)
        await rmdir(inHere(name))
      } else if (top) await moveUp(inHere(name), top)
    } catch (error) {
      ignoreSwapped(error)
    }
}

async function moveUp(place: Buffer, top: Buffer): Promise<void> {
  // A folder that its owner may not write to can't be moved.
  await using _open = await openFolder(place)
  await rename(place, Buffer.concat([top, Buffer.from(randomBytes(9).toString('hex'))]))
}

/** Holds it, and lets its owner in. */
async function openFolder(place: Buffer): Promise<FileHandle> {
  const folder = await open(place, O_PATH | O_DIRECTORY | O_NOFOLLOW)
  try {
    const { mode } = await folder.stat()
    if ((mode & 0o700) !== 0o700) await chmod(placeOf(folder), (mode & 0o7777) | 0o700)
    return folder
  } catch (error) {
    await folder.close()
    throw error
  }
}

function placeOf({ fd }: FileHandle): Buffer {
  return Buffer.from(`/proc/self/fd/${fd}/`)
}

/** It is gone, or something else by now: either is looked at anew. */
function ignoreSwapped(error: unknown): void {
  if (!['ENOENT', 'ENOTDIR', 'EISDIR', 'ENOTEMPTY'].includes(codeOf(error) ?? '')) throw error
}

function changed(path: string, cause?: unknown): HostError {
  return new HostError('file-refused', `${path} is changed again and again while it is deleted.`, {
    remedy: 'End what writes to it.',
    cause,
  })
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code
}
