import type { Player, Server } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { Ban, UserX } from 'lucide-react'
import { useState } from 'react'
import { playersQuery } from '../api/queries.ts'
import { formatDuration } from '../format/time.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Tag } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { ForeignText, harmless } from '../ui/foreign-text.tsx'
import { Fill, Panel, Row } from '../ui/layout.tsx'
import { Hint } from '../ui/notice.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { Anchor, Text } from '../ui/text.tsx'
import { type Removal, RemovePlayer } from './remove-player.tsx'
import { isUp, playersOf } from './server-look.tsx'

const text = messages.overview

/** Who is playing, with kick and ban. */
export function PlayersPanel({ server }: { server: Server }) {
  const up = isUp(server)
  const players = useQuery({ ...playersQuery(server.id), enabled: up })
  const [removal, setRemoval] = useState<Removal | null>(null)
  const { now, max } = playersOf(server)
  const shown = up ? (players.data ?? []) : []
  const columns: Column<Player>[] = [
    { key: 'name', title: text.name, cell: player => <PlayerName player={player} /> },
    {
      key: 'time',
      title: text.time,
      numeric: true,
      wide: true,
      cell: ({ connectedSeconds }) => (connectedSeconds === null ? '–' : formatDuration(connectedSeconds)),
    },
    {
      key: 'ping',
      title: text.ping,
      numeric: true,
      cell: ({ ping }) => (ping === null ? '–' : messages.units.milliseconds(ping)),
    },
    {
      key: 'loss',
      title: text.loss,
      numeric: true,
      wide: true,
      cell: ({ loss }) => (loss === null ? '–' : messages.units.percent(loss)),
    },
    { key: 'state', title: text.state, wide: true, cell: ({ state }) => <Text tone="neutral">{state}</Text> },
    {
      key: 'actions',
      title: text.actions,
      untitled: true,
      cell: player =>
        player.bot ? null : (
          <Row gap={1} wrap={false}>
            <Fill>{null}</Fill>
            <Button
              small
              kind="quiet"
              icon={UserX}
              iconOnly
              label={text.kickNamed(harmless(player.name))}
              onClick={() => setRemoval({ how: 'kick', player })}
            >
              {text.kick}
            </Button>
            <Button
              small
              kind="quiet"
              icon={Ban}
              iconOnly
              label={text.banNamed(harmless(player.name))}
              onClick={() => setRemoval({ how: 'ban', player })}
            >
              {text.ban}
            </Button>
          </Row>
        ),
    },
  ]
  return (
    <Panel title={text.playersNow(now, max)} flush>
      <ProblemNotice error={up ? players.error : null} onRetry={() => void players.refetch()} />
      {shown.length > 0 ? (
        <Table label={text.players} columns={columns} items={shown} keyOf={player => player.userId} />
      ) : (
        <Hint title={up ? text.noPlayers : text.stoppedPlayers}>{up ? text.noPlayersDetail : null}</Hint>
      )}
      <RemovePlayer serverId={server.id} removal={removal} onClose={() => setRemoval(null)} />
    </Panel>
  )
}

function PlayerName({ player }: { player: Player }) {
  const name = <ForeignText>{player.name}</ForeignText>
  if (player.bot) {
    return (
      <Row>
        <Text tone="neutral">{name}</Text>
        <Tag>{text.bot}</Tag>
      </Row>
    )
  }
  if (player.steamId === null) return <Text strong>{name}</Text>
  return (
    <Text strong>
      <Anchor
        plain
        href={`https://steamcommunity.com/profiles/${player.steamId}`}
        target="_blank"
        rel="noreferrer"
        title={text.profile(harmless(player.name))}
      >
        {name}
      </Anchor>
    </Text>
  )
}
