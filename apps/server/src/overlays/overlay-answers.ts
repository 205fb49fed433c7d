import type { Overlay } from '@left4me/contract'
import type { SignedIn } from '../http/endpoints.ts'
import type { OverlayContext } from './overlay-context.ts'
import type { OverlayRecord } from './overlay-rows.ts'
import { type OverlayUses, usesOf } from './overlay-uses.ts'

type Context = Pick<OverlayContext, 'db' | 'revisions' | 'jobs' | 'drafts'>

/** Overlays as `caller` may see them: the script and strangers' servers are for its owner and admins. */
export async function overlayAnswers(
  context: Context,
  caller: Pick<SignedIn, 'userId' | 'role'>,
  records: readonly OverlayRecord[],
): Promise<Overlay[]> {
  const ids = records.map(record => record.id)
  const [newest, uses] = await Promise.all([context.revisions.newest(ids), usesOf(context.db, ids)])
  return Promise.all(
    records.map(async record => {
      const summary = newest.get(record.id) ?? null
      const draftFiles = await context.drafts.of(record)
      const owns = caller.role === 'admin' || caller.userId === record.ownerId
      const count = (severity: string) =>
        (summary?.findings ?? []).filter(finding => finding.severity === severity).length
      return {
        id: record.id,
        name: record.name,
        kind: record.kind,
        ownerId: record.ownerId,
        ownerName: record.ownerName,
        shared: record.shared,
        script: owns ? record.script : null,
        workshopIds: record.workshopIds === null ? null : [...record.workshopIds],
        indexUrl: record.indexUrl,
        revision: record.revision,
        files: summary?.files ?? 0,
        bytes: summary?.bytes ?? 0,
        findings: { errors: count('error'), warnings: count('warning'), notes: count('note') },
        publishedAt: summary === null ? null : new Date(summary.publishedAt).toISOString(),
        draftFiles,
        buildNeeded: isBuildNeeded(record, draftFiles),
        usedBy: usersFor(caller, owns, uses.get(record.id)),
        jobId: context.jobs.open({ overlayId: record.id, kind: 'overlay-build' })?.id ?? null,
        createdAt: new Date(record.createdAt).toISOString(),
        updatedAt: new Date(record.updatedAt).toISOString(),
      }
    }),
  )
}

/** What was never built needs it as soon as there is something to build. */
function isBuildNeeded(record: OverlayRecord, draftFiles: number): boolean {
  switch (record.kind) {
    case 'upload':
      return draftFiles > 0 && (record.revision === null || record.contentChangedAt > 0)
    case 'script':
      return (record.script ?? '').trim() !== '' && record.contentChangedAt > 0
    case 'workshop':
      return (record.workshopIds ?? []).length > 0 && record.contentChangedAt > 0
    case 'map-index':
      return record.indexUrl !== null && record.contentChangedAt > 0
  }
}

function usersFor(
  caller: Pick<SignedIn, 'userId'>,
  owns: boolean,
  uses: OverlayUses = { servers: [], blueprints: [] },
): Overlay['usedBy'] {
  return {
    servers: uses.servers
      .filter(server => owns || server.ownerId === caller.userId)
      .map(({ id, name }) => ({ id, name })),
    blueprints: uses.blueprints
      .filter(blueprint => owns || blueprint.shared || blueprint.ownerId === caller.userId)
      .map(({ id, name }) => ({ id, name })),
  }
}
