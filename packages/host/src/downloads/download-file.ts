import { setTimeout as delay } from 'node:timers/promises'
import { isDiskFull } from '../files/full-disk.ts'
import { HostError } from '../host-error.ts'
import type { Gate } from '../turns/gate.ts'
import type { DownloadPurpose } from './download-policy.ts'
import type { DownloadTimings } from './download-timings.ts'
import type { HttpAnswer, HttpClient } from './http-client.ts'
import { PartialFile, type PartialValidator } from './partial-file.ts'
import { BusyError, backoffMs, EndedEarlyError, isBusyStatus, isPassing, retryAfterMs } from './retry.ts'

export interface FileDownload {
  /** How messages call it. */
  readonly name: string
  readonly url: string
  readonly purpose: DownloadPurpose
  /** What the content is: an unfinished download of the same identity, version and URL is continued. */
  readonly identity: string
  readonly version: string
  /** Bytes that it must have; null when nobody said. */
  readonly size: number | null
  readonly maxBytes: number
  /** Where it goes when it is whole; on one file system with `temporary`. */
  readonly target: string
}

export interface DownloadOptions {
  readonly client: HttpClient
  /** For unfinished downloads. */
  readonly temporary: string
  readonly timings: DownloadTimings
  /** Passed for each attempt: neither pauses nor making durable keep others from downloading. */
  readonly gate: Gate
  /** Bytes that are there now; also fewer than before, when it has to begin again. */
  readonly onBytes: (bytes: number, total: number | null) => void
  readonly onOutput: (line: string) => void
  /** Whether what has come until this failure is kept for the next attempt. */
  readonly keepsPart: (error: unknown) => boolean
  readonly signal: AbortSignal
}

/**
 * Fetches one file, whole or not at all: what passes by itself is tried again from where it stopped. Resolves to its
 * bytes. Rejects with `download-refused` (policy, size), `download-failed`, `disk-full` or `cancelled`.
 */
export async function downloadFile(file: FileDownload, options: DownloadOptions): Promise<number> {
  const { timings } = options
  const overall = AbortSignal.timeout(timings.totalMs)
  const signal = AbortSignal.any([options.signal, overall])
  let failures = 0
  try {
    await using partial = await PartialFile.open(
      options.temporary,
      JSON.stringify([file.identity, file.version, file.url]),
    )
    for (let attempt = 1; ; attempt++) {
      const before = partial.bytes
      try {
        await options.gate.pass(signal, () => attemptOnce(file, partial, { ...options, signal }))
        await partial.finish(file.target)
        return partial.bytes
      } catch (error) {
        if (!options.keepsPart(error)) partial.validator = null
        if (signal.aborted || !isPassing(error)) throw error
        failures = partial.bytes > before ? 1 : failures + 1
        const wanted = error instanceof BusyError ? error.retryAfterMs : 0
        if (
          failures >= timings.attempts ||
          attempt >= timings.allAttempts ||
          wanted > timings.longestRetryAfterMs
        )
          throw error
        const pause = Math.max(wanted, backoffMs(timings, failures, Math.random()))
        options.onOutput(`${file.name}: ${reason(error)}. Trying again in ${Math.ceil(pause / 1000)} s.`)
        await delay(pause, undefined, { signal })
      }
    }
  } catch (error) {
    throw explained(error, file, options.signal, overall)
  }
}

async function attemptOnce(
  file: FileDownload,
  partial: PartialFile,
  options: DownloadOptions,
): Promise<void> {
  const { client, signal, onBytes } = options
  const { validator } = partial
  const offset = validator ? partial.bytes : 0
  if (validator && offset > 0 && offset === (validator.total ?? file.size)) return
  const headers = validator && offset > 0 ? { range: `bytes=${offset}-`, 'if-range': validator.value } : {}
  const answer = await client.get(file.url, file.purpose, headers, signal)
  try {
    const total = await beginAt(answer, file, partial)
    onBytes(partial.bytes, total)
    for await (const pieces of answer.body.pieces()) {
      const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
      if (partial.bytes + length > (total ?? file.maxBytes)) throw tooLong(file)
      await partial.append(pieces)
      onBytes(partial.bytes, total)
    }
    if (total !== null && partial.bytes < total)
      throw new EndedEarlyError(`it ended after ${partial.bytes} of ${total} bytes`)
  } finally {
    answer.close()
  }
}

