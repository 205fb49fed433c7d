import { sql } from 'kysely'
import type { Executor } from '../jobs/job-queue.ts'

/** Which server takes which overlay: by itself, or by its blueprint (`direct` 0). A pair may come twice. */
export function effectiveLayers(executor: Executor) {
  return executor
    .selectFrom('server_overlays')
    .select(['server_id', 'overlay_id', sql<number>`1`.as('direct')])
    .unionAll(
      executor
        .selectFrom('servers')
        .innerJoin('blueprint_overlays', 'blueprint_overlays.blueprint_id', 'servers.blueprint_id')
        .select(['servers.id as server_id', 'overlay_id', sql<number>`0`.as('direct')]),
    )
    .as('effective_layers')
}
