import { HostError } from '@left4me/host'
import { deleteRevision } from './delete-revision.ts'
import type { OverlayContext } from './overlay-context.ts'

/** Newest revisions of each overlay that stay, so that a server can be put back to one. */
const keptRevisions = 3

type Context = Pick<OverlayContext, 'db' | 'host' | 'revisions' | 'held' | 'users' | 'log'>

/** Revisions of an overlay that may go: beyond the newest ones, and needed by no server. Newest first. */
export async function collectable(
  { revisions, users }: Pick<Context, 'revisions' | 'users'>,
  overlayId: number,
): Promise<number[]> {
  const needed = await users.of(overlayId)
  const published = await revisions.list(overlayId)
  return published
    .slice(keptRevisions)
    .map(({ summary }) => summary.revision)
    .filter(revision => !needed.has(revision))
}

/** Deletes them. What the host finds in use, stays; any other failure is logged, and tried again at the next time. */
export async function collectRevisions(context: Context, overlayId: number): Promise<number[]> {
  const deleted: number[] = []
  for (const revision of await collectable(context, overlayId)) {
    try {
      if (await deleteRevision(context, overlayId, revision)) deleted.push(revision)
    } catch (error) {
      if (error instanceof HostError && error.code === 'in-use') continue
      context.log.warn({ err: error, overlayId, revision }, 'an old revision could not be deleted')
    }
  }
  return deleted
}
