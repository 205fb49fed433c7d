import type { Stats } from 'node:fs'
import { visitTree } from './visit-tree.ts'

/** stat(2), st_blocks. */
const blockBytes = 512
/** Folders within folders that are counted. */
export const deepest = 200

export interface TreeUse {
  /** Allocated on the disk, without what was counted before under another name. */
  readonly bytes: number
  /** Of files that have no name outside of this tree. */
  readonly ownBytes: number
}

/** What trees take on the disk, in the order in which they are asked for; a running game may change them meanwhile. */
export class DiskUse {
  readonly #seen = new Set<string>()

  of(place: string): TreeUse {
    const names = new Map<string, { names: number; links: number; bytes: number }>()
    let bytes = 0
    let ownBytes = 0
    const count = (stats: Stats) => {
      const size = stats.blocks * blockBytes
      if (stats.isDirectory() || stats.nlink === 1) {
        bytes += size
        ownBytes += size
        return
      }
      const key = `${stats.dev}:${stats.ino}`
      const known = names.get(key)
      names.set(key, { names: (known?.names ?? 0) + 1, links: stats.nlink, bytes: size })
      if (!this.#seen.has(key)) bytes += size
      this.#seen.add(key)
    }
    visitTree(place, deepest, count)
    for (const file of names.values()) if (file.names === file.links) ownBytes += file.bytes
    return { bytes, ownBytes }
  }
}
