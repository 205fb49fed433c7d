import { constants } from 'node:fs'
import { copyFile, rename, rm } from 'node:fs/promises'

/** Moves a file of ours to a place where nothing is yet, also to another file system. */
export async function moveFile(from: string, to: string): Promise<void> {
  try {
    await rename(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error
    await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    await rm(from)
  }
}
