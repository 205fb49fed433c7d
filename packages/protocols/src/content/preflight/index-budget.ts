import type { IndexedMission, IndexedVpk } from '../layers/layer-index.ts'

/** Names, folders, missions and chapters of all VPKs and missions of a layer: ten times what large collections have. */
const mostItems = 1_000_000
/** Characters of their part of the index's text. */
const mostText = 64 * 1024 * 1024

/**
 * What a layer's index may hold of VPKs and missions, all together: a VPK of a few megabytes can list 300,000 files that
 * have no content, and the index of a layer with many such would take all memory, and be more than its reader takes.
 */
export class IndexBudget {
  #items = 0
  #text = 0

  /** Whether this still fits; counts it. Nothing fits any more once something didn't. */
  takes(found: IndexedVpk | IndexedMission): boolean {
    this.#items += itemsOf(found)
    this.#text += JSON.stringify(found).length
    return !this.spent
  }

  get spent(): boolean {
    return this.#items > mostItems || this.#text > mostText
  }
}

/** As the reader of an index counts them. */
function itemsOf(found: IndexedVpk | IndexedMission): number {
  if ('modes' in found) return found.modes.reduce((sum, { chapters }) => sum + 1 + chapters.length, 1)
  const listed = found.contents.reduce((sum, { names }) => sum + 2 + names.length, 1)
  return found.missions.reduce((sum, mission) => sum + itemsOf(mission), listed)
}
