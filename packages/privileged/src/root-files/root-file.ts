import { lstatSync, mkdirSync, renameSync, rmSync, type Stats, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { HelperError } from '../helper-error.ts'

/**
 * A folder in which nobody but root can change a name. Made (0755, with its parents) when it is missing; throws
 * `HelperError` (`unsafe-path`) when it is anything else.
 */
export function requireRootFolder(path: string, mode = 0o755): void {
  mkdirSync(path, { recursive: true, mode })
  const stats = lstatSync(path)
  if (!stats.isDirectory() || !isRootsAlone(stats))
    throw new HelperError('unsafe-path', `${path} is not a folder that root alone may write.`, {
      remedy: 'Move it away and apply the deployment again.',
    })
}

/** Replaces a file in a folder of root's; a reader finds the old or the new one. */
export function replaceRootFile(path: string, content: string | Uint8Array, mode: number): void {
  requireRootFolder(dirname(path))
  const temporary = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(temporary, content, { mode, flag: 'wx' })
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** Idempotent. */
export function removeRootFile(path: string): void {
  rmSync(path, { force: true })
}

export function isRootsAlone(stats: Stats): boolean {
  return stats.uid === 0 && (stats.mode & 0o022) === 0
}
