import { fstatSync } from 'node:fs'
import type { OverlayId } from '../arguments/names.ts'
import { HelperError } from '../helper-error.ts'
import { type HostPaths, serviceUserId } from '../host-paths.ts'
import { HostileFileError, HostileFolder } from '../hostile-files/hostile-folder.ts'

/** Opens `overlays/ID/draft`, no component of it a link. Throws `HelperError` (`unsafe-path`). */
export function openDraft(paths: HostPaths, overlayId: OverlayId): HostileFolder {
  try {
    using root = HostileFolder.openTrusted(paths.root)
    const draft = root.open(['overlays', overlayId, 'draft'])
    if (fstatSync(draft.descriptor).uid === serviceUserId) return draft
    draft[Symbol.dispose]()
    throw new HostileFileError(draft.path, "doesn't belong to the service user")
  } catch (error) {
    if (!(error instanceof HostileFileError)) throw error
    throw new HelperError('unsafe-path', `The overlay's draft can't be used: ${error.message}.`, {
      remedy: 'Start the build again; the web application makes the folder.',
      cause: error,
    })
  }
}
