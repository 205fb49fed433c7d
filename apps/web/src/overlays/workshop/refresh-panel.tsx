import type { WorkshopRefresh } from '@left4me/contract'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleMinus, CircleX, LoaderCircle, RefreshCw } from 'lucide-react'
import { workshopRefreshQuery } from '../../api/content-queries.ts'
import { jobsQuery } from '../../api/queries.ts'
import { JobProgress } from '../../jobs/job-page.tsx'
import { useStartJob } from '../../jobs/start-job.tsx'
import { messages } from '../../messages/messages.ts'
import { useIsAdmin } from '../../session/session.ts'
import { ProblemNotice } from '../../shell/error-page.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { ForeignText } from '../../ui/foreign-text.tsx'
import { Panel, Row, Stack } from '../../ui/layout.tsx'
import { Link, Text } from '../../ui/text.tsx'
import { RelativeTime } from '../../ui/time.tsx'
import { titleOf } from './workshop-item.tsx'

const text = messages.workshop

const outcomes = {
  unchanged: { tone: 'neutral', icon: CircleMinus },
  building: { tone: 'accent', icon: LoaderCircle },
  published: { tone: 'good', icon: CircleCheck },
  failed: { tone: 'broken', icon: CircleX },
} as const

/** When was the Workshop last looked at, what was new, and which servers get it when? */
export function WorkshopRefreshPanel() {
  const admin = useIsAdmin()
  const { data, error, refetch } = useQuery(workshopRefreshQuery)
  const start = useStartJob('refreshWorkshop')
  const running = useInfiniteQuery(jobsQuery('running')).data?.pages.flatMap(({ items }) => items)
  const job = running?.find(({ kind }) => kind === 'workshop-refresh')
  return (
    <Panel
      title={text.refresh}
      about={text.refreshAbout}
      actions={
        <Button
          icon={RefreshCw}
          busy={start.isPending || job !== undefined}
          disabledReason={admin ? null : messages.errors.adminsOnly}
          onClick={() => start.mutate({})}
        >
          {text.refreshNow}
        </Button>
      }
    >
      <ProblemNotice error={start.error} />
      <ProblemNotice error={error} onRetry={() => void refetch()} />
      {job && <JobProgress job={job} />}
      {data && <Last refresh={data} />}
    </Panel>
  )
}

function Last({ refresh: { finishedAt, overlays, jobId } }: { refresh: WorkshopRefresh }) {
  if (finishedAt === null) return <Text tone="neutral">{text.neverRefreshed}</Text>
  const changed = overlays.filter(({ outcome }) => outcome !== 'unchanged')
  return (
    <Stack gap={3}>
      <Text>
        {text.refreshed} <RelativeTime value={finishedAt} />. {changed.length === 0 && text.allUnchanged}{' '}
        {jobId !== null && (
          <Link to="/jobs/$jobId" params={{ jobId }}>
            {messages.actions.showJob}
          </Link>
        )}
      </Text>
      {changed.map(overlay => (
        <Stack key={overlay.overlayId} gap={1}>
          <Row>
            <Link to="/overlays/$overlayId/revisions" params={{ overlayId: overlay.overlayId }}>
              {overlay.name}
            </Link>
            <Badge {...outcomes[overlay.outcome]}>{text.outcomes[overlay.outcome]}</Badge>
            {overlay.buildJobId !== null && (
              <Link to="/jobs/$jobId" params={{ jobId: overlay.buildJobId }}>
                {messages.actions.showJob}
              </Link>
            )}
            {overlay.revision !== null && (
              <Text size="sm" tone="neutral">
                {messages.overlays.revisionNumber(overlay.revision)}
              </Text>
            )}
          </Row>
          {overlay.message && <Text size="sm">{overlay.message}</Text>}
          {overlay.changed.length > 0 && (
            <Text size="sm" tone="neutral">
              {text.changed(overlay.changed.map(titleOf).join(', '))}
            </Text>
          )}
          {overlay.servers.map(server => (
            <Text key={server.serverId} size="sm">
              <Link to="/servers/$serverId" params={{ serverId: server.serverId }} plain>
                <ForeignText>{server.name}</ForeignText>
              </Link>
              : {text.gets[server.gets]}
            </Text>
          ))}
        </Stack>
      ))}
    </Stack>
  )
}
