import type { Server, ServerState } from '@left4me/contract'
import { CircleDot, CircleSlash, CircleX, Download, LoaderCircle, type LucideIcon } from 'lucide-react'
import { findMap, mapTitle } from '../game/campaigns.ts'
import { messages } from '../messages/messages.ts'
import { Badge } from '../ui/badge.tsx'
import type { Tone } from '../ui/tone.ts'

const looks: Record<ServerState, { tone: Tone; icon: LucideIcon; moving?: true }> = {
  stopped: { tone: 'neutral', icon: CircleSlash },
  starting: { tone: 'accent', icon: LoaderCircle, moving: true },
  running: { tone: 'good', icon: CircleDot },
  stopping: { tone: 'accent', icon: LoaderCircle, moving: true },
  failed: { tone: 'broken', icon: CircleX },
  installing: { tone: 'attention', icon: Download },
}

export function ServerStateBadge({ server }: { server: Server }) {
  const { tone, icon, moving } = looks[server.state]
  return (
    <Badge
      tone={tone}
      icon={icon}
      moving={moving ?? false}
      {...(server.stateReason ? { title: server.stateReason.message } : {})}
    >
      {messages.serverStates[server.state]}
    </Badge>
  )
}

/** Whether there is a game that can say what is played. */
export function isUp({ state }: Pick<Server, 'state'>): boolean {
  return state === 'running' || state === 'stopping'
}

/** A map in words: campaign and chapter of an official one, else its own name. */
export function mapName(map: string): string {
  const known = findMap(map)
  return known
    ? messages.servers.chapter(known.campaign.name, known.chapter, known.campaign.maps.length)
    : mapTitle(map)
}

/** What a server plays, or why nothing is known of it. */
export function playOf(server: Server): string {
  if (!isUp(server)) return messages.servers.notRunning
  return server.map === null ? messages.servers.mapUnknown : mapName(server.map)
}

/** Players as far as they are known: a number that nobody has heard yet is not 0. */
export function playersOf(server: Server): { now: number | string; max: number | string } {
  const heard = isUp(server) && server.observedAt !== null
  return { now: heard ? server.players : isUp(server) ? '?' : 0, max: server.maxPlayers ?? '?' }
}

/** The highest count of the last hour; null when none is known. */
export function mostPlayers({ playerHistory }: Pick<Server, 'playerHistory'>): number | null {
  const known = playerHistory.filter(count => count !== null)
  return known.length === 0 ? null : Math.max(...known)
}
