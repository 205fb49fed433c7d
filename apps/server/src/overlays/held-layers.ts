import { type Kysely, sql } from 'kysely'
import type { Database } from '../db/schema.ts'
import type { Executor } from '../jobs/job-queue.ts'
import { effectiveLayers } from './effective-layers.ts'

/**
 * Brings `held_layers` in step with who takes what: a server stays on the revision of somebody else's overlay that is
 * the newest at this moment, unless it stays on one already; and it forgets about overlays that it doesn't take any
 * more. Called in the transaction of everything that gives layers to servers, and before a new revision counts, so that
 * no revision of a stranger's overlay is ever taken without having been accepted. Idempotent.
 *
 * An overlay of the platform or of an admin is nobody else's: whoever runs the machine is trusted with it anyway.
 *
 * `about` names the only server or overlay that can be concerned; without it all are looked at, which takes tens of
 * milliseconds with hundreds of servers.
 */
export async function settleHeldLayers(
  executor: Executor,
  about: { readonly serverId?: number; readonly overlayId?: number } = {},
): Promise<void> {
  const { serverId, overlayId } = about
  await executor
    .deleteFrom('held_layers')
    .$if(serverId !== undefined, query => query.where('server_id', '=', serverId ?? 0))
    .$if(overlayId !== undefined, query => query.where('overlay_id', '=', overlayId ?? 0))
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom(effectiveLayers(executor))
            .select('effective_layers.server_id')
            .whereRef('effective_layers.server_id', '=', 'held_layers.server_id')
            .whereRef('effective_layers.overlay_id', '=', 'held_layers.overlay_id'),
        ),
      ),
    )
    .execute()
  await executor
    .insertInto('held_layers')
    .columns(['server_id', 'overlay_id', 'revision'])
    .expression(
      executor
        .selectFrom(effectiveLayers(executor))
        .innerJoin('servers', 'servers.id', 'effective_layers.server_id')
        .innerJoin('overlays', 'overlays.id', 'effective_layers.overlay_id')
        .innerJoin('users', 'users.id', 'overlays.owner_id')
        .select(['effective_layers.server_id', 'effective_layers.overlay_id'])
        .select(sql<number>`overlays.revision`.as('revision'))
        .distinct()
        .$if(serverId !== undefined, query => query.where('effective_layers.server_id', '=', serverId ?? 0))
        .$if(overlayId !== undefined, query =>
          query.where('effective_layers.overlay_id', '=', overlayId ?? 0),
        )
        .where('overlays.revision', 'is not', null)
        .where('users.role', '!=', 'admin')
        .whereRef('overlays.owner_id', '!=', 'servers.owner_id'),
    )
    .onConflict(conflict => conflict.doNothing())
    .execute()
}

/** A clone stays on what its source stays on, as far as it takes the same layers. */
export async function copyHeldLayers(executor: Executor, fromServerId: number, toServerId: number) {
  await executor
    .insertInto('held_layers')
    .columns(['server_id', 'overlay_id', 'revision'])
    .expression(
      executor
        .selectFrom('held_layers')
        .select(eb => [eb.val(toServerId).as('server_id'), 'overlay_id', 'revision'])
        .where('server_id', '=', fromServerId),
    )
    .onConflict(conflict =>
      conflict
        .columns(['server_id', 'overlay_id'])
        .doUpdateSet({ revision: eb => eb.ref('excluded.revision') }),
    )
    .execute()
  await settleHeldLayers(executor, { serverId: toServerId })
}

/** The revisions that servers stay on. */
export class HeldLayers {
  readonly #db: Kysely<Database>

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  /** By overlay. */
  async of(serverId: number): Promise<Map<number, number>> {
    const rows = await this.#db
      .selectFrom('held_layers')
      .select(['overlay_id', 'revision'])
      .where('server_id', '=', serverId)
      .execute()
    return new Map(rows.map(row => [row.overlay_id, row.revision]))
  }

  /** Who stays on which revision of the overlay. */
  async holders(
    overlayId: number,
    executor: Executor = this.#db,
  ): Promise<{ serverId: number; revision: number }[]> {
    const rows = await executor
      .selectFrom('held_layers')
      .select(['server_id', 'revision'])
      .where('overlay_id', '=', overlayId)
      .execute()
    return rows.map(row => ({ serverId: row.server_id, revision: row.revision }))
  }

  /** False when that revision isn't published (any more): nothing is changed then. */
  async hold(serverId: number, overlayId: number, revision: number): Promise<boolean> {
    return this.#db.transaction().execute(async transaction => {
      const published = await transaction
        .selectFrom('overlay_revisions')
        .select('revision')
        .where('overlay_id', '=', overlayId)
        .where('revision', '=', revision)
        .executeTakeFirst()
      if (published === undefined) return false
      await transaction
        .insertInto('held_layers')
        .values({ server_id: serverId, overlay_id: overlayId, revision })
        .onConflict(conflict => conflict.columns(['server_id', 'overlay_id']).doUpdateSet({ revision }))
        .execute()
      return true
    })
  }

  /** Idempotent. */
  async release(serverId: number, overlayId: number): Promise<void> {
    await this.#db
      .deleteFrom('held_layers')
      .where('server_id', '=', serverId)
      .where('overlay_id', '=', overlayId)
      .execute()
  }
}
