import type { Server } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { Map as MapIcon } from 'lucide-react'
import { useState } from 'react'
import { blueprintsQuery } from '../api/queries.ts'
import { useServerLog } from '../console/server-logs.ts'
import { findMap, mapTitle } from '../game/campaigns.ts'
import { messages } from '../messages/messages.ts'
import { Button } from '../ui/button.tsx'
import { ForeignText } from '../ui/foreign-text.tsx'
import { MainAndAside, Panel, Row, Stack } from '../ui/layout.tsx'
import { Line, LineList } from '../ui/list.tsx'
import { Hint } from '../ui/notice.tsx'
import { Poster } from '../ui/poster.tsx'
import { Facts, Text } from '../ui/text.tsx'
import { LocalTime, RelativeTime } from '../ui/time.tsx'
import { ChangeMapDialog } from './change-map-dialog.tsx'
import { PlayerHistory } from './player-history.tsx'
import { PlayersPanel } from './players-panel.tsx'
import { describeEvent, recentEvents } from './recent-events.ts'
import { isUp } from './server-look.tsx'
import { useServer } from './server-page.tsx'
import { UsagePanel } from './usage-panel.tsx'

export function OverviewTab() {
  const server = useServer()
  return (
    <MainAndAside
      main={
        <>
          <PlayersPanel server={server} />
          <Events serverId={server.id} />
        </>
      }
      aside={
        <>
          <Play server={server} />
          {server.pid !== null && <UsagePanel server={server} />}
          <About server={server} />
        </>
      }
    />
  )
}

const text = messages.overview

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
              <ForeignText>{describeEvent(event)}</ForeignText>
            </Line>
          ))}
        </LineList>
      )}
    </Panel>
  )
}
