import { randomBytes } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'

/**
 * Replaces a file so that a reader, and a writer after `kill -9`, finds the old or the new content, never a mixture.
 * Only for folders that no game can reach. Not synced to the disk: after a power cut the file system's own ordering of
 * data before rename counts, and readers treat an unreadable file as missing.
 */
export async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`
  try {
    await writeFile(temporary, content, { mode: 0o600, flag: 'wx' })
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
