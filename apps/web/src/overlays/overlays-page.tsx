import { type Overlay, type OverlayKind, overlayKinds } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Layers, Plus, SearchX } from 'lucide-react'
import { jobQuery, overlaysQuery } from '../api/queries.ts'
import { formatBytes } from '../format/numbers.ts'
import { JobProgress } from '../jobs/job-page.tsx'
import { messages } from '../messages/messages.ts'
import { useMe } from '../session/session.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Tag } from '../ui/badge.tsx'
import { Button, LinkButton } from '../ui/button.tsx'
import { CompactSelect } from '../ui/choices.tsx'
import { Empty } from '../ui/empty.tsx'
import { NameLink } from '../ui/fleet.tsx'
import { ForeignText } from '../ui/foreign-text.tsx'
import { Page, Panel, Row, Stack } from '../ui/layout.tsx'
import { Popover } from '../ui/popover.tsx'
import { Segments } from '../ui/pressable.tsx'
import { Loading } from '../ui/progress.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { Facts, Link, Text } from '../ui/text.tsx'
import { RelativeTime } from '../ui/time.tsx'
import { filterOverlays, type OverlayFilter } from './filter-overlays.ts'
import { FindingCounts, KindBadge, kindsInOrder, RevisionBadge } from './overlay-look.tsx'
import { ServerLink } from './server-link.tsx'
import { WorkshopRefreshPanel } from './workshop/refresh-panel.tsx'

const route = getRouteApi('/app/overlays')
const text = messages.overlays

const columns: Column<Overlay>[] = [
  { key: 'name', title: text.name, cell: overlay => <Name overlay={overlay} /> },
  { key: 'kind', title: text.kind, wide: true, cell: ({ kind }) => <KindBadge kind={kind} /> },
  { key: 'revision', title: text.revision, cell: overlay => <RevisionBadge overlay={overlay} /> },
  {
    key: 'published',
    title: messages.revisions.built,
    wide: true,
    cell: ({ publishedAt }) =>
      publishedAt === null ? <Text tone="neutral">–</Text> : <RelativeTime value={publishedAt} />,
  },
  {
    key: 'size',
    title: text.size,
    numeric: true,
    cell: ({ revision, bytes }) => (revision === null ? <Text tone="neutral">–</Text> : formatBytes(bytes)),
  },
  {
    key: 'findings',
    title: text.findings,
    wide: true,
    cell: ({ revision, findings }) => revision !== null && <FindingCounts findings={findings} />,
  },
  { key: 'used', title: text.usedBy, wide: true, cell: ({ usedBy }) => <UsedBy usedBy={usedBy} /> },
]

/** What can servers be made of? */
export function OverlaysPage() {
  const filter = route.useSearch()
  const navigate = route.useNavigate()
  const overlays = useQuery(overlaysQuery)
  const change = (next: OverlayFilter) => void navigate({ search: next, replace: true })
  const all = overlays.data
  return (
    <Page
      title={text.title}
      actions={
        all &&
        all.length > 0 && (
          <>
            <SearchField
              main
              label={text.search}
              value={filter.search ?? ''}
              onChange={search => change({ ...without(filter, 'search'), ...(search ? { search } : {}) })}
            />
            <LinkButton to="/overlays/new" kind="primary" icon={Plus}>
              {text.create}
            </LinkButton>
          </>
        )
      }
    >
      <ProblemNotice error={overlays.error} onRetry={() => void overlays.refetch()} />
      {!all && !overlays.error && <Loading label={messages.loading} />}
      {all?.length === 0 && <NoOverlays />}
      {all && all.length > 0 && (
        <>
          <Filters filter={filter} onChange={change} />
          <List overlays={all} filter={filter} onClear={() => change({})} />
          {all.some(({ kind }) => kind === 'workshop') && <WorkshopRefreshPanel />}
        </>
      )}
    </Page>
  )
}

