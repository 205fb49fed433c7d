import type { RevisionSummary } from '@left4me/host'
import type { Transaction } from 'kysely'
import type { Database } from '../db/schema.ts'
import { settleHeldLayers } from './held-layers.ts'
import type { OverlayContext } from './overlay-context.ts'

type Context = Pick<OverlayContext, 'db' | 'host' | 'overlays' | 'revisions' | 'log'>

/**
 * Makes the rows say what the host says: called at the start, when backups may have been put back or a life may have
 * ended between publishing and noting it. An overlay whose revisions can't be read keeps its rows.
 */
export async function reconcileRevisions(context: Context): Promise<void> {
  const building = await revisionsBeingBuilt(context)
  for (const overlayId of await context.overlays.ids()) {
    try {
      const published = await context.host.overlays.revisions(overlayId)
      // A build that was cut off is run again, and decides itself whether its revision counts.
      const settled = published.filter(({ revision }) => revision !== building.get(overlayId))
      await context.db
        .transaction()
        .execute(transaction => reconcile(context, overlayId, settled, transaction))
    } catch (error) {
      context.log.warn({ err: error, overlayId }, 'revisions of an overlay could not be compared')
    }
  }
}

async function reconcile(
  { overlays, revisions }: Context,
  overlayId: number,
  published: readonly RevisionSummary[],
  transaction: Transaction<Database>,
): Promise<void> {
  const rows = await transaction
    .selectFrom('overlay_revisions')
    .select(['revision', 'summary'])
    .where('overlay_id', '=', overlayId)
    .execute()
  for (const { revision } of rows) {
    if (published.some(summary => summary.revision === revision)) continue
    await revisions.remove(overlayId, revision, transaction)
  }
  for (const summary of published) {
    const row = rows.find(({ revision }) => revision === summary.revision)
    // A row may know of newer versions of the same content: see `keepEqual` of the build.
    if (row !== undefined && hasDigest(row.summary, summary.digest)) continue
    await revisions.put(summary, null, transaction)
  }
  const newest = published.reduce<number | null>((most, { revision }) => Math.max(most ?? 0, revision), null)
  const record = await overlays.get(overlayId, transaction)
  if (record.revision === newest) return
  // As after a build: strangers' servers stay on what was the newest until now. Not on what is lost.
  if (published.some(({ revision }) => revision === record.revision))
    await settleHeldLayers(transaction, { overlayId })
  await overlays.setRevision(overlayId, newest, transaction)
}

async function revisionsBeingBuilt({ db }: Context): Promise<Map<number, number>> {
  const rows = await db
    .selectFrom('jobs')
    .select(['overlay_id', 'input'])
    .where('kind', '=', 'overlay-build')
    .where('state', 'in', ['queued', 'running'])
    .execute()
  return new Map(
    rows.flatMap(row => {
      const revision = /"revision":(\d+)/.exec(row.input)?.[1]
      return row.overlay_id === null || revision === undefined ? [] : [[row.overlay_id, Number(revision)]]
    }),
  )
}

function hasDigest(text: string, digest: string): boolean {
  try {
    return (JSON.parse(text) as { digest?: unknown }).digest === digest
  } catch {
    return false
  }
}
