import type { Stats } from 'node:fs'
import type { FileDigest } from './read-file.ts'

interface Fresh extends FileDigest {
  readonly inode: number
  readonly device: number
  readonly modified: number
}

/**
 * Hashes of what this thread has just written, or linked after it had hashed it: sealing needn't read it again as long as
 * nobody has written to it since.
 */
export class FreshDigests {
  readonly #byPlace = new Map<string, Fresh>()

  add(place: string, stats: Stats, digest: FileDigest): void {
    this.#byPlace.set(place, {
      ...digest,
      inode: stats.ino,
      device: stats.dev,
      modified: stats.mtimeMs,
    })
  }

  /** null when it isn't known, or no longer the same. */
  find(place: string, stats: Stats): FileDigest | null {
    const known = this.#byPlace.get(place)
    return known?.inode === stats.ino &&
      known.device === stats.dev &&
      known.bytes === stats.size &&
      known.modified === stats.mtimeMs
      ? known
      : null
  }
}