function Filters({ filter, onChange }: { filter: OverlayFilter; onChange: (next: OverlayFilter) => void }) {
  return (
    <Row>
      <Segments
        label={text.whose}
        value={filter.whose ?? 'all'}
        onChange={whose => onChange({ ...without(filter, 'whose'), ...(whose === 'all' ? {} : { whose }) })}
        choices={[
          { value: 'all', label: text.all },
          { value: 'mine', label: text.mine },
          { value: 'shared', label: text.sharedOnes },
        ]}
      />
      <CompactSelect
        label={text.kind}
        value={filter.kind ?? ''}
        onChange={value => {
          const kind = overlayKinds.find(known => known === value)
          onChange({ ...without(filter, 'kind'), ...(kind ? { kind } : {}) })
        }}
        choices={[
          { value: '', label: text.allKinds },
          ...kindsInOrder.map(kind => ({ value: kind, label: text.kinds[kind] })),
        ]}
      />
    </Row>
  )
}

function without(filter: OverlayFilter, key: keyof OverlayFilter): OverlayFilter {
  const { [key]: _, ...rest } = filter
  return rest
}

function List({
  overlays,
  filter,
  onClear,
}: {
  overlays: readonly Overlay[]
  filter: OverlayFilter
  onClear: () => void
}) {
  const me = useMe()
  const shown = filterOverlays(overlays, filter, me.id)
  if (shown.length === 0) {
    return (
      <Empty icon={SearchX} title={text.noMatch} actions={<Button onClick={onClear}>{text.showAll}</Button>}>
        {null}
      </Empty>
    )
  }
  return (
    <Panel flush>
      <Table label={text.title} columns={columns} items={shown} keyOf={({ id }) => id} stepping />
    </Panel>
  )
}

function Name({ overlay }: { overlay: Overlay }) {
  const me = useMe()
  const { id, name, kind, ownerId, ownerName, shared, jobId } = overlay
  return (
    <Stack gap={1}>
      <Row>
        <NameLink to="/overlays/$overlayId" params={{ overlayId: id }}>
          {name}
        </NameLink>
        {shared && <Tag>{text.shared}</Tag>}
        {ownerId !== me.id && (
          <Text size="sm" tone="neutral">
            {ownerName === null ? text.ownerGone : text.owner(ownerName)}
          </Text>
        )}
      </Row>
      {jobId !== null && <Building jobId={jobId} />}
      {jobId === null && overlay.findings.errors > 0 && (
        <Text size="sm" tone="broken">
          {messages.revisions.counts(overlay.findings.errors, 'error')}
        </Text>
      )}
      <KindLine kind={kind} />
    </Stack>
  )
}

/** Where the column of kinds has no room. */
function KindLine({ kind }: { kind: OverlayKind }) {
  return (
    <Text size="sm" tone="neutral" phone>
      {text.kinds[kind]}
    </Text>
  )
}

function Building({ jobId }: { jobId: number }) {
  const { data: job } = useQuery(jobQuery(jobId))
  if (!job) return null
  return job.state === 'queued' ? (
    <Text size="sm" tone="neutral">
      {text.waiting}
    </Text>
  ) : (
    <JobProgress job={job} />
  )
}

function UsedBy({ usedBy: { servers, blueprints } }: { usedBy: Overlay['usedBy'] }) {
  const parts = [
    ...(servers.length > 0 ? [text.servers(servers.length)] : []),
    ...(blueprints.length > 0 ? [text.blueprints(blueprints.length)] : []),
  ]
  if (parts.length === 0) return <Text tone="neutral">{text.nobody}</Text>
  return (
    <Popover label={`${text.usedBy}: ${parts.join(', ')}`} trigger={parts.join(', ')}>
      <Stack gap={1}>
        {servers.map(({ id, name }) => (
          <ServerLink key={id} id={id}>
            <ForeignText>{name}</ForeignText>
          </ServerLink>
        ))}
        {blueprints.map(({ id, name }) => (
          <Text key={id}>
            <ForeignText>{name}</ForeignText>
          </Text>
        ))}
      </Stack>
    </Popover>
  )
}

function NoOverlays() {
  return (
    <Empty
      icon={Layers}
      title={text.emptyTitle}
      actions={
        <LinkButton to="/overlays/new" kind="primary" icon={Plus}>
          {text.create}
        </LinkButton>
      }
    >
      <p>{text.empty}</p>
      <Facts
        items={kindsInOrder.map(kind => [
          <Link key={kind} to="/overlays/new" search={{ kind }}>
            {text.kinds[kind]}
          </Link>,
          <Text key={kind} tone="neutral">
            {text.kindAbout[kind]}
          </Text>,
        ])}
        left
      />
    </Empty>
  )
}
