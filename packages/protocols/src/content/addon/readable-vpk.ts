import type { VpkEntry } from '../../vpk/tree.ts'

/** An open VPK, as far as its content is looked at. `VpkFile` is one. */
export interface ReadableVpk {
  readonly entries: readonly VpkEntry[]
  /** Entries with the path of an earlier one, left out. */
  readonly duplicates: number
  /** Letter case doesn't count. */
  find(path: string): VpkEntry | null
  /** Rejects with a ProtocolError when the bytes aren't there, or are more than `maxBytes`. */
  read(
    entry: VpkEntry,
    range?: { readonly from?: number; readonly length?: number; readonly maxBytes?: number },
  ): Promise<Uint8Array>
}
