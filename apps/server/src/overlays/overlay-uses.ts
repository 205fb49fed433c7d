import type { Executor } from '../jobs/job-queue.ts'
import { effectiveLayers } from './effective-layers.ts'

/** Who takes an overlay. */
export interface OverlayUses {
  /** `direct`: the server names it itself; else only its blueprint does. */
  readonly servers: readonly (OverlayUser & { readonly direct: boolean })[]
  readonly blueprints: readonly (OverlayUser & { readonly shared: boolean })[]
}

interface OverlayUser {
  readonly id: number
  readonly name: string
  readonly ownerId: number | null
}

/** Of each of the overlays, by id; servers that name it themselves, and those whose blueprint does. */
export async function usesOf(executor: Executor, ids: readonly number[]): Promise<Map<number, OverlayUses>> {
  if (ids.length === 0) return new Map()
  const servers = await executor
    .selectFrom(effectiveLayers(executor))
    .innerJoin('servers', 'servers.id', 'effective_layers.server_id')
    .select(['overlay_id', 'servers.id', 'servers.name', 'servers.owner_id'])
    .select(eb => eb.fn.max('direct').as('direct'))
    .where('overlay_id', 'in', ids)
    .groupBy(['overlay_id', 'servers.id'])
    .orderBy('servers.id')
    .execute()
  const blueprints = await executor
    .selectFrom('blueprint_overlays')
    .innerJoin('blueprints', 'blueprints.id', 'blueprint_overlays.blueprint_id')
    .select(['overlay_id', 'blueprints.id', 'blueprints.name', 'blueprints.owner_id', 'blueprints.shared'])
    .where('overlay_id', 'in', ids)
    .orderBy('blueprints.id')
    .execute()
  return new Map(
    ids.map(id => [
      id,
      {
        servers: servers
          .filter(row => row.overlay_id === id)
          .map(row => ({ id: row.id, name: row.name, ownerId: row.owner_id, direct: row.direct === 1 })),
        blueprints: blueprints
          .filter(row => row.overlay_id === id)
          .map(row => ({ id: row.id, name: row.name, ownerId: row.owner_id, shared: row.shared === 1 })),
      },
    ]),
  )
}
