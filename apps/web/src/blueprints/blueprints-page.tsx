import type { Blueprint } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { FileUp, Plus, SearchX } from 'lucide-react'
import { blueprintsQuery } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Tag } from '../ui/badge.tsx'
import { Button, LinkButton } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { NameLink } from '../ui/fleet.tsx'
import { Page, Panel, Row, Stack } from '../ui/layout.tsx'
import { Loading } from '../ui/progress.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { Text } from '../ui/text.tsx'
import { RelativeTime } from '../ui/time.tsx'

const route = getRouteApi('/app/blueprints')
const text = messages.blueprints

/** What can servers be made from? */
export function BlueprintsPage() {
  const { search = '' } = route.useSearch()
  const navigate = route.useNavigate()
  const blueprints = useQuery(blueprintsQuery)
  const setSearch = (typed: string) =>
    void navigate({ search: typed ? { search: typed } : {}, replace: true })
  const all = blueprints.data
  const standard = all?.find(({ ownerId }) => ownerId === null)?.id
  const wanted = search.trim().toLowerCase()
  const shown = all?.filter(({ name, description }) =>
    `${name}\n${description}`.toLowerCase().includes(wanted),
  )
  const columns: Column<Blueprint>[] = [
    {
      key: 'name',
      title: text.name,
      cell: blueprint => <Name blueprint={blueprint} standard={blueprint.id === standard} />,
    },
    { key: 'layers', title: text.layers, numeric: true, cell: ({ overlayIds }) => overlayIds.length },
    {
      key: 'config',
      title: text.lines,
      numeric: true,
      wide: true,
      cell: ({ config }) => text.linesOf(config.length),
    },
    { key: 'servers', title: text.servers, numeric: true, cell: ({ serverCount }) => serverCount },
    {
      key: 'changed',
      title: text.changed,
      wide: true,
      cell: ({ updatedAt }) => <RelativeTime value={updatedAt} />,
    },
  ]
  return (
    <Page
      title={text.title}
      actions={
        <>
          <SearchField main label={text.search} value={search} onChange={setSearch} />
          <LinkButton to="/blueprints/import" icon={FileUp}>
            {text.import}
          </LinkButton>
          <LinkButton to="/blueprints/new" kind="primary" icon={Plus}>
            {text.create}
          </LinkButton>
        </>
      }
    >
      <Text tone="neutral">{text.about}</Text>
      <ProblemNotice error={blueprints.error} onRetry={() => void blueprints.refetch()} />
      {blueprints.isPending && <Loading label={messages.loading} />}
      {shown && shown.length > 0 && (
        <Panel flush>
          <Table label={text.title} columns={columns} items={shown} keyOf={({ id }) => id} stepping />
        </Panel>
      )}
      {shown?.length === 0 && (
        <Empty
          icon={SearchX}
          title={text.noMatch}
          actions={<Button onClick={() => setSearch('')}>{text.showAll}</Button>}
        >
          {null}
        </Empty>
      )}
    </Page>
  )
}

function Name({ blueprint, standard }: { blueprint: Blueprint; standard: boolean }) {
  return (
    <Stack gap={0}>
      <Row>
        <NameLink to="/blueprints/$blueprintId" params={{ blueprintId: blueprint.id }}>
          {blueprint.name}
        </NameLink>
        {standard && <Tag title={text.standardHint}>{text.standard}</Tag>}
        {blueprint.shared && <Tag>{text.shared}</Tag>}
      </Row>
      {blueprint.description && (
        <Text size="sm" tone="neutral">
          {blueprint.description}
        </Text>
      )}
    </Stack>
  )
}
