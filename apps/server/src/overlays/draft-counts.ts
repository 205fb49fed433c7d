import type { OverlayStore } from '@left4me/host'
import type { OverlayRecord } from './overlay-rows.ts'

/**
 * How many files drafts have, without looking through thousands of them for each list of overlays: whatever changes a
 * draft touches its overlay's row (`OverlayRows.touchContent`), and what was counted at that touch is still true.
 */
export class DraftCounts {
  readonly #store: () => Pick<OverlayStore, 'listDraft'>
  readonly #counted = new Map<number, { readonly updatedAt: number; readonly files: number }>()

  constructor(store: () => Pick<OverlayStore, 'listDraft'>) {
    this.#store = store
  }

  async of({ id, kind, updatedAt }: Pick<OverlayRecord, 'id' | 'kind' | 'updatedAt'>): Promise<number> {
    if (kind !== 'upload') return 0
    const known = this.#counted.get(id)
    if (known?.updatedAt === updatedAt) return known.files
    const files = (await this.#store().listDraft(id)).length
    this.#counted.set(id, { updatedAt, files })
    return files
  }

  forget(id: number): void {
    this.#counted.delete(id)
  }
}
