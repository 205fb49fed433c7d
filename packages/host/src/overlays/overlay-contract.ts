import type { Finding } from '@left4me/protocols'

/** One revision of an overlay. */
export interface LayerReference {
  readonly overlayId: number
  readonly revision: number
}

/**
 * Overlays as immutable revisions: `overlays/ID/revisions/N`. A draft is a working folder beside, `overlays/ID/draft`,
 * which people fill; builds of other kinds begin with an empty folder of their own. Nothing is ever written into a
 * published revision.
 */
export interface OverlayStore {
  listDraft(overlayId: number): Promise<{ path: string; size: number }[]>
  /**
   * The content is streamed beside the draft, which has all of it or nothing; more than `maxBytes` rejects with
   * `file-too-large`. While a build copies the draft, both changes of it reject with `in-use`.
   */
  putDraft(
    overlayId: number,
    path: string,
    content: AsyncIterable<Uint8Array>,
    maxBytes: number,
  ): Promise<{ path: string; size: number }>
  removeDraft(overlayId: number, path: string): Promise<void>

  /**
   * Appends to an unfinished upload at `offset`, which must be what it has already (else `upload-offset`, and nothing is
   * written); resolves to the bytes that it has then, durably. What came before a broken connection is kept. The first
   * call, with offset 0, makes it. More than `size` bytes in all is `file-too-large`.
   */
  appendUpload(
    overlayId: number,
    uploadId: number,
    offset: number,
    content: AsyncIterable<Uint8Array>,
    size: number,
  ): Promise<number>
  /** Bytes that an unfinished upload has; 0 for one that never began. */
  uploadedBytes(overlayId: number, uploadId: number): Promise<number>
  /**
   * Takes a whole upload into the draft: a VPK as `left4dead2/addons/NAME`, an archive (told by its first bytes, whatever
   * it is called) unpacked within `limits`, another file by its path. All or nothing; idempotent until it is discarded.
   */
  takeUpload(
    overlayId: number,
    uploadId: number,
    fileName: string,
    options: TakeUploadOptions,
  ): Promise<UnpackedUpload>
  /** Idempotent. */
  discardUpload(overlayId: number, uploadId: number): Promise<void>

  /**
   * Builds and publishes revision `revision` by building beside, verifying and renaming. Idempotent: a published
   * revision stays as it is and is answered. After a failure, or an abort, the overlay's revisions are as they were and
   * the folder of the attempt is gone (after kill -9: at the next build). A build waits for another of its overlay, and
   * for what is being deleted there; deletions meanwhile are refused with `build-running`.
   */
  build(
    overlayId: number,
    revision: number,
    recipe: OverlayRecipe,
    options: BuildOptions,
  ): Promise<RevisionSummary>
  /** Of those that are published, newest first. */
  revisions(overlayId: number): Promise<RevisionSummary[]>
  /** null when it isn't published. */
  revision(layer: LayerReference): Promise<RevisionSummary | null>
  /** The layer's index (`decodeLayerIndex`), made at publishing; made anew when it is missing or of another version. */
  readIndex(layer: LayerReference): Promise<string>
  /** null when the file isn't in that revision. */
  readFile(layer: LayerReference, path: string, maxBytes: number): Promise<Buffer | null>
  /** A file within a VPK of a revision, for example a campaign's picture; null when either isn't there. */
  readVpkFile(layer: LayerReference, vpk: string, path: string, maxBytes: number): Promise<Buffer | null>
  /** Compares a revision with its manifest (sizes, modes and SHA-256). Empty: it is as it was published. */
  verify(layer: LayerReference, signal: AbortSignal): Promise<RevisionDifference[]>
  /** Deletes one revision. Rejects with `in-use` while an instance runs with it. Idempotent. */
  removeRevision(layer: LayerReference): Promise<void>
  /**
   * Ends scripts of builds that go on although the application was killed. For its start, before anything is built or
   * deleted. Idempotent.
   */
  endScripts(): Promise<void>
  /** Deletes draft, uploads and revisions. Rejects with `in-use` while an instance runs with one of them. Idempotent. */
  removeOverlay(overlayId: number): Promise<void>

  /** What the disk is used for; a file with several names is counted once, for the first of those that have it. */
  space(): Promise<ContentSpace>
  /** Deletes what no overlay needs: unlinked items of the Workshop's cache but `keepItems`, left work of dead builds. Resolves to the bytes freed. */
  collect(options: { readonly keepItems: ReadonlySet<string>; readonly signal: AbortSignal }): Promise<number>
}

