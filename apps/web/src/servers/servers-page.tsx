import type { Server } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Plus, SearchX, ServerOff } from 'lucide-react'
import { useDeferredValue } from 'react'
import { hostQuery, installationQuery, serversQuery } from '../api/queries.ts'
import { formatBytes } from '../format/numbers.ts'
import { useLive } from '../live/live-connection.tsx'
import { messages } from '../messages/messages.ts'
import { isUp } from '../server/server-look.tsx'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button, LinkButton } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { Fleet } from '../ui/fleet.tsx'
import { Page } from '../ui/layout.tsx'
import { Strip } from '../ui/list.tsx'
import { Notice } from '../ui/notice.tsx'
import { Loading } from '../ui/progress.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { Link } from '../ui/text.tsx'
import { filterServers } from './filter-servers.ts'
import { ServerItem } from './server-item.tsx'

const route = getRouteApi('/app/')

export function ServersPage() {
  const { search = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const servers = useQuery(serversQuery)
  const setSearch = (text: string) => void navigate({ search: text ? { search: text } : {}, replace: true })
  const all = servers.data
  return (
    <Page
      title={messages.servers.title}
      actions={
        all &&
        all.length > 0 && (
          <>
            <SearchField main label={messages.servers.search} value={search} onChange={setSearch} />
            <LinkButton to="/servers/new" kind="primary" icon={Plus}>
              {messages.servers.create}
            </LinkButton>
          </>
        )
      }
    >
      <ProblemNotice error={servers.error} onRetry={() => void servers.refetch()} />
      {!all && !servers.error && <Loading label={messages.loading} />}
      {all && <Glance servers={all} />}
      {all?.length === 0 && <NoServers />}
      {all && all.length > 0 && (
        <List servers={filterServers(all, search)} search={search} onClear={() => setSearch('')} />
      )}
    </Page>
  )
}

function List({
  servers,
  search,
  onClear,
}: {
  servers: readonly Server[]
  search: string
  onClear: () => void
}) {
  const { state } = useLive()
  // The first screenful at once, the rest when there is time: nobody waits for what is below the edge.
  const shown = useDeferredValue(servers, servers.slice(0, 24))
  if (servers.length === 0) {
    return (
      <Empty
        icon={SearchX}
        title={messages.servers.noMatch(search)}
        actions={<Button onClick={onClear}>{messages.servers.clearSearch}</Button>}
      >
        {null}
      </Empty>
    )
  }
  return (
    <Fleet label={messages.servers.title} stale={state === 'broken'}>
      {shown.map(server => (
        <ServerItem key={server.id} server={server} />
      ))}
    </Fleet>
  )
}

/** Is the machine well, and does anything need me? */
function Glance({ servers }: { servers: readonly Server[] }) {
  const { data: host } = useQuery(hostQuery)
  const running = servers.filter(isUp)
  const players = running.reduce((sum, server) => sum + server.players, 0)
  const { load, loadValue, memory, disk, freeOf, ofAll } = messages.servers
  const part = ({ available, total }: { available: number; total: number }) => ({
    value: freeOf(formatBytes(available), formatBytes(total)),
    bad: available < total * 0.1,
    wide: true,
  })
  return (
    <>
      <Strip
        items={[
          { name: messages.servers.running, value: ofAll(running.length, servers.length) },
          { name: messages.servers.players, value: players },
          ...(host
            ? [
                {
                  name: messages.navigation.host,
                  value: (
                    <Link to="/host" plain>
                      {host.hostname}
                    </Link>
                  ),
                },
                {
                  name: load,
                  value: loadValue((host.loadAverage[0] ?? 0).toFixed(1), host.cores),
                  bad: (host.loadAverage[0] ?? 0) > host.cores,
                  wide: true,
                },
                { name: memory, ...part(host.memory) },
                { name: disk, ...part(host.disk) },
              ]
            : []),
        ]}
      />
      {host?.checks
        .filter(check => !check.ok)
        .map(check => (
          <Notice key={check.name} tone="attention" title={check.message}>
            {check.remedy}
          </Notice>
        ))}
    </>
  )
}

function NoServers() {
  const { data: installation } = useQuery(installationQuery)
  const missing = installation && installation.state !== 'ready'
  return (
    <Empty
      icon={ServerOff}
      title={messages.servers.emptyTitle}
      actions={
        <>
          {missing && (
            <LinkButton to="/installation" kind="primary">
              {messages.servers.install}
            </LinkButton>
          )}
          <LinkButton to="/servers/new" kind={missing ? 'plain' : 'primary'} icon={Plus}>
            {messages.servers.create}
          </LinkButton>
        </>
      }
    >
      <p>{messages.servers.empty}</p>
      {missing && <p>{messages.servers.emptyNotInstalled}</p>}
    </Empty>
  )
}
