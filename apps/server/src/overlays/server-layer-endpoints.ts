import type { ServerLayer } from '@left4me/contract'
import type { BlueprintRows } from '../blueprints/blueprint-rows.ts'
import { endpoints } from '../http/endpoints.ts'
import { ProblemError, refuse } from '../http/problem-error.ts'
import type { LiveServers } from '../live/live-servers.ts'
import type { ServerDirectory, ServerRecord } from '../servers/server-directory.ts'
import type { OverlayContext } from './overlay-context.ts'
import type { OverlayRecord } from './overlay-rows.ts'

export interface ServerLayerDependencies
  extends Pick<OverlayContext, 'overlays' | 'revisions' | 'held' | 'onLayersChanged'> {
  readonly directory: ServerDirectory
  readonly live: LiveServers
  readonly blueprints: BlueprintRows
}

/** Which revisions a server takes: the newest ones, or those that it stays on. */
export function serverLayerEndpoints(dependencies: ServerLayerDependencies) {
  const { overlays, held, directory, onLayersChanged } = dependencies

  const serverOf = (id: number): ServerRecord => {
    const record = directory.get(id)
    if (record === null) throw new ProblemError('not-found', `There is no server ${id}.`)
    return record
  }

  return endpoints({
    async listServerLayers({ params }) {
      return { items: await layersOf(dependencies, serverOf(params.id)), nextCursor: null }
    },

    async changeServerLayer({ params, body, note }) {
      const server = serverOf(params.id)
      const { overlayId } = params
      const before = (await layersOf(dependencies, server)).find(layer => layer.overlayId === overlayId)
      if (before === undefined) {
        throw new ProblemError('not-found', `“${server.name}” has no layer of an overlay ${overlayId}.`)
      }
      if (body.revision === null) {
        if (before.needsAcceptance) {
          throw refuse(
            'action-not-allowed',
            '/revision',
            `“${before.name}” belongs to ${before.ownerName ?? 'somebody else'}: its revisions are taken one by one, when you accept them. Name the revision.`,
          )
        }
        await held.release(server.id, overlayId)
      } else if (!(await held.hold(server.id, overlayId, body.revision))) {
        throw refuse(
          'invalid-input',
          '/revision',
          `“${before.name}” has no revision ${body.revision}. Choose one that it has.`,
        )
      }
      const { name } = await overlays.get(overlayId)
      note({ detail: `${name}: ${body.revision === null ? 'newest' : `revision ${body.revision}`}` })
      onLayersChanged()
      const after = (await layersOf(dependencies, server)).find(layer => layer.overlayId === overlayId)
      return after ?? before
    },
  })
}

/** Uppermost first, as the next start stacks them. */
async function layersOf(
  { overlays, revisions, held, live, blueprints }: ServerLayerDependencies,
  server: ServerRecord,
): Promise<ServerLayer[]> {
  const own = new Set(server.overlayIds)
  const inherited = server.blueprintId === null ? [] : await blueprints.overlayIdsOf(server.blueprintId)
  const ids = [...new Set([...own, ...inherited])]
  const [known, holds] = await Promise.all([overlays.byIds(ids), held.of(server.id)])
  const mounted = live.runningIds().includes(server.id)
    ? (server.startedWith?.specification.layers ?? [])
    : []
  const layers = ids.flatMap(id => known.get(id) ?? [])
  return Promise.all(
    layers.map(async (overlay): Promise<ServerLayer> => {
      const revision = holds.get(overlay.id) ?? overlay.revision
      const summary =
        revision === null ? null : ((await revisions.find(overlay.id, revision))?.summary ?? null)
      const count = (severity: string) =>
        (summary?.findings ?? []).filter(finding => finding.severity === severity).length
      return {
        overlayId: overlay.id,
        name: overlay.name,
        kind: overlay.kind,
        ownerName: overlay.ownerName,
        from: own.has(overlay.id) ? 'server' : 'blueprint',
        revision,
        newest: overlay.revision,
        mounted: mounted.find(layer => layer.overlayId === overlay.id)?.revision ?? null,
        held: holds.has(overlay.id),
        needsAcceptance: needsAcceptance(overlay, server),
        files: summary?.files ?? 0,
        bytes: summary?.bytes ?? 0,
        findings: { errors: count('error'), warnings: count('warning') },
      }
    }),
  )
}

/** The rule that `settleHeldLayers` follows. */
function needsAcceptance(
  overlay: Pick<OverlayRecord, 'ownerId' | 'ownerRole'>,
  server: Pick<ServerRecord, 'ownerId'>,
): boolean {
  return overlay.ownerId !== null && overlay.ownerId !== server.ownerId && overlay.ownerRole !== 'admin'
}
