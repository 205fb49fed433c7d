import { parseJournalCursor, parseJournalLines } from '../arguments/journal-position.ts'
import { type InstanceName, parseInstanceName } from '../arguments/names.ts'
import { journalNamespace, unitNames } from '../host-paths.ts'

export interface JournalRequest {
  readonly name: InstanceName
  readonly lines: number
  readonly afterCursor: string | null
  readonly follow: boolean
}

/** `NAME --lines N [--after-cursor C] --follow|--no-follow`, in this order; null for anything else. */
export function parseJournalRequest(words: readonly string[]): JournalRequest | null {
  const [nameText = '', linesFlag, linesText = '', ...more] = words
  const cursorText = more.length === 3 && more[0] === '--after-cursor' ? (more[1] ?? '') : null
  const [end, ...rest] = cursorText === null ? more : more.slice(2)
  const name = parseInstanceName(nameText)
  const lines = parseJournalLines(linesText)
  const afterCursor = cursorText === null ? null : parseJournalCursor(cursorText)
  if (name === null || linesFlag !== '--lines' || lines === null || rest.length > 0) return null
  if (cursorText !== null && afterCursor === null) return null
  if (end !== '--follow' && end !== '--no-follow') return null
  return { name, lines, afterCursor, follow: end === '--follow' }
}

/** Of each entry: what is printed, in which run of the program, and where journald cut a line. */
const fields = ['MESSAGE', '_STREAM_ID', '_LINE_BREAK']

/** What journald says where a unit's limit has cut its lines: sd-messages.h, SD_MESSAGE_JOURNAL_DROPPED. */
const suppressed = 'MESSAGE_ID=a596d6fe7bfa4994828e72309e95d61e'

/**
 * journalctl(1). What the unit itself printed, and where journald cut it: `--unit` would also match systemd's words about
 * it. `--all`: without it the text of a line of more than 4096 bytes is left out of JSON.
 */
export function journalctlArguments({ name, lines, afterCursor, follow }: JournalRequest): string[] {
  const unit = `${unitNames.server}@${name}.service`
  return [
    `--namespace=${journalNamespace}`,
    '--output=json',
    `--output-fields=${fields.join(',')}`,
    '--all',
    '--quiet',
    `--lines=${lines}`,
    ...(afterCursor === null ? [] : [`--after-cursor=${afterCursor}`]),
    // By itself `--follow` leaves out what was printed before the machine was started, but not with `--merge`.
    ...(follow ? ['--follow', '--merge'] : ['--no-pager']),
    `_SYSTEMD_UNIT=${unit}`,
    '_TRANSPORT=stdout',
    '+',
    `OBJECT_SYSTEMD_UNIT=${unit}`,
    '_TRANSPORT=driver',
    suppressed,
  ]
}
