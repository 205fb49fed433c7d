import { refuse } from '../http/problem-error.ts'
import type { Viewer } from '../overlays/overlay-rows.ts'
import type { BlueprintRows } from './blueprint-rows.ts'

/** Who may make servers from whose blueprint: an admin any, everybody their own and the shared ones. */
export async function refuseUnusableBlueprint(
  blueprints: BlueprintRows,
  viewer: Viewer,
  blueprintId: number,
): Promise<void> {
  const blueprint = await blueprints.titleOf(blueprintId)
  const usable =
    blueprint !== null && (viewer.role === 'admin' || blueprint.shared || blueprint.ownerId === viewer.userId)
  if (usable) return
  throw refuse(
    'unknown-blueprint',
    '/blueprintId',
    `There is no blueprint ${blueprintId} that you may use. Choose another one.`,
  )
}
