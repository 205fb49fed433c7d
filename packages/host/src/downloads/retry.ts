import { HostError } from '../host-error.ts'
import type { DownloadTimings } from './download-timings.ts'
import { StalledError } from './http-client.ts'

/** The server said no for the moment. */
export class BusyError extends Error {
  override readonly name = 'BusyError'
  readonly retryAfterMs: number

  constructor(message: string, retryAfterMs: number) {
    super(message)
    this.retryAfterMs = retryAfterMs
  }
}

/** The connection ended before what was promised had come. */
export class EndedEarlyError extends Error {
  override readonly name = 'EndedEarlyError'
}

/** Failures of a connection that another attempt may not have. */
const passingCodes = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENETDOWN',
  'EAI_AGAIN',
  'ERR_STREAM_PREMATURE_CLOSE',
  'HPE_INVALID_EOF_STATE',
])

export function isPassing(error: unknown): boolean {
  if (error instanceof BusyError || error instanceof EndedEarlyError || error instanceof StalledError)
    return true
  if (error instanceof HostError) return false
  const { code } = error as NodeJS.ErrnoException
  if (error instanceof AggregateError) return error.errors.some(isPassing)
  return code !== undefined && passingCodes.has(code)
}

/** Answers that pass by themselves. */
export function isBusyStatus(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500
}

/** `Retry-After`: seconds or a date (RFC 9110, 10.2.3). 0 without one. */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? 0 : Math.max(0, date - now)
}

/** Milliseconds before the attempt after `failures` in a row (1 or more). `chance` is from 0 to 1. */
export function backoffMs(timings: DownloadTimings, failures: number, chance: number): number {
  const growing = timings.backoffMs * 2 ** Math.min(failures - 1, 20)
  return Math.min(growing, timings.longestBackoffMs) * (0.5 + chance)
}
