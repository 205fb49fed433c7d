import { pathOf } from '@left4me/contract'
import { problemOfBody, unreachable } from './call.ts'

/** The text of one file of a server; null when it isn't text in UTF-8, which the editor would destroy. */
export async function readServerFile(id: number, path: string, signal?: AbortSignal): Promise<string | null> {
  const response = await send(pathOf('getServerFile', { id }, { path }), signal ? { signal } : {})
  const bytes = await response.arrayBuffer()
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}

/** Replaces one file of a server, or makes it. */
export async function writeServerFile(id: number, path: string, text: string): Promise<void> {
  await send(pathOf('putServerFile', { id }, { path }), {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: new Blob([text]),
  })
}

/** Rejects with a ProblemError, or with the signal's reason. */
async function send(address: string, init: RequestInit): Promise<Response> {
  let response: Response
  try {
    response = await fetch(address, init)
  } catch (cause) {
    if (init.signal?.aborted) throw cause
    throw unreachable(cause)
  }
  if (response.ok) return response
  throw problemOfBody(response.status, await response.json().catch(() => null))
}
