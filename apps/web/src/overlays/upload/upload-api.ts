import { type Job, type OverlayUpload, pathOf, routes } from '@left4me/contract'
import { call, problemOfBody, unreachable } from '../../api/call.ts'

/** What an upload asks of left4me. Each rejects with a ProblemError, or with the signal's reason. */
export interface UploadApi {
  list(overlayId: number, signal: AbortSignal): Promise<OverlayUpload[]>
  create(overlayId: number, file: { name: string; size: number }, signal: AbortSignal): Promise<OverlayUpload>
  /** Resolves with how far it is now. `onSent` is told the bytes of this part that went out so far. */
  sendPart(
    overlayId: number,
    upload: OverlayUpload,
    part: Blob,
    options: { signal: AbortSignal; onSent: (bytes: number) => void },
  ): Promise<OverlayUpload>
  take(overlayId: number, uploadId: number, path: string | null, signal: AbortSignal): Promise<Job>
  remove(overlayId: number, uploadId: number): Promise<unknown>
}

export const uploadApi: UploadApi = {
  list: async (id, signal) => (await call('listUploads', { params: { id }, signal })).items,
  create: (id, body, signal) => call('createUpload', { params: { id }, body, signal }),
  sendPart,
  take: async (id, uploadId, path, signal) =>
    (await call('takeUpload', { params: { id, uploadId }, body: path === null ? {} : { path }, signal })).job,
  remove: (id, uploadId) => call('deleteUpload', { params: { id, uploadId } }),
}

/** By XMLHttpRequest: fetch doesn't tell how much of a body has gone out. */
function sendPart(
  overlayId: number,
  upload: OverlayUpload,
  part: Blob,
  { signal, onSent }: { signal: AbortSignal; onSent: (bytes: number) => void },
): Promise<OverlayUpload> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(givenUp())
    const request = new XMLHttpRequest()
    const abort = () => request.abort()
    signal.addEventListener('abort', abort, { once: true })
    request.upload.onprogress = ({ loaded }) => onSent(Math.min(loaded, part.size))
    request.onerror = () => reject(unreachable())
    request.ontimeout = () => reject(unreachable())
    request.onabort = () => reject(givenUp())
    request.onload = () => {
      const body: unknown = request.response
      if (request.status >= 200 && request.status < 300 && isUpload(body)) resolve(body)
      else reject(problemOfBody(request.status, body))
    }
    request.onloadend = () => signal.removeEventListener('abort', abort)
    request.open(
      routes.sendUploadPart.method,
      pathOf('sendUploadPart', { id: overlayId, uploadId: upload.id }, { offset: upload.received }),
    )
    request.responseType = 'json'
    request.setRequestHeader('accept', 'application/json')
    request.setRequestHeader('content-type', 'application/octet-stream')
    request.send(part)
  })
}

function isUpload(body: unknown): body is OverlayUpload {
  return typeof body === 'object' && body !== null && 'received' in body && typeof body.received === 'number'
}

/** What a call rejects with that its signal ended. */
export function givenUp(): DOMException {
  return new DOMException('given up', 'AbortError')
}
