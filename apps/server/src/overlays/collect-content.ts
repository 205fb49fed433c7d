import { HostError } from '@left4me/host'
import type { JobDefinition } from '../jobs/job-definition.ts'
import { byteText } from './byte-text.ts'
import { collectRevisions } from './collect-revisions.ts'
import type { OverlayContext } from './overlay-context.ts'
import { pruneUploads } from './prune-uploads.ts'

/**
 * Deletes what nobody needs: old revisions, overlays that no row knows, unused Workshop items, abandoned uploads, left
 * work. What servers run with or stay on isn't touched. Idempotent.
 */
export function collectContent(context: OverlayContext): JobDefinition<'content-collect'> {
  const { host, overlays, users, revisions } = context
  return {
    cancellable: true,
    takesLong: true,
    async run({ signal, progress, log, result }) {
      const before = (await host.machine()).disk.available
      progress(0, 'looking for old revisions')
      const ids = await overlays.ids()
      let deleted = 0
      for (const [index, overlayId] of ids.entries()) {
        signal.throwIfAborted()
        progress((index / ids.length) * 0.5, 'deleting old revisions')
        const gone = await collectRevisions(context, overlayId)
        deleted += gone.length
        for (const revision of gone) log(`Deleted revision ${revision} of overlay ${overlayId}.`)
      }
      await pruneUploads(context, Date.now())
      progress(0.5, 'deleting unknown overlays')
      const known = new Set(ids)
      for (const { overlayId } of (await host.overlays.space()).overlays) {
        signal.throwIfAborted()
        if (known.has(overlayId) || users.running(overlayId).length > 0) continue
        // Made while this was running.
        if ((await overlays.find(overlayId)) !== null) continue
        if (await removeLeft(host, overlayId))
          log(`Deleted what was left of overlay ${overlayId}, which is gone.`)
      }
      progress(0.7, 'deleting unused downloads and left work')
      const freed = await host.overlays.collect({ keepItems: await itemsInUse(revisions, overlays), signal })
      log(`Freed ${byteText(freed)} of unused downloads and left work.`)
      const after = (await host.machine()).disk.available
      result(
        `${deleted} old revision${deleted === 1 ? '' : 's'} deleted; ${byteText(Math.max(0, after - before))} more are free.`,
      )
    },
  }
}

/** False while it is being deleted already. */
async function removeLeft(host: OverlayContext['host'], overlayId: number): Promise<boolean> {
  try {
    await host.overlays.removeOverlay(overlayId)
    return true
  } catch (error) {
    if (error instanceof HostError && error.code === 'build-running') return false
    throw error
  }
}

/** Workshop items that the newest revisions have: the next build takes them from the cache. */
async function itemsInUse(
  revisions: OverlayContext['revisions'],
  overlays: OverlayContext['overlays'],
): Promise<Set<string>> {
  const newest = await revisions.newest(await overlays.ids('workshop'))
  return new Set([...newest.values()].flatMap(summary => summary.sources.map(source => source.id)))
}