export type OverlayRecipe =
  /** What people put into the draft. */
  | { readonly kind: 'upload' }
  /** A bash script, run in the sandbox with an empty writable `/overlay` (`OVERLAY=/overlay`). */
  | { readonly kind: 'script'; readonly script: string }
  | { readonly kind: 'workshop'; readonly items: readonly WorkshopDownload[] }
  /** A CSV index over HTTPS (`name;size;md5;link`). What `previous` has already by size and checksum isn't fetched again. */
  | { readonly kind: 'map-index'; readonly url: string; readonly previous: number | null }

/** One item of the Workshop, resolved: it becomes `left4dead2/addons/ID.vpk`. */
export interface WorkshopDownload {
  readonly id: string
  readonly title: string
  /** ms since the epoch; with the id it names the version in the cache. */
  readonly updatedAt: number
  /** Bytes, as Steam says; null where it doesn't. */
  readonly size: number | null
  /** null: only steamcmd can fetch it. */
  readonly fileUrl: string | null
}

export interface BuildOptions {
  readonly onProgress: (progress: BuildProgress) => void
  /** For the job's log. */
  readonly onOutput: (line: string) => void
  readonly signal: AbortSignal
  /** Bytes that the result may have at most; beyond it is `build-too-large`. */
  readonly maxBytes: number
  /** Without it a result with native code or SourceMod plugins (`.so`, `.smx`, programs) is refused: `native-code-refused`. */
  readonly allowNativeCode: boolean
}

export interface BuildProgress {
  /** 0 to 1 over the whole build. */
  readonly fraction: number
  /** For a person, for example “downloading 3 of 12 items”. */
  readonly activity: string
  /** While something is transferred. Bytes, bytes, bytes a second. */
  readonly transfer: { readonly bytes: number; readonly total: number | null; readonly rate: number } | null
}

export interface RevisionSummary {
  readonly overlayId: number
  readonly revision: number
  /** ms since the epoch. */
  readonly publishedAt: number
  readonly kind: OverlayRecipe['kind']
  readonly files: number
  /** Apparent size of all files together. */
  readonly bytes: number
  /** SHA-256 over paths, modes and hashes: equal for equal content. */
  readonly digest: string
  /** Of pre-flight, by severity and path. */
  readonly findings: readonly Finding[]
  /** Items of the Workshop, or archives of the index, and their versions. */
  readonly sources: readonly RevisionSource[]
}

export interface RevisionSource {
  /** A Workshop id, or an archive's name. */
  readonly id: string
  readonly title: string
  /** Opaque: equal for an unchanged source. */
  readonly version: string
  readonly bytes: number
}

export interface RevisionDifference {
  readonly path: string
  readonly kind: 'missing' | 'added' | 'changed'
}

export interface TakeUploadOptions {
  readonly limits: UnpackLimits
  /** Below the game's root, for a file that is neither VPK nor archive; null: refused. */
  readonly path: string | null
  /** Why a file of this path isn't taken; null when it is. What has the path in the draft stays as it is. */
  readonly refuses?: (path: string) => string | null
  readonly onProgress: (progress: BuildProgress) => void
  readonly signal: AbortSignal
}

export interface UnpackLimits {
  readonly files: number
  /** All files together. */
  readonly bytes: number
  /** Unpacked bytes for each packed one. */
  readonly ratio: number
}

export interface UnpackedUpload {
  readonly files: readonly { readonly path: string; readonly size: number }[]
  /** Names that were left out, and why: those that `refuses` named, and the first hundred of what the game can't use. */
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
}

export interface ContentSpace {
  readonly overlays: readonly {
    readonly overlayId: number
    readonly draftBytes: number
    readonly uploadBytes: number
    /** Bytes that only this revision has: what deleting it would free. */
    readonly revisions: readonly {
      readonly revision: number
      readonly bytes: number
      readonly ownBytes: number
    }[]
  }[]
  readonly uppers: readonly { readonly instanceId: number; readonly bytes: number }[]
  readonly installationBytes: number
  readonly workshopCache: { readonly bytes: number; readonly unusedBytes: number; readonly items: number }
  /** Work of builds and downloads that has no owner any more. */
  readonly leftoverBytes: number
}
