import { limits, type OverlayFile } from '@left4me/contract'
import { endpoints } from '../http/endpoints.ts'
import { ProblemError } from '../http/problem-error.ts'
import { refuseCodePath, withoutCode } from './code-rules.ts'
import type { OverlayContext } from './overlay-context.ts'
import type { OverlayRecord } from './overlay-rows.ts'

/** The draft of an upload overlay, file by file. */
export function draftEndpoints({ overlays, host, space, news }: OverlayContext) {
  return endpoints({
    async listOverlayFiles({ params }) {
      // Builds of the other kinds work in a folder of that name.
      if ((await overlays.get(params.id)).kind !== 'upload') return { items: [], nextCursor: null }
      return { items: await host.overlays.listDraft(params.id), nextCursor: null }
    },

    async putOverlayFile({ params, query, caller, request, note }) {
      const record = await overlays.get(params.id)
      refuseWithoutDraft(record)
      refuseCodePath(caller, query.path)
      refuseBeyondDraft(await host.overlays.listDraft(params.id), query.path)
      const length = Number(request.headers['content-length'] ?? 0)
      await space.refuseUnless(length, `Adding ${query.path}`)
      const content = withoutCode(caller, request.raw)
      const file = await host.overlays.putDraft(params.id, query.path, content, limits.uploadedFile)
      note({ detail: file.path })
      await overlays.touchContent(params.id)
      news.changed(record)
      return file
    },

    async deleteOverlayFile({ params, query, note }) {
      const record = await overlays.get(params.id)
      refuseWithoutDraft(record)
      await host.overlays.removeDraft(params.id, query.path)
      note({ detail: query.path })
      await overlays.touchContent(params.id)
      news.changed(record)
      return undefined
    },
  })
}

/** Only upload overlays are filled by hand. */
export function refuseWithoutDraft(record: OverlayRecord): void {
  if (record.kind === 'upload') return
  throw new ProblemError(
    'action-not-allowed',
    `“${record.name}” is built by itself: files can’t be put into a ${record.kind} overlay. Make an upload overlay for them.`,
  )
}

/** Refuses a file that would be one too many, or too much, for its draft. */
export function refuseBeyondDraft(draft: readonly OverlayFile[], path: string): void {
  if (draft.length >= limits.draftFiles && !draft.some(file => file.path === path)) {
    throw new ProblemError(
      'body-too-large',
      `The draft has ${draft.length} files already, and may have at most ${limits.draftFiles}. Take some out first.`,
    )
  }
  const bytes = draft.reduce((sum, file) => sum + file.size, 0)
  if (bytes < limits.draftBytes) return
  throw new ProblemError(
    'body-too-large',
    `The files of the draft have more than ${limits.draftBytes / 1024 ** 3} GiB together. Take some out first.`,
  )
}
