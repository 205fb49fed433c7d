import type { ReadableVpk } from '../addon/readable-vpk.ts'
import type { LayerFile } from '../layers/layer-index.ts'

/** One layer's files, as whoever keeps them gives them. Nothing else is looked at. */
export interface LayerSource {
  /** Regular files, each once, in any order. */
  readonly files: readonly LayerFile[]
  /** Folders that hold nothing. */
  readonly emptyFolders?: readonly string[]
  /** The first `maxBytes` of a file, or all of it. Asked only for paths out of `files`. */
  readStart(path: string, maxBytes: number): Promise<Uint8Array>
  /** Rejects with a ProtocolError for what is no VPK. Asked only for paths out of `files`. */
  openVpk(path: string): Promise<ReadableVpk & AsyncDisposable>
}
