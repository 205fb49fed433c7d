import { limits } from '@left4me/contract'
import { ProblemError } from '../http/problem-error.ts'
import type { JobDefinition } from '../jobs/job-definition.ts'
import { isCodePath } from './code-rules.ts'
import type { OverlayContext } from './overlay-context.ts'

/** Names of files that were left out, in the log. */
const shownNames = 100

/**
 * Takes a whole upload into the draft and forgets it. A failure leaves draft and upload as they were, so that it can be
 * tried again; run again after a crash it takes the same upload once more, with the same result.
 */
export function takeUploadJob(context: OverlayContext): JobDefinition<'overlay-take-upload'> {
  const { overlays, uploads, host, news } = context
  return {
    cancellable: true,
    takesLong: true,
    async run({ input, signal, progress, log, result }) {
      const { overlayId, uploadId, path, allowNativeCode } = input
      const record = await overlays.find(overlayId)
      const row = await uploads.find(overlayId, uploadId)
      if (record === null || row === undefined) return log('The upload is gone: it was taken or given up.')
      progress(0, 'reading the file')
      const draft = await host.overlays.listDraft(overlayId)
      const bytes = Math.min(
        limits.unpackedBytes,
        limits.draftBytes - draft.reduce((sum, file) => sum + file.size, 0),
      )
      const files = Math.min(limits.unpackedFiles, limits.draftFiles - draft.length)
      if (files <= 0 || bytes <= 0) {
        throw new ProblemError('body-too-large', 'The draft is full. Take something out first.')
      }
      const taken = await host.overlays.takeUpload(overlayId, uploadId, row.name, {
        limits: { files, bytes, ratio: limits.unpackedRatio },
        path,
        refuses: name =>
          !allowNativeCode && isCodePath(name)
            ? 'it needs the right to bring code, which an admin grants'
            : null,
        onProgress: step => progress(step.fraction, step.activity, step.transfer),
        signal,
      })
      for (const { path: name, reason } of taken.skipped.slice(0, shownNames))
        log(`left out: ${name}: ${reason}`)
      const kept = taken.files.length
      if (kept === 0) {
        throw new ProblemError(
          'not-allowed',
          `“${row.name}” holds nothing but plugins, libraries or programs, which need the right to bring code. An admin grants it on the page People.`,
        )
      }
      await overlays.touchContent(overlayId)
      await uploads.remove(uploadId)
      await host.overlays.discardUpload(overlayId, uploadId)
      news.changed(record)
      const out = taken.skipped.length
      result(
        `${kept} file${kept === 1 ? '' : 's'} taken into the draft${out === 0 ? '' : `, ${out} left out: the log says why`}.`,
      )
    },
  }
}
