import { constants } from 'node:fs'
import { copyFile, lstat, mkdir, opendir, readlink, rm, symlink, utimes } from 'node:fs/promises'
import { join } from 'node:path'

export interface CopyOptions {
  readonly from: string
  /** Doesn't exist yet. */
  readonly to: string
  /** Bytes copied so far. */
  readonly onBytes: (bytes: number) => void
  readonly signal: AbortSignal
}

/**
 * Copies game files into files of their own: steamcmd may write into what is there, and what it would write into must be
 * nobody else's. Where the file system can, the copies share their blocks until one of them is written (ioctl_ficlone(2)).
 * Modes, times and symbolic links are kept. Rejects with the signal's reason.
 */
export async function copyInstallation({ from, to, onBytes, signal }: CopyOptions): Promise<void> {
  let bytes = 0
  const copyFolder = async (source: string, target: string): Promise<void> => {
    await mkdir(target, { mode: 0o755 })
    for await (const entry of await opendir(source)) {
      signal.throwIfAborted()
      const path = join(source, entry.name)
      const copy = join(target, entry.name)
      if (entry.isDirectory()) await copyFolder(path, copy)
      else if (entry.isSymbolicLink()) await symlink(await readlink(path), copy)
      else if (entry.isFile()) {
        await copyFile(path, copy, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
        const { atime, mtime, size } = await lstat(path)
        await utimes(copy, atime, mtime)
        bytes += size
        onBytes(bytes)
      }
    }
  }
  await copyFolder(from, to)
}

/** Whether copies within the folder's file system take no space. Leaves nothing behind. */
export async function canShareBlocks(file: string, folder: string): Promise<boolean> {
  const probe = join(folder, '.share-blocks')
  try {
    await rm(probe, { force: true })
    await copyFile(file, probe, constants.COPYFILE_FICLONE_FORCE)
    return true
  } catch {
    return false
  } finally {
    await rm(probe, { force: true })
  }
}
