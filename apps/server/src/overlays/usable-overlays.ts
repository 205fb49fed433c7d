import { ProblemError } from '../http/problem-error.ts'
import type { OverlayRows, Viewer } from './overlay-rows.ts'

/**
 * Who may use whose overlay: an admin any, everybody their own and the shared ones. What a server or blueprint uses
 * already stays usable there when it is no longer shared; and who may use a blueprint gets its overlays with it.
 * Rejects with `unknown-overlay` for every other one, whether it exists or not, so that ids tell nothing.
 */
export async function refuseUnusableOverlays(
  overlays: OverlayRows,
  viewer: Viewer,
  wanted: readonly number[],
  alreadyUsed: readonly number[] = [],
): Promise<void> {
  const known = await overlays.byIds(wanted)
  const errors = wanted.flatMap((id, index) => {
    const overlay = known.get(id)
    const usable =
      overlay !== undefined &&
      (viewer.role === 'admin' ||
        overlay.shared ||
        overlay.ownerId === viewer.userId ||
        alreadyUsed.includes(id))
    return usable
      ? []
      : [{ path: `/overlayIds/${index}`, message: `There is no overlay ${id} that you may use.` }]
  })
  const [first] = errors
  if (first)
    throw new ProblemError('unknown-overlay', `${first.message} Take it out of the list.`, { errors })
}
