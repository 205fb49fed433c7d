import type { PowerAction, Server } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Outlet } from '@tanstack/react-router'
import { Gamepad2 } from 'lucide-react'
import { useState } from 'react'
import { isProblem } from '../api/problem-error.ts'
import { serverQuery } from '../api/queries.ts'
import { formatClock } from '../format/time.ts'
import { messages } from '../messages/messages.ts'
import { NotFoundPage, ProblemNotice } from '../shell/error-page.tsx'
import { AnchorButton } from '../ui/button.tsx'
import { CopyText } from '../ui/copy-text.tsx'
import { Page, Row, Stack } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Loading } from '../ui/progress.tsx'
import { TabBar, TabLink } from '../ui/tabs.tsx'
import { Link, Text } from '../ui/text.tsx'
import { Elapsed, useClock } from '../ui/time.tsx'
import { PowerButtons, PowerProblem } from './power-buttons.tsx'
import { isUp, playOf, ServerStateBadge } from './server-look.tsx'
import { ServerProgress } from './server-progress.tsx'

const route = getRouteApi('/app/servers/$serverId')

export function ServerPage() {
  const { serverId } = route.useParams()
  const { data: server, error, refetch } = useQuery(serverQuery(serverId))
  if (isProblem(error, 'not-found', 'not-allowed')) return <NotFoundPage />
  if (!server) {
    return (
      <Page title={messages.server.tabs}>
        {error ? (
          <ProblemNotice error={error} onRetry={() => void refetch()} />
        ) : (
          <Loading label={messages.loading} />
        )}
      </Page>
    )
  }
  return <LoadedServer key={server.id} server={server} />
}

function LoadedServer({ server }: { server: Server }) {
  const [problem, setProblem] = useState<{ action: PowerAction; error: Error } | null>(null)
  const params = { serverId: server.id }
  const up = isUp(server)
  return (
    <Page
      title={server.name}
      above={
        <Link to="/" plain>
          ← {messages.server.toServers}
        </Link>
      }
      actions={<PowerButtons server={server} onError={setProblem} />}
    >
      <Stack gap={3}>
        <Row gap={3}>
          <ServerStateBadge server={server} />
          <Text tone="neutral" size="sm">
            {messages.server.lasting} <Elapsed from={server.stateSince} to={null} />
          </Text>
          {up && (server.map !== null || server.state === 'running') && (
            <Text>
              {playOf(server)} <Heard at={server.observedAt} />
            </Text>
          )}
          <CopyText text={server.address} what={messages.servers.copyAddress} />
          {up && (
            <AnchorButton href={server.connectUrl} small icon={Gamepad2}>
              {messages.servers.join}
            </AnchorButton>
          )}
          {server.simulated && (
            <Text tone="neutral" size="sm">
              {messages.simulated.toLowerCase()}
            </Text>
          )}
        </Row>
        <PowerProblem problem={problem} />
        <ServerProgress server={server} />
        {server.stateReason && (
          <Notice
            tone={server.state === 'failed' ? 'broken' : 'attention'}
            title={server.stateReason.message}
          >
            {server.stateReason.remedy}
          </Notice>
        )}
        {server.restartNeeded && up && <Notice tone="attention">{messages.server.restartNeeded}</Notice>}
        {server.restarts > 0 && up && (
          <Notice tone="attention">{messages.server.crashes(server.restarts)}</Notice>
        )}
      </Stack>
      <TabBar label={messages.server.tabs}>
        <TabLink to="/servers/$serverId" params={params} activeOptions={{ exact: true }}>
          {messages.server.overview}
        </TabLink>
        <TabLink to="/servers/$serverId/console" params={params}>
          {messages.server.console}
        </TabLink>
        <TabLink to="/servers/$serverId/layers" params={params}>
          {messages.server.layers}
        </TabLink>
        <TabLink to="/servers/$serverId/files" params={params}>
          {messages.server.files}
        </TabLink>
        <TabLink to="/servers/$serverId/config" params={params}>
          {messages.server.config}
        </TabLink>
        <TabLink to="/servers/$serverId/settings" params={params}>
          {messages.server.settings}
        </TabLink>
      </TabBar>
      <Outlet />
    </Page>
  )
}

/** Older than this isn't shown as if it were so now, milliseconds. */
const fresh = 60_000

/** Says of when the map and the players are, once that is a while ago. */
function Heard({ at }: { at: string | null }) {
  const text = useClock(now =>
    at === null || now - new Date(at).getTime() < fresh ? '' : messages.live.asOf(formatClock(new Date(at))),
  )
  return text === '' ? null : (
    <Text tone="attention" size="sm">
      {text}
    </Text>
  )
}

/** The server of the page that a tab belongs to; the page shows a tab only once it is there. */
export function useServer(): Server {
  const { serverId } = route.useParams()
  const { data } = useQuery(serverQuery(serverId))
  if (!data) throw new Error('A tab was drawn without its server')
  return data
}
