import type { LogEntry } from '../console/log-buffer.ts'
import type { GameEvent } from '../console/read-log-line.ts'
import { messages } from '../messages/messages.ts'
import { mapName } from './server-look.tsx'

export interface RecentEvent {
  readonly key: string
  readonly time: string
  readonly event: GameEvent
}

/** The newest events of a log, newest first. */
export function recentEvents(entries: readonly LogEntry[], count: number): RecentEvent[] {
  const found: RecentEvent[] = []
  for (let index = entries.length - 1; index >= 0 && found.length < count; index -= 1) {
    const entry = entries[index]
    if (entry?.type === 'line' && entry.read.event)
      found.push({ key: entry.key, time: entry.time, event: entry.read.event })
  }
  return found
}

export function describeEvent(event: GameEvent): string {
  const { events } = messages
  switch (event.type) {
    case 'joined':
      return events.joined(event.name)
    case 'left':
      return events.left(event.name, event.reason)
    case 'said':
      return events.said(event.name, event.text)
    case 'renamed':
      return events.renamed(event.name, event.to)
    case 'map':
      return events.map(mapName(event.map))
    case 'round-started':
      return events.roundStarted
    case 'crashed':
      return events.crashed
    case 'outdated':
      return events.outdated
  }
}
