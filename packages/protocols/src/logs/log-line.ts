import type { LogEvent, LogLine, LogTime } from './log-event.ts'
import { opensFreeText, readPlayerEvent } from './player-event.ts'
import { readServerEvent } from './server-event.ts'

/** Characters of `L 12/26/2011 - 02:14:29: `. */
const stampLength = 25

/**
 * Reads one line of a log file, console echo or log datagram. Under load the server runs lines together, so that one may
 * hold several events: in order. Nothing comes back for what doesn't begin as a log line. Linear in the length, never throws.
 *
 * A line is cut only behind events that hold no text of a person. Behind chat, names, reasons and commands, what looks
 * like another line may be that person's text, and stays part of it.
 */
export function readLogLine(line: string): LogLine[] {
  const lines: LogLine[] = []
  let rest = withoutLineEnd(line)
  for (;;) {
    const time = readStamp(rest, 0)
    if (time === null) return lines
    const next = nextStamp(rest)
    const head = next < 0 ? null : readText(time, rest.slice(stampLength, next))
    if (head === null || !holdsNoFreeText(head) || opensFreeText(head.text)) {
      lines.push(readText(time, rest.slice(stampLength)))
      return lines
    }
    lines.push(head)
    rest = rest.slice(next)
  }
}

/** A regular expression for this would look again from each of many line ends. */
export function withoutLineEnd(line: string): string {
  let end = line.length
  while (end > 0 && (line.charCodeAt(end - 1) === 0x0a || line.charCodeAt(end - 1) === 0x0d)) end -= 1
  return end === line.length ? line : line.slice(0, end)
}

function readText(time: LogTime, text: string): LogLine {
  const player = text.startsWith('"') ? readPlayerEvent(text) : null
  if (player !== null) return { time, text, ...player }
  const event: LogEvent = readServerEvent(text) ?? { kind: 'other' }
  return { time, text, event, ambiguous: false }
}

function holdsNoFreeText({ event, ambiguous }: LogLine): boolean {
  switch (event.kind) {
    case 'chat':
    case 'renamed':
    case 'disconnected':
    case 'rcon':
    case 'cvar':
    case 'other':
      return false
    default:
      return !ambiguous
  }
}

/** Where the next line seems to begin; −1 when none does. Only the first is looked at, which keeps this linear. */
function nextStamp(line: string): number {
  for (let at = line.indexOf('L ', stampLength); at >= 0; at = line.indexOf('L ', at + 2)) {
    if (readStamp(line, at) !== null) return at
  }
  return -1
}

/** `L MM/DD/YYYY - HH:MM:SS: ` */
function readStamp(line: string, at: number): LogTime | null {
  if (line.length < at + stampLength || line.charCodeAt(at) !== 0x4c || line.charCodeAt(at + 1) !== 0x20)
    return null
  if (!separatorsFit(line, at)) return null
  const month = digits(line, at + 2, 2)
  const day = digits(line, at + 5, 2)
  const year = digits(line, at + 8, 4)
  const hour = digits(line, at + 15, 2)
  const minute = digits(line, at + 18, 2)
  const second = digits(line, at + 21, 2)
  if (Math.min(month, day, year, hour, minute, second) < 0) return null
  return { year, month, day, hour, minute, second }
}

const separators: readonly (readonly [number, number])[] = [
  [4, 0x2f],
  [7, 0x2f],
  [12, 0x20],
  [13, 0x2d],
  [14, 0x20],
  [17, 0x3a],
  [20, 0x3a],
  [23, 0x3a],
  [24, 0x20],
]

function separatorsFit(line: string, at: number): boolean {
  for (const [offset, code] of separators) if (line.charCodeAt(at + offset) !== code) return false
  return true
}

/** −1 when they aren't digits. */
function digits(line: string, at: number, count: number): number {
  let value = 0
  for (let index = at; index < at + count; index += 1) {
    const digit = line.charCodeAt(index) - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}
