import { limits, type OverlayUpload } from '@left4me/contract'
import { endpoints } from '../http/endpoints.ts'
import { ProblemError, refuse } from '../http/problem-error.ts'
import { byteText } from './byte-text.ts'
import { refuseCodePath } from './code-rules.ts'
import { refuseWithoutDraft } from './draft-endpoints.ts'
import type { OverlayContext } from './overlay-context.ts'
import type { UploadRow } from './upload-rows.ts'

/** Unfinished uploads of one overlay. */
const uploadsPerOverlay = 20

/** Files on their way into a draft, in parts. */
export function uploadEndpoints(context: OverlayContext) {
  const { db, overlays, uploads, host, jobs, space, news } = context

  const answer = async (row: UploadRow): Promise<OverlayUpload> => ({
    id: row.id,
    name: row.name,
    size: row.size,
    received: await host.overlays.uploadedBytes(row.overlay_id, row.id),
    createdAt: new Date(row.created_at).toISOString(),
  })

  /** While it is taken it is neither added to nor given up, nor taken otherwise than by a job with the merge key. */
  const refuseWhileTaken = async (row: UploadRow, mergeKey = ''): Promise<void> => {
    const open = await db
      .selectFrom('jobs')
      .select('id')
      .where('merge_key', '!=', mergeKey)
      .where('overlay_id', '=', row.overlay_id)
      .where('kind', '=', 'overlay-take-upload')
      .where('state', 'in', ['queued', 'running'])
      .where(eb => eb(eb.fn<number>('json_extract', ['input', eb.val('$.uploadId')]), '=', row.id))
      .executeTakeFirst()
    if (open !== undefined) {
      throw new ProblemError('in-use', `“${row.name}” is being taken into the draft. Wait, or cancel that.`)
    }
  }

  return endpoints({
    async listUploads({ params }) {
      const rows = await uploads.list(params.id)
      return { items: await Promise.all(rows.map(answer)), nextCursor: null }
    },

    async createUpload({ params, body, note }) {
      const record = await overlays.get(params.id)
      refuseWithoutDraft(record)
      const others = await uploads.list(params.id)
      if (others.length >= uploadsPerOverlay) {
        throw new ProblemError(
          'action-not-allowed',
          `“${record.name}” has ${others.length} unfinished uploads already. Finish them or give some up.`,
        )
      }
      const draft = (await host.overlays.listDraft(params.id)).reduce((sum, file) => sum + file.size, 0)
      const announced = others.reduce((sum, upload) => sum + upload.size, 0)
      const left = limits.draftBytes - draft - announced
      if (body.size > left) {
        throw refuse(
          'body-too-large',
          '/size',
          `A draft may have ${byteText(limits.draftBytes)}, of which ${byteText(Math.max(0, left))} are left, and this file has ${byteText(body.size)}. Take something out first.`,
        )
      }
      await space.refuseUnless(body.size, `Uploading ${body.name}`)
      const row = await uploads.insert({ overlayId: params.id, ...body })
      note({ detail: body.name })
      news.changed(record)
      return answer(row)
    },

    async sendUploadPart({ params, query, request }) {
      const row = await uploads.get(params.id, params.uploadId)
      await refuseWhileTaken(row)
      const length = Number(request.headers['content-length'] ?? 0)
      if (length > limits.uploadPart) throw partTooLarge()
      await space.refuseUnless(length, `Uploading ${row.name}`)
      await host.overlays.appendUpload(row.overlay_id, row.id, query.offset, onePart(request.raw), row.size)
      return answer(row)
    },

    async takeUpload({ params, body, caller, note }) {
      const record = await overlays.get(params.id)
      refuseWithoutDraft(record)
      const row = await uploads.get(params.id, params.uploadId)
      const { path = null } = body
      if (path !== null) refuseCodePath(caller, path)
      const received = await host.overlays.uploadedBytes(row.overlay_id, row.id)
      if (received !== row.size) {
        throw new ProblemError(
          'action-not-allowed',
          `${byteText(received)} of ${byteText(row.size)} of “${row.name}” are there. Send the rest first.`,
        )
      }
      const mergeKey = `overlay-take-upload:${row.id}${caller.mayBringCode ? ':code' : ''}:${path ?? ''}`
      await refuseWhileTaken(row, mergeKey)
      await space.refuseUnless(row.size, `Unpacking ${row.name}`)
      note({ detail: row.name })
      return {
        job: await jobs.enqueue({
          kind: 'overlay-take-upload',
          input: {
            overlayId: record.id,
            uploadId: row.id,
            path,
            allowNativeCode: caller.mayBringCode,
          },
          title: `Take “${row.name}” into “${record.name}”`,
          locks: [{ scope: `overlay:${record.id}`, mode: 'exclusive' }],
          overlayId: record.id,
          ownerId: record.ownerId,
          mergeKey,
        }),
      }
    },

    async deleteUpload({ params, note }) {
      const row = await uploads.get(params.id, params.uploadId)
      await refuseWhileTaken(row)
      await uploads.remove(row.id)
      await host.overlays.discardUpload(row.overlay_id, row.id)
      note({ detail: row.name })
      news.changed(await overlays.get(params.id))
      return undefined
    },
  })
}

/** What says nothing of its length is cut off at the limit too. */
async function* onePart(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const chunk of content) {
    bytes += chunk.byteLength
    if (bytes > limits.uploadPart) throw partTooLarge()
    yield chunk
  }
}

function partTooLarge(): ProblemError {
  return new ProblemError(
    'body-too-large',
    `A part may have at most ${limits.uploadPart / 1024 ** 2} MiB. Send smaller ones.`,
  )
}
