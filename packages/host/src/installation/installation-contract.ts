/**
 * The shared game files, as revisions that never change once they are published. Servers take the current one at their
 * next start and keep what they were started with until then.
 */
export interface InstallationStore {
  /** Of the current revision. */
  status(): Promise<InstallationStatus>
  /** Every published revision, newest first. Changes nothing. */
  revisions(): Promise<InstallationRevision[]>
  /**
   * Installs, or makes a new revision beside the current one, with steamcmd (by its two-platform way where Linux alone is
   * refused). Servers may run meanwhile: nothing that they use is written to. The new revision becomes the current one
   * after a hidden server has answered with it; when Steam has nothing new, none is made. Whatever goes wrong, what was
   * current stays so, and the next call goes on with what was downloaded. Rejects with `disk-full`, `cancelled` or
   * `install-failed` and the reason. Aborting kills steamcmd and its children. One at a time.
   */
  update(options: {
    readonly onProgress: (progress: InstallProgress) => void
    readonly onOutput: (line: string) => void
    readonly signal: AbortSignal
  }): Promise<InstallationStatus>
  /**
   * Makes a published revision the current one, older or newer. Servers that run keep theirs. Idempotent. Rejects with
   * `not-installed` when it isn't there.
   */
  use(revision: number): Promise<InstallationStatus>
  /**
   * Deletes a revision. Rejects with `in-use` when it is the current one, when an instance runs with it, or when one is to
   * be started with it at boot. Idempotent.
   */
  removeRevision(revision: number): Promise<void>
  /**
   * The layer index of a revision (`decodeLayerIndex`), or of what is current (null); null when it isn't there. Reads
   * every folder: keep it, a revision never changes.
   */
  readIndex(revision: number | null): Promise<string | null>
  /** One file of a revision, or of what is current (null); null when it isn't there. Rejects with `file-refused`. */
  readFile(revision: number | null, path: string, maxBytes: number): Promise<Buffer | null>
}

export interface InstallationRevision {
  readonly revision: number
  readonly buildId: string | null
  readonly version: string | null
  /** ms since the epoch. */
  readonly installedAt: number | null
  /** Bytes on the disk that only it has: what deleting it would free. Files that revisions share are nobody's own. */
  readonly ownBytes: number
  readonly current: boolean
  /** Instances that run with it. */
  readonly usedBy: readonly number[]
}

export interface InstallationStatus {
  readonly state: 'missing' | 'ready' | 'broken'
  /** null: nothing is installed, or by an earlier left4me that knew no revisions. */
  readonly revision: number | null
  readonly buildId: string | null
  readonly version: string | null
  readonly size: number | null
  readonly updatedAt: number | null
  readonly simulated: boolean
  readonly problem: string | null
}

export interface InstallProgress {
  /** 0 to 1 over the whole run. */
  readonly fraction: number
  /** For a person, for example “downloading, 1.2 of 9.7 GB”. */
  readonly activity: string
  /** While something is transferred or copied. Bytes, bytes, bytes a second. */
  readonly transfer: { readonly bytes: number; readonly total: number | null; readonly rate: number } | null
}
