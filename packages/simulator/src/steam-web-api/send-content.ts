import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { DownloadTrouble } from './download-troubles.ts'
import type { WebApiSwitches } from './switches.ts'

export interface ServedContent {
  readonly size: number
  /** Changes with the content. */
  readonly etag: string
  readonly content: (from: number, to: number) => Iterable<Buffer>
}

/** Answers a download as a file server does, with ranges, or as the switches say. */
export async function sendContent(
  request: IncomingMessage,
  response: ServerResponse,
  served: ServedContent,
  trouble: DownloadTrouble,
  switches: WebApiSwitches,
): Promise<void> {
  if (trouble === 'silent') return
  const refusal = { busy: 429, error: 500, gone: 404 }[trouble as string]
  if (refusal !== undefined) {
    if (refusal === 429) response.setHeader('retry-after', '1')
    response.writeHead(refusal).end()
    return
  }
  const { size, etag } = served
  const from = beginOf(request, served)
  response.writeHead(from > 0 ? 206 : 200, {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    etag,
    ...(trouble === 'endless' ? {} : { 'content-length': size - from }),
    ...(from > 0 ? { 'content-range': `bytes ${from}-${size - 1}/${size}` } : {}),
  })
  const half = from + Math.ceil((size - from) / 2)
  const cut = trouble === 'short' || trouble === 'stall' || trouble === 'reset'
  const parts = paced(served.content(from, cut ? half : size), switches['download-rate'])
  if (trouble === 'endless') await pipe(forEver(parts), response, true)
  else if (trouble === 'corrupt') await pipe(spoilt(parts, from), response, true)
  else await pipe(parts, response, !cut)
  if (trouble === 'short') response.socket?.end()
  if (trouble === 'reset') response.socket?.resetAndDestroy()
}

/** A part is sent only of exactly the content that the client has the beginning of. */
function beginOf(request: IncomingMessage, { size, etag }: ServedContent): number {
  const range = /^bytes=(\d{1,15})-$/.exec(request.headers.range ?? '')
  const condition = request.headers['if-range']
  if (!range || (condition !== undefined && condition !== etag)) return 0
  const from = Number(range[1])
  return from < size ? from : 0
}

async function pipe(parts: AsyncIterable<Buffer>, response: ServerResponse, end: boolean): Promise<void> {
  await pipeline(Readable.from(parts), response, { end }).catch(() => {
    // The client went away.
  })
}

/** Bytes a second; 0 for as fast as it goes. */
async function* paced(parts: Iterable<Buffer>, rate: number): AsyncGenerator<Buffer> {
  for (const part of parts) {
    if (rate <= 0) {
      yield part
      continue
    }
    const step = Math.max(1, Math.ceil(rate / 20))
    for (let at = 0; at < part.length; at += step) {
      yield part.subarray(at, at + step)
      await wait(50)
    }
  }
}

async function* forEver(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const part of parts) yield part
  for (;;) yield Buffer.alloc(64 * 1024)
}

/** The first bytes say still what it is; what follows them is nonsense. */
async function* spoilt(parts: AsyncIterable<Buffer>, from: number): AsyncGenerator<Buffer> {
  let at = from
  for await (const part of parts) {
    yield Buffer.from(part.map((byte, index) => (at + index < 8 ? byte : byte ^ 0xff)))
    at += part.length
  }
}
