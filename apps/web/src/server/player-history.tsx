import type { Server } from '@left4me/contract'
import { messages } from '../messages/messages.ts'
import { Sparkline } from '../ui/sparkline.tsx'
import { mostPlayers } from './server-look.tsx'

/** Players over the last hour. */
export function PlayerHistory({ server, tall = false }: { server: Server; tall?: boolean }) {
  const most = mostPlayers(server)
  return (
    <Sparkline
      values={server.playerHistory}
      top={Math.max(server.maxPlayers ?? 4, most ?? 0)}
      label={most === null ? messages.servers.noHistory : messages.servers.history(most)}
      tall={tall}
    />
  )
}
