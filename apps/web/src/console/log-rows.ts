import { messages } from '../messages/messages.ts'
import type { LogRow } from '../ui/log-view.tsx'
import type { LogEntry } from './log-buffer.ts'
import { isOwnQuestion, type LogKind, withoutStamp } from './read-log-line.ts'

/** How the kinds look; what most lines are has no mark. */
const marks: Record<LogKind, Pick<LogRow, 'sign' | 'signName' | 'tone' | 'strong'>> = {
  chat: { sign: '“', signName: messages.log.kinds.chat, strong: true },
  players: { sign: '±', signName: messages.log.kinds.players, tone: 'good' },
  game: {},
  commands: { tone: 'neutral' },
  problems: { sign: '!', signName: messages.log.kinds.problems, tone: 'attention' },
  other: { tone: 'neutral' },
}

/**
 * The entries that a filter lets through, as rows. What was typed here always stays: it is the thread of the talk.
 * What left4me itself keeps asking shows only where commands are asked for: it would be most of a quiet server's log.
 */
export function rowsOf(
  entries: readonly LogEntry[],
  filter: { text: string; kind: LogKind | null },
): LogRow[] {
  const wanted = filter.text.toLowerCase()
  const filtered = wanted !== '' || filter.kind !== null
  const rows: LogRow[] = []
  for (const entry of entries) {
    if (entry.type === 'gap') {
      if (!filtered)
        rows.push({
          key: entry.key,
          line: null,
          time: null,
          sign: '…',
          tone: 'attention',
          text: messages.log.gap(entry.missing),
        })
    } else if (entry.type === 'line') {
      if (filter.kind === null ? isOwnQuestion(entry.text) : entry.read.kind !== filter.kind) continue
      const text = withoutStamp(entry.text)
      if (wanted !== '' && !text.toLowerCase().includes(wanted)) continue
      rows.push({
        key: entry.key,
        line: entry.sequence,
        time: entry.time,
        text,
        ...marks[entry.read.kind],
      })
    } else {
      rows.push({ key: entry.key, line: null, time: entry.time, text: entry.text, ...notes[entry.type] })
    }
  }
  return rows
}

const notes = {
  command: { sign: '>', signName: messages.log.command, tone: 'accent', strong: true },
  output: { sign: '<', signName: messages.log.output },
  refusal: { sign: '!', signName: messages.log.refusal, tone: 'broken' },
} as const satisfies Record<string, Pick<LogRow, 'sign' | 'signName' | 'tone' | 'strong'>>
