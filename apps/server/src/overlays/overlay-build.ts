import { limits } from '@left4me/contract'
import type { OverlayRecipe, RevisionSummary } from '@left4me/host'
import type { JobContext, JobDefinition } from '../jobs/job-definition.ts'
import { collectRevisions } from './collect-revisions.ts'
import { describeRevision } from './describe-revision.ts'
import { settleHeldLayers } from './held-layers.ts'
import type { OverlayContext } from './overlay-context.ts'
import type { OverlayRecord } from './overlay-rows.ts'

/**
 * Builds and publishes a revision. Run again after a crash it finds its revision published, and only notes it. After a
 * failure, or when it is cancelled, the last good revision stays the newest.
 */
export function overlayBuild(context: OverlayContext): JobDefinition<'overlay-build'> {
  const { overlays, host, news, onLayersChanged } = context
  return {
    cancellable: true,
    takesLong: true,
    async run(job) {
      const { overlayId, revision, allowNativeCode } = job.input
      const record = await overlays.find(overlayId)
      if (record === null) return job.log('The overlay was deleted meanwhile.')
      job.progress(0, 'preparing')
      const recipe = await recipeOf(context, record, job)
      const summary = await host.overlays.build(overlayId, revision, recipe, {
        onProgress: step => job.progress(step.fraction, step.activity, step.transfer),
        onOutput: job.log,
        signal: job.signal,
        maxBytes: limits.revisionBytes,
        allowNativeCode,
      })
      for (const { severity, path, message } of summary.findings) {
        job.log(`${severity}: ${path === null ? '' : `${path}: `}${message}`)
      }
      const kept = await keepEqual(context, record, summary)
      if (kept !== null) {
        job.result(`Nothing changed: revision ${kept.revision} stays the newest.`)
      } else {
        await publish(context, record, summary, job.jobId)
        job.result(describeRevision(summary))
        onLayersChanged()
        await collectRevisions(context, overlayId)
      }
      news.changed((await overlays.find(overlayId)) ?? record)
    },

    /** Its button shows a build no longer. */
    async settled({ overlayId }, outcome) {
      const record = outcome === 'succeeded' ? null : await overlays.find(overlayId)
      if (record !== null) news.changed(record)
    },
  }
}

async function publish(
  { db, overlays, revisions }: OverlayContext,
  record: OverlayRecord,
  summary: RevisionSummary,
  jobId: number,
): Promise<void> {
  await db.transaction().execute(async transaction => {
    // Strangers' servers stay on what was the newest until now.
    await settleHeldLayers(transaction, { overlayId: record.id })
    await revisions.put(summary, jobId, transaction)
    await overlays.setRevision(record.id, summary.revision, transaction)
    await overlays.contentBuilt(record.id, record.contentChangedAt, transaction)
  })
}

async function recipeOf(
  { resolveItems, revisions }: OverlayContext,
  record: OverlayRecord,
  { signal, progress, log }: JobContext<'overlay-build'>,
): Promise<OverlayRecipe> {
  switch (record.kind) {
    case 'upload':
      return { kind: 'upload' }
    case 'script':
      return { kind: 'script', script: record.script ?? '' }
    case 'map-index':
      return { kind: 'map-index', url: record.indexUrl ?? '', previous: record.revision }
    case 'workshop': {
      progress(0, 'asking Steam about the items')
      const previous = (await revisions.newest([record.id])).get(record.id)?.sources ?? []
      const items = await resolveItems(record.workshopIds ?? [], { previous, onNote: log, signal })
      return { kind: 'workshop', items }
    }
  }
}

/**
 * What has the content that the newest revision has already isn't news: servers would be asked to restart, and others
 * to accept, for nothing. Answers the revision that stays, null when the new one counts.
 */
async function keepEqual(
  { overlays, revisions, host, db }: OverlayContext,
  record: OverlayRecord,
  summary: RevisionSummary,
): Promise<RevisionSummary | null> {
  if (record.revision === null || record.revision === summary.revision || summary.digest === '') return null
  const newest = await revisions.find(record.id, record.revision)
  if (newest?.summary.digest !== summary.digest) return null
  await host.overlays.removeRevision({ overlayId: record.id, revision: summary.revision })
  await db.transaction().execute(async transaction => {
    // The sources may have other versions with the same content: the next comparison is with those.
    const same = { ...newest.summary, sources: summary.sources }
    await revisions.put(same, newest.jobId, transaction)
    await overlays.contentBuilt(record.id, record.contentChangedAt, transaction)
  })
  return newest.summary
}
