import { type JournalPosition, parseCursor } from './journal-position.ts'

/** What a server's standard output or error left in the journal at once: as a rule one line, without its line break. */
export interface JournalEntry {
  readonly position: JournalPosition
  /** ms since the epoch. */
  readonly time: number
  /** A text where all of it can be printed, else its bytes; null where the journal gives it no longer. */
  readonly message: string | Buffer | null
  /** Changes with each start of the program. */
  readonly stream: string
  /** journald cut it off at `LineMax=`: the line goes on in the stream's next entry. */
  readonly goesOn: boolean
}

/**
 * Reads a row of `journalctl -o json`; systemd.io/JOURNAL_EXPORT_FORMATS, “Journal JSON Format”. null for whatever else
 * was printed.
 */
export function parseJournalEntry(row: string): JournalEntry | null {
  let value: unknown
  try {
    value = JSON.parse(row)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const fields = value as { readonly [field: string]: unknown }
  const cursor = fields['__CURSOR']
  const position = typeof cursor === 'string' ? parseCursor(cursor) : null
  if (!position) return null
  const stream = fields['_STREAM_ID']
  return {
    position,
    time: Math.floor(position.time / 1000),
    message: messageOf(fields['MESSAGE']),
    stream: typeof stream === 'string' ? stream : '',
    goesOn: fields['_LINE_BREAK'] === 'line-max',
  }
}

/** Bytes that can't be printed come as a list of numbers; a field that is too large as null. */
function messageOf(value: unknown): string | Buffer | null {
  if (typeof value === 'string') return value
  return Array.isArray(value) && value.every(isByte) ? Buffer.from(value) : null
}

function isByte(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255
}