/** Looks at the answer's head and makes the partial file fit it. Resolves to the bytes of the whole. */
async function beginAt(
  { status, headers, url }: HttpAnswer,
  file: FileDownload,
  partial: PartialFile,
): Promise<number | null> {
  if (isBusyStatus(status))
    throw new BusyError(
      `${url.host} answered with ${status}`,
      retryAfterMs(headers['retry-after'], Date.now()),
    )
  if (status === 416) {
    await partial.restart(null)
    throw new EndedEarlyError(`${url.host} doesn't know the part that is missing`)
  }
  if (status !== 200 && status !== 206)
    throw new HostError('download-failed', `${file.name}: ${url.host} answered with ${status}.`, {
      remedy:
        status === 404 || status === 410 ? 'It is gone: take it out, or correct its address.' : 'Try later.',
    })
  if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    throw new HostError('download-refused', `${file.name}: ${url.host} sends it in a coded form.`, {
      remedy: 'Use another address for it.',
    })
  const range = status === 206 ? contentRange(headers['content-range']) : null
  if (status === 206 && (range?.from !== partial.bytes || !partial.validator)) {
    await partial.restart(null)
    throw new EndedEarlyError(`${url.host} sent another part than was asked for`)
  }
  const length = headers['content-length']
  const total = range ? range.total : length === undefined ? null : Number(length)
  if (file.size !== null && total !== null && total !== file.size)
    throw new HostError(
      'download-refused',
      `${file.name}: it should have ${file.size} bytes, and ${url.host} sends ${total}.`,
      { remedy: 'Refresh what is known of it, then build again.' },
    )
  if ((total ?? 0) > file.maxBytes) throw tooLong(file)
  if (status === 200) await partial.restart(validatorOf(headers, total))
  return file.size ?? total
}

function validatorOf(headers: HttpAnswer['headers'], total: number | null): PartialValidator | null {
  const { etag } = headers
  const value = etag !== undefined && !etag.startsWith('W/') ? etag : headers['last-modified']
  return value === undefined || value.length > 1000 ? null : { value, total }
}

/** `bytes 100-199/200` */
function contentRange(header: string | undefined): { from: number; total: number | null } | null {
  const parts = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15}|\*)$/.exec(header ?? '')
  return parts ? { from: Number(parts[1]), total: parts[2] === '*' ? null : Number(parts[2]) } : null
}

function tooLong(file: FileDownload): HostError {
  const limit = file.size ?? file.maxBytes
  return new HostError(
    'download-refused',
    `${file.name} has more than the ${limit} bytes that it may have.`,
    {
      remedy: 'Refresh what is known of it; if it is meant to be so large, raise the limit.',
    },
  )
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  return message === '' ? (code ?? 'failed') : message
}

function explained(
  error: unknown,
  file: FileDownload,
  cancelled: AbortSignal,
  overall: AbortSignal,
): unknown {
  if (cancelled.aborted)
    return new HostError('cancelled', `The download of ${file.name} was cancelled.`, { cause: error })
  if (error instanceof HostError) return error
  if (isDiskFull(error))
    return new HostError('disk-full', `${file.name} can't be downloaded: the disk is full.`, {
      remedy: 'Free space on the disk of the data directory: the disk page shows what can go.',
      cause: error,
    })
  const why = overall.aborted ? 'it takes too long' : reason(error)
  return new HostError('download-failed', `${file.name} can't be downloaded: ${why}.`, {
    remedy: 'Check the connection and build again: what has come is kept, and it goes on from there.',
    cause: error,
  })
}
