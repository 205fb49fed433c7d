import type { Job } from '@left4me/contract'
import type { OverlayStore } from '@left4me/host'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import type { JobDefinition } from '../jobs/job-definition.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { OverlayRows } from './overlay-rows.ts'

/** Publishes the draft. Run again after a crash it finds its revision published, and only notes it. */
export function overlayBuild(dependencies: {
  readonly overlays: OverlayRows
  readonly store: () => Pick<OverlayStore, 'publish'>
  readonly onPublished: () => void
}): JobDefinition<'overlay-build'> {
  const { overlays, store, onPublished } = dependencies
  return {
    cancellable: true,
    async run({ input: { overlayId, revision }, signal, progress, log }) {
      if ((await overlays.find(overlayId)) === null) return log('The overlay was deleted meanwhile.')
      progress(0, 'publishing')
      await store().publish(overlayId, revision, signal)
      await overlays.setRevision(overlayId, revision)
      log(`Revision ${revision} is published. Servers take it at their next start.`)
      onPublished()
    },
  }
}

/** Puts a build into the queue; one that waits already is answered instead. */
export function enqueueBuild(
  db: Kysely<Database>,
  jobs: JobQueue,
  overlays: OverlayRows,
  overlayId: number,
): Promise<Job> {
  return db.transaction().execute(async transaction => {
    const record = await overlays.get(overlayId, transaction)
    return jobs.enqueue(
      {
        kind: 'overlay-build',
        input: { overlayId, revision: await overlays.nextRevision(record, transaction) },
        title: `Build “${record.name}”`,
        locks: [{ scope: `overlay:${overlayId}`, mode: 'exclusive' }],
        overlayId,
        ownerId: record.ownerId,
        mergeKey: `overlay-build:${overlayId}`,
      },
      transaction,
    )
  })
}
