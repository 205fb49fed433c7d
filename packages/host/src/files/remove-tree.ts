import { chmod, lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

const attempts = 5

/**
 * Deletes a folder with everything in it, also folders that their owner may not enter: the kernel leaves the overlay's
 * work folder with mode 0, and a plugin can make such ones. For trees that nobody else changes. Idempotent.
 */
export async function removeTree(path: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rm(path, { recursive: true, force: true })
      return
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (attempt === attempts || (code !== 'EACCES' && code !== 'EPERM' && code !== 'ENOTEMPTY')) throw error
    }
    // `rm` rejects at the first failure and goes on deleting for a while: whatever is missing now is all right.
    await openFolders(path)
  }
}

async function openFolders(path: string): Promise<void> {
  try {
    if (!(await lstat(path)).isDirectory()) return
    await chmod(path, 0o700)
    for (const entry of await readdir(path, { withFileTypes: true }))
      if (entry.isDirectory()) await openFolders(join(path, entry.name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
