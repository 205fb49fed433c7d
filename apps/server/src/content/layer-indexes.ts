import type { LayerReference, OverlayStore } from '@left4me/host'
import { decodeLayerIndex, type LayerIndex } from '@left4me/protocols'

/** Characters of the texts of all indexes that are kept: decoded, an index takes about thrice its text. */
const mostKept = 48 * 1024 * 1024

/** Indexes of revisions. They never change, so that each is read and decoded once, as long as there is room. */
export class LayerIndexes {
  readonly #store: () => Pick<OverlayStore, 'readIndex'>
  readonly #limit: number
  /** What was asked for last at the end. */
  readonly #kept = new Map<string, { readonly index: Promise<LayerIndex>; size: number }>()
  #size = 0

  constructor(options: { readonly store: () => Pick<OverlayStore, 'readIndex'>; readonly limit?: number }) {
    this.#store = options.store
    this.#limit = options.limit ?? mostKept
  }

  /** Rejects with `layer-missing` for a revision that isn't published. */
  of(layer: LayerReference): Promise<LayerIndex> {
    const key = `${layer.overlayId}/${layer.revision}`
    const kept = this.#kept.get(key)
    if (kept) {
      this.#kept.delete(key)
      this.#kept.set(key, kept)
      return kept.index
    }
    const entry = { index: this.#read(layer, key), size: 0 }
    this.#kept.set(key, entry)
    // A failure isn't remembered.
    entry.index.catch(() => this.#forget(key))
    return entry.index
  }

  async #read({ overlayId, revision }: LayerReference, key: string): Promise<LayerIndex> {
    const text = await this.#store().readIndex({ overlayId, revision })
    const index = decodeLayerIndex(text)
    const entry = this.#kept.get(key)
    if (entry) {
      // Another reading of the same may have ended before.
      this.#size += text.length - entry.size
      entry.size = text.length
      for (const other of this.#kept.keys()) {
        if (this.#size <= this.#limit) break
        if (other !== key) this.#forget(other)
      }
    }
    return index
  }

  #forget(key: string): void {
    this.#size -= this.#kept.get(key)?.size ?? 0
    this.#kept.delete(key)
  }
}
