import type { HostErrorCode } from '../../host-error.ts'
import type { ContentSpace } from '../overlay-contract.ts'

/** What is done to whole trees of files, in a thread of its own (`runTreeWork`). Folders are absolute paths. */
export type TreeTask =
  | {
      readonly kind: 'copy'
      readonly from: string
      /** Exists and is empty. */
      readonly to: string
      /** A published revision whose equal files are linked instead of copied. */
      readonly previous: PublishedTree | null
      readonly maxBytes: number
    }
  /** Moves what a script left into `to`, which exists and is empty. */
  | { readonly kind: 'take'; readonly from: string; readonly to: string }
  | {
      readonly kind: 'seal'
      readonly root: string
      readonly previous: PublishedTree | null
      readonly maxBytes: number
      /** Whether files with several names keep them: a link to something that never changes may, a script's may not. */
      readonly keepLinks: boolean
      /** Where the list of files goes. */
      readonly manifest: string
    }
  | { readonly kind: 'verify'; readonly root: string; readonly manifest: string }
  | {
      readonly kind: 'measure'
      readonly places: ContentPlaces
      /** Overlays whose unfinished work belongs to somebody. */
      readonly busy: readonly number[]
    }
  /** An upper, which may belong to a running game. */
  | { readonly kind: 'upper'; readonly root: string }
  /** Writes everything of the file system that the folder is on to its disk. */
  | { readonly kind: 'sync'; readonly folder: string }

export interface PublishedTree {
  readonly root: string
  readonly manifest: string
}

export interface TreeResults {
  readonly copy: null
  readonly take: null
  readonly seal: SealedTree
  readonly verify: readonly {
    readonly path: string
    readonly kind: 'missing' | 'added' | 'changed'
  }[]
  readonly measure: ContentSpace
  readonly upper: {
    readonly files: readonly { readonly path: string; readonly size: number; readonly mode: number }[]
    readonly emptyFolders: readonly string[]
    readonly whiteouts: readonly string[]
    readonly opaqueFolders: readonly string[]
  }
  readonly sync: null
}

/** What is measured; absolute paths. */
interface ContentPlaces {
  readonly overlays: string
  readonly workshopCache: string
  readonly downloads: string
  readonly runtime: string
  readonly installation: string
}

export interface SealedTree {
  /** By path. */
  readonly files: readonly { readonly path: string; readonly size: number; readonly mode: number }[]
  readonly emptyFolders: readonly string[]
  readonly bytes: number
  /** SHA-256 over paths, modes and hashes, as hexadecimal digits. */
  readonly digest: string
  /** Paths of native code and of plugins, which run whatever they want. */
  readonly nativeCode: readonly string[]
}

export type TreeMessage =
  | { readonly kind: 'progress'; readonly fraction: number; readonly bytes: number }
  | { readonly kind: 'done'; readonly result: TreeResults[TreeTask['kind']] }
  | {
      readonly kind: 'failed'
      readonly code: HostErrorCode | null
      readonly message: string
      readonly remedy: string | null
      /** Of the system, for example `ENOSPC`. */
      readonly systemCode: string | null
    }

/** Tells how far it is; bytes that were read or written so far. */
export type TreeProgress = (fraction: number, bytes: number) => void
