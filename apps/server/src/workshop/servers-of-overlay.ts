import type { WorkshopRefresh } from '@left4me/contract'
import type { Kysely } from 'kysely'
import type { Database } from '../db/schema.ts'
import { effectiveLayers } from '../overlays/effective-layers.ts'

type Gets = WorkshopRefresh['overlays'][number]['servers'][number]['gets']

export interface ServerOfOverlay {
  readonly serverId: number
  readonly name: string
  readonly ownerId: number
  /**
   * What becomes of a new revision there: taken at the next start; once the server's owner accepts it, since the overlay
   * is somebody else's; or not, since the server stays on one.
   */
  readonly gets: Gets
}

/** Every server that takes an overlay, by itself or by its blueprint; by overlay. */
export async function serversOfOverlays(
  db: Kysely<Database>,
  overlayIds: readonly number[],
): Promise<Map<number, ServerOfOverlay[]>> {
  const found = new Map<number, ServerOfOverlay[]>()
  if (overlayIds.length === 0) return found
  const rows = await db
    .selectFrom(effectiveLayers(db))
    .innerJoin('servers', 'servers.id', 'effective_layers.server_id')
    .innerJoin('overlays', 'overlays.id', 'effective_layers.overlay_id')
    .leftJoin('users', 'users.id', 'overlays.owner_id')
    .leftJoin('held_layers', join =>
      join
        .onRef('held_layers.server_id', '=', 'servers.id')
        .onRef('held_layers.overlay_id', '=', 'overlays.id'),
    )
    .select([
      'overlays.id as overlay_id',
      'overlays.owner_id as overlay_owner',
      'users.role as overlay_owner_role',
      'servers.id as server_id',
      'servers.name',
      'servers.owner_id',
      'held_layers.revision as held',
    ])
    .distinct()
    .where('overlays.id', 'in', overlayIds)
    .orderBy('servers.id')
    .execute()
  for (const row of rows) {
    // Whoever runs the machine is trusted with its overlays anyway: held-layers.ts.
    const strangers =
      row.overlay_owner !== null && row.overlay_owner_role !== 'admin' && row.overlay_owner !== row.owner_id
    const gets: Gets = strangers ? 'when-accepted' : row.held === null ? 'at-next-start' : 'held'
    const server = { serverId: row.server_id, name: row.name, ownerId: row.owner_id, gets }
    found.set(row.overlay_id, [...(found.get(row.overlay_id) ?? []), server])
  }
  return found
}
