import type { Host, RevisionSource, WorkshopDownload } from '@left4me/host'
import type { FastifyBaseLogger } from 'fastify'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { DraftCounts } from './draft-counts.ts'
import type { FreeSpace } from './free-space.ts'
import type { HeldLayers } from './held-layers.ts'
import type { OverlayNews } from './overlay-news.ts'
import type { OverlayRows } from './overlay-rows.ts'
import type { RevisionRows } from './revision-rows.ts'
import type { RevisionUsers } from './revision-users.ts'
import type { UploadRows } from './upload-rows.ts'

/**
 * Turns ids of items and collections into what is to be downloaded. `previous`: sources of the newest revision; `onNote`
 * takes lines for the job's log. Rejects with a ProblemError.
 */
export type ResolveItems = (
  ids: readonly string[],
  options: {
    readonly previous: readonly RevisionSource[]
    readonly onNote: (line: string) => void
    readonly signal: AbortSignal
  },
) => Promise<readonly WorkshopDownload[]>

/** What the parts of the overlays' feature share. */
export interface OverlayContext {
  readonly db: Kysely<Database>
  readonly host: Pick<Host, 'overlays' | 'machine'>
  readonly jobs: JobQueue
  readonly overlays: OverlayRows
  readonly revisions: RevisionRows
  readonly held: HeldLayers
  readonly uploads: UploadRows
  readonly drafts: DraftCounts
  readonly users: RevisionUsers
  readonly space: FreeSpace
  readonly news: OverlayNews
  readonly resolveItems: ResolveItems
  /** Servers may take other revisions from now on. */
  readonly onLayersChanged: () => void
  readonly log: FastifyBaseLogger
}
