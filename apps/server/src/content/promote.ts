import { limits, type PromoteFile } from '@left4me/contract'
import type { OverlayStore } from '@left4me/host'
import type { SignedIn } from '../http/endpoints.ts'
import { ProblemError, refuse } from '../http/problem-error.ts'
import { refuseCodePath, withoutCode } from '../overlays/code-rules.ts'
import { refuseBeyondDraft, refuseWithoutDraft } from '../overlays/draft-endpoints.ts'
import type { OverlayRecord, OverlayRows } from '../overlays/overlay-rows.ts'
import { type FileSources, readServerFile, refuseSecret } from './file-content.ts'
import type { ServerTree } from './server-tree.ts'

export interface PromoteDependencies {
  readonly overlays: Pick<OverlayRows, 'find' | 'touchContent'>
  readonly sources: FileSources
  readonly store: Pick<OverlayStore, 'listDraft' | 'putDraft'>
}

/**
 * Copies a change of a server's upper into the draft of an upload overlay, which has to be the caller's own; rights to
 * bring code are asked for as for an upload. Rejects before anything is written.
 */
export async function promote(
  { overlays, sources, store }: PromoteDependencies,
  {
    tree,
    caller,
    request: { path, overlayId, remove = false },
    secret,
  }: {
    readonly tree: ServerTree
    readonly caller: SignedIn
    readonly request: PromoteFile
    readonly secret: string
  },
): Promise<void> {
  if (remove && tree.running) {
    throw new ProblemError(
      'action-not-allowed',
      'While the server runs, its file can be copied but not taken out. Stop it first, or leave the file there.',
    )
  }
  const overlay = await ownOverlay(overlays, overlayId, caller)
  refuseWithoutDraft(overlay)
  refuseCodePath(caller, path)
  const content = await readServerFile(sources, async () => tree, {
    path,
    layer: 'upper',
    maxBytes: limits.uploadedFile,
  })
  refuseSecret(content, secret)
  refuseBeyondDraft(await store.listDraft(overlayId), path)
  await store.putDraft(overlayId, path, withoutCode(caller, chunks(content)), limits.uploadedFile)
  await overlays.touchContent(overlayId)
}

/** Somebody else's answers as one that isn't there: ids tell nothing. */
async function ownOverlay(
  overlays: Pick<OverlayRows, 'find'>,
  overlayId: number,
  caller: SignedIn,
): Promise<OverlayRecord> {
  const overlay = await overlays.find(overlayId)
  if (overlay !== null && (caller.role === 'admin' || overlay.ownerId === caller.userId)) return overlay
  throw refuse('unknown-overlay', '/overlayId', `There is no overlay ${overlayId} that you may change.`)
}

async function* chunks(content: Buffer): AsyncGenerator<Uint8Array> {
  yield content
}
