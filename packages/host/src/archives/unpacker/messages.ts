import type { Refusal, UnpackerLimits } from './judge-listing.ts'

/** What the unpacker is started with, as JSON on its command line. Paths are absolute. */
export interface UnpackerTask {
  readonly folder: string
  /** Names in `folder`: the archive, and the folder for what is in it. */
  readonly archive: string
  readonly files: string
  readonly kind: 'zip' | '7z'
  readonly limits: UnpackerLimits
}

/** What it says, a line of JSON each. */
export type UnpackerMessage =
  /** Bytes that are to come out, as the archive says, before any has. */
  | { readonly kind: 'listed'; readonly bytes: number }
  | { readonly kind: 'progress'; readonly bytes: number; readonly total: number }
  | ({ readonly kind: 'refused' } & Refusal)
  | { readonly kind: 'disk-full' }
  | { readonly kind: 'done' }
