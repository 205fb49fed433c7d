import type { Player, Server } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { Map as MapIcon } from 'lucide-react'
import { useState } from 'react'
import { blueprintsQuery, playersQuery } from '../api/queries.ts'
import { useServerLog } from '../console/server-logs.ts'
import { formatDuration } from '../format/time.ts'
import { findMap, mapTitle } from '../game/campaigns.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Tag } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Fill, MainAndAside, Panel, Row, Stack } from '../ui/layout.tsx'
import { Line, LineList } from '../ui/list.tsx'
import { Hint } from '../ui/notice.tsx'
import { Poster } from '../ui/poster.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { Anchor, Facts, Text } from '../ui/text.tsx'
import { LocalTime, RelativeTime } from '../ui/time.tsx'
import { ChangeMapDialog } from './change-map-dialog.tsx'
import { PlayerHistory } from './player-history.tsx'
import { describeEvent, recentEvents } from './recent-events.ts'
import { type Removal, RemovePlayer } from './remove-player.tsx'
import { isUp, playersOf } from './server-look.tsx'
import { useServer } from './server-page.tsx'

export function OverviewTab() {
  const server = useServer()
  return (
    <MainAndAside
      main={
        <>
          <Players server={server} />
          <Events serverId={server.id} />
        </>
      }
      aside={
        <>
          <Play server={server} />
          <About server={server} />
        </>
      }
    />
  )
}

const text = messages.overview

function Players({ server }: { server: Server }) {
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
              label={text.kickNamed(player.name)}
              onClick={() => setRemoval({ how: 'kick', player })}
            >
              {text.kick}
            </Button>
            <Button
              small
              kind="quiet"
              label={text.banNamed(player.name)}
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
  if (player.bot) {
    return (
      <Row>
        <Text tone="neutral">{player.name}</Text>
        <Tag>{text.bot}</Tag>
      </Row>
    )
  }
  if (player.steamId === null) return <Text strong>{player.name}</Text>
  return (
    <Text strong>
      <Anchor
        plain
        href={`https://steamcommunity.com/profiles/${player.steamId}`}
        target="_blank"
        rel="noreferrer"
        title={text.profile(player.name)}
      >
        {player.name}
      </Anchor>
    </Text>
  )
}

/** What is played, and how many have played. */
function Play({ server }: { server: Server }) {
  const [changing, setChanging] = useState(false)
  const up = isUp(server)
  const known = server.map === null ? undefined : findMap(server.map)
  return (
    <Panel
      title={text.map}
      actions={
        <Button
          small
          icon={MapIcon}
          disabledReason={server.state === 'running' ? null : text.changeMapNotRunning}
          onClick={() => setChanging(true)}
        >
          {text.changeMap}
        </Button>
      }
    >
      <Row gap={3} wrap={false}>
        <Poster map={up ? server.map : null} seed={server.name} />
        <Stack gap={0}>
          <Text strong>
            {!up
              ? messages.servers.notRunning
              : server.map === null
                ? messages.servers.mapUnknown
                : (known?.campaign.name ?? mapTitle(server.map))}
          </Text>
          {up && server.map !== null && (
            <>
              <Text size="sm" tone="neutral">
                {known ? text.chapter(known.chapter, known.campaign.maps.length) : text.customMap}
              </Text>
              <Text size="sm" tone="neutral" mono>
                {server.map}
              </Text>
            </>
          )}
        </Stack>
      </Row>
      <Stack gap={1}>
        <Text size="sm" tone="neutral">
          {text.lastHour}
        </Text>
        <PlayerHistory server={server} tall />
      </Stack>
      {changing && <ChangeMapDialog server={server} onClose={() => setChanging(false)} />}
    </Panel>
  )
}

function About({ server }: { server: Server }) {
  const { data: blueprints } = useQuery(blueprintsQuery)
  const blueprint = blueprints?.find(({ id }) => id === server.blueprintId)
  return (
    <Panel title={text.facts}>
      <Facts
        items={[
          [text.port, server.port],
          [text.owner, server.ownerName],
          [
            text.blueprint,
            server.blueprintId === null ? messages.none : (blueprint?.name ?? `#${server.blueprintId}`),
          ],
          [text.process, server.pid ?? messages.none],
          [text.restarts, server.restarts],
          [
            text.heard,
            server.observedAt === null ? (
              messages.unknown
            ) : (
              <RelativeTime key="heard" value={server.observedAt} />
            ),
          ],
          [text.created, <LocalTime key="created" value={server.createdAt} />],
        ]}
      />
    </Panel>
  )
}

function Events({ serverId }: { serverId: number }) {
  const events = recentEvents(useServerLog(serverId), 20)
  return (
    <Panel title={text.events} flush>
      {events.length === 0 ? (
        <Hint title={text.noEvents}>{null}</Hint>
      ) : (
        <LineList label={text.events}>
          {events.map(({ key, time, event }) => (
            <Line key={key} time={<RelativeTime value={time} />}>
              {describeEvent(event)}
            </Line>
          ))}
        </LineList>
      )}
    </Panel>
  )
}
