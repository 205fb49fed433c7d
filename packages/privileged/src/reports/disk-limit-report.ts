import { parseRecord } from './json-record.ts'

/**
 * `/run/left4me/disk-limit/NAME` of a server, `…/script.ID` of a script (a server's name has no dot): it was stopped
 * because of the disk. Absent again after the next start, stop or reset-failed.
 */
export interface DiskLimitReport {
  readonly message: string
  readonly remedy: string
  /** ms since the epoch. */
  readonly at: number
}

export function formatDiskLimit(report: DiskLimitReport): string {
  const { message, remedy, at } = report
  return `${JSON.stringify({ message, remedy, at })}\n`
}

/** null when it isn't what `formatDiskLimit` writes. */
export function parseDiskLimit(text: string): DiskLimitReport | null {
  const record = parseRecord(text)
  if (!record) return null
  const { message, remedy, at } = record
  return typeof message === 'string' && typeof remedy === 'string' && Number.isSafeInteger(at)
    ? { message, remedy, at: Number(at) }
    : null
}
