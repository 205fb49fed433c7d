import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { jobQuery } from '../api/queries.ts'
import { JobStateBadge } from '../jobs/job-look.tsx'
import { CancelButton, JobLog, JobProgress } from '../jobs/job-page.tsx'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Panel, Row, Stack } from '../ui/layout.tsx'
import { Hint } from '../ui/notice.tsx'
import { Link } from '../ui/text.tsx'
import { Elapsed, LocalTime } from '../ui/time.tsx'
import { useLastBuild, useOverlay } from './overlay-page.tsx'

const route = getRouteApi('/app/overlays/$overlayId/log')

/** What the build says while it goes on, and what the last one said. */
export function LogTab() {
  const overlay = useOverlay()
  const { job: chosen } = route.useSearch()
  const last = useLastBuild(overlay.id)
  const jobId = chosen ?? overlay.jobId ?? last?.id
  if (jobId === undefined) {
    return (
      <Panel flush>
        <Hint title={messages.overlay.neverBuilt} />
      </Panel>
    )
  }
  return <BuildLog key={jobId} jobId={jobId} />
}

function BuildLog({ jobId }: { jobId: number }) {
  const { data: job, error, refetch } = useQuery(jobQuery(jobId))
  if (!job) return <ProblemNotice error={error} onRetry={() => void refetch()} />
  return (
    <Stack gap={3}>
      <Row spread>
        <Row gap={3}>
          <JobStateBadge state={job.state} />
          <Link to="/jobs/$jobId" params={{ jobId }}>
            {job.title}
          </Link>
          <LocalTime value={job.startedAt ?? job.createdAt} />
          {job.startedAt && <Elapsed from={job.startedAt} to={job.finishedAt} />}
        </Row>
        <CancelButton job={job} />
      </Row>
      <JobProgress job={job} />
      <JobLog job={job} />
    </Stack>
  )
}
