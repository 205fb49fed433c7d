import type { Job } from '@left4me/contract'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import { endpoints } from '../http/endpoints.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { OverlayRows } from '../overlays/overlay-rows.ts'
import type { PreviewPictures } from './preview-pictures.ts'
import { refreshAnswer } from './refresh-answer.ts'
import { resolveForPeople } from './resolve-for-people.ts'
import type { WorkshopCatalog } from './workshop-catalog.ts'

export function workshopEndpoints(dependencies: {
  readonly db: Kysely<Database>
  readonly jobs: JobQueue
  readonly overlays: OverlayRows
  readonly catalog: WorkshopCatalog
  readonly previews: PreviewPictures
  /** Asks for a refresh. */
  readonly request: () => Promise<Job>
}) {
  const { catalog, previews, request } = dependencies
  return endpoints({
    resolveWorkshop: ({ body, note }) => {
      note({ detail: `${body.items.length} items` })
      return resolveForPeople(catalog, body.items)
    },

    async getWorkshopPreview({ params, reply }) {
      const { type, bytes } = await previews.get(params.itemId)
      // The address holds the item's version: what it shows never changes.
      reply
        .type(type)
        .header('cache-control', 'private, max-age=31536000, immutable')
        .header('x-content-type-options', 'nosniff')
        .header('content-security-policy', "default-src 'none'; sandbox")
        .send(bytes)
      return undefined
    },

    getWorkshopRefresh: ({ caller }) => refreshAnswer(dependencies, caller),

    refreshWorkshop: async () => ({ job: await request() }),
  })
}
