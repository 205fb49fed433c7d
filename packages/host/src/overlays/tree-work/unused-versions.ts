import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { deepest } from './disk-use.ts'
import { visitTree } from './visit-tree.ts'

export interface CachedVersion {
  readonly id: string
  /** Names the version; greater is newer. */
  readonly version: string
  readonly place: string
  /** Allocated bytes that deleting it frees. */
  readonly bytes: number
}

/** Items of the Workshop of which the cache at `folder` has a version: `ID/TIME_UPDATED`. */
export function cachedItems(folder: string): string[] {
  return namesIn(folder).filter(name => /^[0-9]{1,20}$/.test(name))
}

/** Versions that no revision has: none of their files has a second name. */
export function unusedVersions(folder: string): CachedVersion[] {
  return cachedItems(folder).flatMap(id =>
    namesIn(join(folder, id)).flatMap(version => {
      const place = join(folder, id, version)
      let linked = false
      let bytes = 0
      visitTree(place, deepest, stats => {
        if (stats.isFile() && stats.nlink > 1) linked = true
        bytes += stats.blocks * 512
      })
      return linked ? [] : [{ id, version, place, bytes }]
    }),
  )
}

function namesIn(folder: string): string[] {
  try {
    return lstatSync(folder).isDirectory() ? readdirSync(folder) : []
  } catch {
    return []
  }
}
