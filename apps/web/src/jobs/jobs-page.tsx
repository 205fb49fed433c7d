import { type Job, jobStates } from '@left4me/contract'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ListChecks } from 'lucide-react'
import { jobsQuery } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { Empty } from '../ui/empty.tsx'
import { NameLink } from '../ui/fleet.tsx'
import { Page, Panel, Row, Stack } from '../ui/layout.tsx'
import { Hint } from '../ui/notice.tsx'
import { Segments } from '../ui/pressable.tsx'
import { Loading } from '../ui/progress.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { Text } from '../ui/text.tsx'
import { Elapsed, RelativeTime } from '../ui/time.tsx'
import { JobStateBadge } from './job-look.tsx'
import { JobProgress } from './job-page.tsx'

const route = getRouteApi('/app/jobs')
const text = messages.jobs

const columns: Column<Job>[] = [
  { key: 'what', title: text.what, cell: job => <What job={job} /> },
  { key: 'state', title: text.state, cell: ({ state }) => <JobStateBadge state={state} /> },
  {
    key: 'when',
    title: text.when,
    numeric: true,
    wide: true,
    cell: job => <RelativeTime value={job.startedAt ?? job.createdAt} />,
  },
  {
    key: 'took',
    title: text.took,
    numeric: true,
    wide: true,
    cell: job =>
      job.startedAt ? <Elapsed from={job.startedAt} to={job.finishedAt} /> : <Text tone="neutral">–</Text>,
  },
]

export function JobsPage() {
  const { state } = route.useSearch()
  const navigate = route.useNavigate()
  const jobs = useInfiniteQuery(jobsQuery(state ?? null))
  const items = jobs.data?.pages.flatMap(page => page.items)
  return (
    <Page
      title={text.title}
      actions={
        <Segments
          label={text.state}
          value={state ?? 'all'}
          onChange={value => void navigate({ search: value === 'all' ? {} : { state: value } })}
          choices={[
            { value: 'all', label: text.all },
            ...jobStates.map(value => ({ value, label: messages.jobStates[value] })),
          ]}
        />
      }
    >
      <ProblemNotice error={jobs.error} onRetry={() => void jobs.refetch()} />
      {jobs.isPending && <Loading label={messages.loading} />}
      {items?.length === 0 &&
        (state ? (
          <Panel flush>
            <Hint title={text.noMatch}>{null}</Hint>
          </Panel>
        ) : (
          <Empty icon={ListChecks} title={text.empty}>
            {text.emptyAbout}
          </Empty>
        ))}
      {items && items.length > 0 && (
        <Panel flush>
          <Table label={text.title} columns={columns} items={items} keyOf={job => job.id} stepping />
        </Panel>
      )}
      {jobs.hasNextPage && (
        <Row>
          <Button busy={jobs.isFetchingNextPage} onClick={() => void jobs.fetchNextPage()}>
            {messages.actions.more}
          </Button>
        </Row>
      )}
    </Page>
  )
}

function What({ job }: { job: Job }) {
  return (
    <Stack gap={1}>
      <Text>
        <NameLink to="/jobs/$jobId" params={{ jobId: job.id }}>
          {job.title}
        </NameLink>
      </Text>
      {job.state === 'running' && <JobProgress job={job} />}
      {job.result !== null && (
        <Text size="sm" tone="neutral">
          {job.result}
        </Text>
      )}
      {job.error && (
        <Text size="sm" tone="broken">
          {job.error.message}
        </Text>
      )}
    </Stack>
  )
}
