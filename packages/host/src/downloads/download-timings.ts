/** Milliseconds, but for `attempts`. */
export interface DownloadTimings {
  /** Without a byte, connecting included: given up and tried again. */
  readonly idleMs: number
  /** One file, all attempts together. */
  readonly totalMs: number
  /** Before the second attempt; doubled for each further one, and half of it more or less by chance. */
  readonly backoffMs: number
  readonly longestBackoffMs: number
  /** A server that wants a longer pause than this ends the download. */
  readonly longestRetryAfterMs: number
  /** In a row that brought no byte. */
  readonly attempts: number
  /** In all, for a server that breaks off again and again. */
  readonly allAttempts: number
}

export const defaultDownloadTimings: DownloadTimings = {
  idleMs: 30_000,
  totalMs: 6 * 3_600_000,
  backoffMs: 1000,
  longestBackoffMs: 60_000,
  longestRetryAfterMs: 10 * 60_000,
  attempts: 6,
  allAttempts: 50,
}
