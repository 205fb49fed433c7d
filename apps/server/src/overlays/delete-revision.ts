import type { OverlayContext } from './overlay-context.ts'

/**
 * Deletes a revision that no server stays on: its row first, so that nobody begins to stay on it meanwhile. False when
 * somebody does, or it was gone already. Rejects with HostError `in-use` while something has it mounted; it is still
 * there then.
 */
export async function deleteRevision(
  { db, host, revisions, held }: Pick<OverlayContext, 'db' | 'host' | 'revisions' | 'held'>,
  overlayId: number,
  revision: number,
): Promise<boolean> {
  const record = await db.transaction().execute(async transaction => {
    const holders = await held.holders(overlayId, transaction)
    if (holders.some(holder => holder.revision === revision)) return null
    const found = await revisions.find(overlayId, revision, transaction)
    await revisions.remove(overlayId, revision, transaction)
    return found
  })
  if (record === null) return false
  try {
    await host.overlays.removeRevision({ overlayId, revision })
    return true
  } catch (error) {
    await revisions.put(record.summary, record.jobId)
    throw error
  }
}
