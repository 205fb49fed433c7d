import type { PowerAction, Server } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { Gamepad2 } from 'lucide-react'
import { memo, useState } from 'react'
import { playersQuery } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { PlayerHistory } from '../server/player-history.tsx'
import { PowerButtons, PowerProblem } from '../server/power-buttons.tsx'
import { isUp, playersOf, playOf, ServerStateBadge } from '../server/server-look.tsx'
import { ServerProgress } from '../server/server-progress.tsx'
import { useMe } from '../session/session.ts'
import { AnchorButton } from '../ui/button.tsx'
import { CopyText } from '../ui/copy-text.tsx'
import { FleetItem, NameLink } from '../ui/fleet.tsx'
import { ForeignText } from '../ui/foreign-text.tsx'
import { Stack } from '../ui/layout.tsx'
import { Popover } from '../ui/popover.tsx'
import { Poster } from '../ui/poster.tsx'
import { Text } from '../ui/text.tsx'

/** One server of the list. Draws anew only when that server changed. */
export const ServerItem = memo(function ServerItem({ server }: { server: Server }) {
  const me = useMe()
  const [problem, setProblem] = useState<{ action: PowerAction; error: Error } | null>(null)
  const up = isUp(server)
  return (
    <FleetItem
      picture={<Poster map={up ? server.map : null} seed={server.name} />}
      name={
        <NameLink to="/servers/$serverId" params={{ serverId: server.id }}>
          {server.name}
        </NameLink>
      }
      owner={server.ownerId === me.id ? null : messages.servers.owner(server.ownerName)}
      state={<ServerStateBadge server={server} />}
      play={<PlayLine server={server} />}
      playDetail={playDetail(server)}
      players={<Players server={server} />}
      history={<PlayerHistory server={server} />}
      address={<CopyText text={server.address} what={messages.servers.copyAddress} />}
      join={
        up && (
          <AnchorButton
            href={server.connectUrl}
            small
            icon={Gamepad2}
            aria-label={messages.servers.joinLabel(server.name)}
          >
            {messages.servers.join}
          </AnchorButton>
        )
      }
      actions={<PowerButtons server={server} inList onError={setProblem} />}
      foot={problem !== null || hasFoot(server) ? <Foot server={server} problem={problem} /> : null}
    />
  )
})

/** What is played. */
function PlayLine({ server }: { server: Server }) {
  const up = isUp(server)
  return (
    <Text tone={up ? 'ink' : 'neutral'} cut {...(server.map && up ? { title: server.map } : {})}>
      {playOf(server)}
    </Text>
  )
}

/** That it is no real game, and the map's own name. */
function playDetail(server: Server): string | null {
  if (!isUp(server)) return null
  return [server.simulated && messages.simulated.toLowerCase(), server.map].filter(Boolean).join(' · ')
}

/** What needs attention, and what is going on; nothing most of the time. */
function Foot({
  server,
  problem,
}: {
  server: Server
  problem: { action: PowerAction; error: Error } | null
}) {
  return (
    <Stack gap={2}>
      <PowerProblem problem={problem} />
      <ServerProgress server={server} />
      {server.stateReason && (
        <Text size="sm" tone={server.state === 'failed' ? 'broken' : 'attention'}>
          {[server.stateReason.message, server.stateReason.remedy].filter(Boolean).join(' ')}
        </Text>
      )}
      {server.restartNeeded && (
        <Text size="sm" tone="attention">
          {messages.servers.restartNeeded}
        </Text>
      )}
    </Stack>
  )
}

function hasFoot({ jobId, stateReason, restartNeeded }: Server): boolean {
  return jobId !== null || stateReason !== null || restartNeeded
}

/** The count; names on hover, focus and press. */
function Players({ server }: { server: Server }) {
  const { now, max } = playersOf(server)
  const text = messages.servers.playersOf(now, max)
  if (!isUp(server) || server.players === 0) return <Text tone="neutral">{text}</Text>
  return (
    <Popover
      trigger={<Text strong>{text}</Text>}
      label={messages.servers.playersLabel(now, max, server.name)}
    >
      <PlayerNames serverId={server.id} />
    </Popover>
  )
}

/** Asked for when somebody looks: the list's event stream brings counts only. */
function PlayerNames({ serverId }: { serverId: number }) {
  const { data, error } = useQuery({ ...playersQuery(serverId), staleTime: 5000 })
  const people = data?.filter(player => !player.bot)
  if (error) return <Text tone="broken">{error.message}</Text>
  if (!people) return <Text tone="neutral">{messages.loading}</Text>
  if (people.length === 0) return <Text tone="neutral">{messages.servers.nobody}</Text>
  return (
    <Stack gap={1}>
      {people.map(player => (
        <Text key={player.userId} cut>
          <ForeignText>{player.name}</ForeignText>
        </Text>
      ))}
    </Stack>
  )
}
