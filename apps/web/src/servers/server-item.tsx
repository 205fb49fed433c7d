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
import { Tag } from '../ui/badge.tsx'
import { AnchorButton } from '../ui/button.tsx'
import { CopyText } from '../ui/copy-text.tsx'
import { FleetItem, NameLink } from '../ui/fleet.tsx'
import { Stack } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
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
      labels={
        <>
          {server.simulated && <Tag title={messages.simulatedHint}>{messages.simulated}</Tag>}
          {server.ownerId !== me.id && <Tag>{messages.servers.owner(server.ownerName)}</Tag>}
        </>
      }
      state={<ServerStateBadge server={server} />}
      play={
        <Text tone={up ? 'ink' : 'neutral'} cut {...(server.map && up ? { title: server.map } : {})}>
          {playOf(server)}
        </Text>
      }
      players={<Players server={server} />}
      history={<PlayerHistory server={server} />}
      address={
        <>
          <CopyText text={server.address} what={messages.servers.copyAddress} />
          {up && (
            <AnchorButton
              href={server.connectUrl}
              small
              icon={Gamepad2}
              aria-label={messages.servers.joinLabel(server.name)}
            >
              {messages.servers.join}
            </AnchorButton>
          )}
        </>
      }
      actions={<PowerButtons server={server} inList onError={setProblem} />}
      foot={<Foot server={server} problem={problem} />}
    />
  )
})

/** What needs attention, and what is going on; nothing most of the time. */
function Foot({
  server,
  problem,
}: {
  server: Server
  problem: { action: PowerAction; error: Error } | null
}) {
  const remedy = server.state === 'failed' ? server.stateReason?.remedy : null
  if (!problem && server.jobId === null && !remedy && !server.restartNeeded) return null
  return (
    <Stack gap={2}>
      <PowerProblem problem={problem} />
      <ServerProgress server={server} />
      {remedy && (
        <Notice tone="broken" title={server.stateReason?.message}>
          {remedy}
        </Notice>
      )}
      {server.restartNeeded && (
        <Text size="sm" tone="attention">
          {messages.servers.restartNeeded}
        </Text>
      )}
    </Stack>
  )
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
          {player.name}
        </Text>
      ))}
    </Stack>
  )
}
