import type { LogLine } from '@left4me/contract'
import { type ReadLine, readLogLine } from './read-log-line.ts'

/** A line of the server, or what was typed here and what it answered. */
export type LogEntry =
  | { type: 'line'; key: string; sequence: number; time: string; text: string; read: ReadLine }
  | { type: 'command' | 'output' | 'refusal'; key: string; sequence: number; time: string; text: string }
  | { type: 'gap'; key: string; sequence: number; missing: number }

/** Entries that are kept of one log. */
const keptLines = 20_000

/**
 * The newest lines of one server's log, in the order of their sequence, each once: the stream repeats lines when it
 * begins anew, and asking for earlier lines overlaps. What was typed here stands after the line that was the last then.
 * Keeps `capacity` entries; the oldest go first.
 */
export class LogBuffer {
  #entries: LogEntry[] = []
  #listeners = new Set<() => void>()
  #notes = 0
  readonly #capacity: number

  constructor(capacity = keptLines) {
    this.#capacity = capacity
  }

  /** A new array after each change, the same one otherwise. */
  get entries(): readonly LogEntry[] {
    return this.#entries
  }

  /** Sequence of the newest line; 0 when there is none. */
  get last(): number {
    return this.#entries.at(-1)?.sequence ?? 0
  }

  /** Takes lines in any order. Lines that are there already change nothing. */
  add(lines: readonly LogLine[]): void {
    if (lines.length === 0) return
    const sorted = isAscending(lines) ? lines : lines.toSorted((a, b) => a.sequence - b.sequence)
    const restarted = sorted.some(line => {
      const there = this.#find(line.sequence)
      return there !== undefined && there.time !== line.time
    })
    // The same number for another line: the log was begun anew (the server was reset), what is here is of the old one.
    const before = restarted ? [] : this.#entries
    const next = merge(before, sorted)
    if (next === before) return
    this.#set(next)
  }

  /** Notes what was typed, or what came back, after the newest line. */
  note(type: 'command' | 'output' | 'refusal', text: string, time: Date): void {
    this.#notes += 1
    const note: LogEntry = {
      type,
      key: `n${this.#notes}`,
      sequence: this.last,
      time: time.toISOString(),
      text,
    }
    this.#set([...this.#entries, note])
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  #set(entries: LogEntry[]): void {
    this.#entries = entries.length > this.#capacity ? entries.slice(-this.#capacity) : entries
    for (const listener of this.#listeners) listener()
  }

  /** The line with this number, by bisection. */
  #find(sequence: number): Extract<LogEntry, { type: 'line' }> | undefined {
    const entries = this.#entries
    let low = 0
    let high = entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((entries[middle]?.sequence ?? 0) < sequence) low = middle + 1
      else high = middle
    }
    const entry = entries[low]
    return entry?.type === 'line' && entry.sequence === sequence ? entry : undefined
  }
}

function isAscending(lines: readonly LogLine[]): boolean {
  return lines.every((line, index) => index === 0 || line.sequence > (lines[index - 1]?.sequence ?? 0))
}

function isGapless(lines: readonly LogLine[]): boolean {
  return lines.every((line, index) => index === 0 || line.sequence === (lines[index - 1]?.sequence ?? 0) + 1)
}

function entryOf({ sequence, time, text }: LogLine): LogEntry {
  return { type: 'line', key: `l${sequence}`, sequence, time, text, read: readLogLine(text) }
}

/** Returns `entries` itself when `lines` bring nothing new. A line stands before the notes and the gap at its number. */
function merge(entries: LogEntry[], lines: readonly LogLine[]): LogEntry[] {
  // The usual case by far, and it must not cost more the longer the log is: lines that follow the newest.
  if (lines[0]?.sequence === (entries.at(-1)?.sequence ?? 0) + 1 && isGapless(lines)) {
    return [...entries, ...lines.map(entryOf)]
  }
  const known = new Set<number>()
  for (const entry of entries) if (entry.type === 'line') known.add(entry.sequence)
  const fresh = lines.filter(
    (line, index) => !known.has(line.sequence) && line.sequence !== lines[index - 1]?.sequence,
  )
  if (fresh.length === 0) return entries
  const merged: LogEntry[] = []
  let at = 0
  for (const line of fresh) {
    for (let entry = entries[at]; entry && entry.sequence < line.sequence; entry = entries[at]) {
      merged.push(entry)
      at += 1
    }
    merged.push(entryOf(line))
  }
  return withGaps([...merged, ...entries.slice(at)])
}

/** Marks where numbers are missing between two lines, so that a log never looks whole when it isn't. */
function withGaps(entries: readonly LogEntry[]): LogEntry[] {
  const marked: LogEntry[] = []
  let last: number | null = null
  for (const entry of entries) {
    if (entry.type === 'gap') continue
    if (entry.type === 'line') {
      if (last !== null && entry.sequence > last + 1) {
        marked.push({ type: 'gap', key: `g${last}`, sequence: last, missing: entry.sequence - last - 1 })
      }
      last = entry.sequence
    }
    marked.push(entry)
  }
  return marked
}
