import type { LogLine } from '@left4me/contract'
import { useSyncExternalStore } from 'react'
import { LogBuffer, type LogEntry } from './log-buffer.ts'

/** Logs of the servers looked at last. They stay while the tab is open, so that going to another page loses nothing. */
const keptServers = 3
const buffers = new Map<number, LogBuffer>()

export function logOf(serverId: number): LogBuffer {
  const buffer = buffers.get(serverId) ?? new LogBuffer()
  // Moved to the end: the first is the one that was used least recently.
  buffers.delete(serverId)
  buffers.set(serverId, buffer)
  for (const oldest of buffers.keys()) {
    if (buffers.size <= keptServers) break
    buffers.delete(oldest)
  }
  return buffer
}

/** Lines come one an event, thousands at a start: they are taken together, so that the page draws once. */
const waiting = new Map<number, LogLine[]>()
let timer: ReturnType<typeof setTimeout> | undefined

export function addLogLines(serverId: number, lines: readonly LogLine[]): void {
  const queue = waiting.get(serverId) ?? []
  queue.push(...lines)
  waiting.set(serverId, queue)
  timer ??= setTimeout(() => {
    timer = undefined
    for (const [id, queued] of waiting) logOf(id).add(queued)
    waiting.clear()
  }, 16)
}

/** Forgets everything: somebody else may log in next. */
export function forgetLogs(): void {
  clearTimeout(timer)
  timer = undefined
  waiting.clear()
  buffers.clear()
}

export function useServerLog(serverId: number): readonly LogEntry[] {
  const buffer = logOf(serverId)
  return useSyncExternalStore(buffer.subscribe, () => buffer.entries)
}
