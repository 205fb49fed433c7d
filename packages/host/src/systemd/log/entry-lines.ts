import { LineSplitter, lineLimit, plainText } from '../../process/log/line-splitter.ts'
import type { JournalEntry } from './journal-entry.ts'

const carriageReturn = 0x0d

/** Said in the place of a line that the journal lists but no longer gives. */
const lostText = 'left4me: the journal does not give this line.'

export interface EntryLines {
  readonly texts: readonly string[]
  /** The stream whose line is longer than what is kept: what follows of that line is passed over. */
  readonly overlong: string | null
}

/**
 * The lines that an entry stands for, as the process driver would have cut them out of the same bytes; that journald
 * dropped empty lines and blanks at the end of a line can't be undone. `overlong` is that of the entry before.
 */
export function linesOf(entry: JournalEntry, overlong: string | null): EntryLines {
  const { message, goesOn, stream } = entry
  if (message === null) return { texts: [lostText], overlong: null }
  const bytes = Buffer.from(message as string)
  if (overlong === stream) {
    const rest = afterReturn(bytes)
    if (rest === null) return { texts: [], overlong: goesOn ? stream : null }
    return cut(rest, entry)
  }
  return cut(bytes, entry)
}

function cut(bytes: Buffer, { goesOn, stream }: JournalEntry): EntryLines {
  const splitter = new LineSplitter()
  const lines = splitter.push(bytes)
  const last = splitter.finish()
  if (last !== null) lines.push(last)
  // Nothing but the whole piece, or more than is kept of a line; else it ends with the beginning of a further line.
  const lastReturn = bytes.lastIndexOf(carriageReturn)
  const isOverlong = lastReturn < 0 || bytes.length - 1 - lastReturn > lineLimit
  return { texts: lines.map(plainText), overlong: goesOn && isOverlong ? stream : null }
}

/** What comes after the first end of a line, or null. */
function afterReturn(bytes: Buffer): Buffer | null {
  let at = bytes.indexOf(carriageReturn)
  if (at < 0) return null
  while (bytes[at] === carriageReturn) at++
  return bytes.subarray(at)
}
