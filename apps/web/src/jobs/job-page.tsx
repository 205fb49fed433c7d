import type { Job } from '@left4me/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { CircleStop } from 'lucide-react'
import { call } from '../api/call.ts'
import { isProblem } from '../api/problem-error.ts'
import { feedJob, freshness, jobQuery } from '../api/queries.ts'
import { formatBytes } from '../format/numbers.ts'
import { messages } from '../messages/messages.ts'
import { NotFoundPage, ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { Page, Panel, Row, Stack } from '../ui/layout.tsx'
import { LogView } from '../ui/log-view.tsx'
import { Notice } from '../ui/notice.tsx'
import { Loading, Progress } from '../ui/progress.tsx'
import { Link, Text } from '../ui/text.tsx'
import { Elapsed, LocalTime } from '../ui/time.tsx'
import { isOver, JobStateBadge } from './job-look.tsx'
import { useJobLog } from './use-job-log.ts'

const route = getRouteApi('/app/jobs/$jobId')
const text = messages.job

export function JobPage() {
  const { jobId } = route.useParams()
  const { data: job, error, refetch } = useQuery(jobQuery(jobId))
  if (isProblem(error, 'not-found')) return <NotFoundPage />
  if (!job) {
    return (
      <Page title={messages.jobs.title}>
        {error ? (
          <ProblemNotice error={error} onRetry={() => void refetch()} />
        ) : (
          <Loading label={messages.loading} />
        )}
      </Page>
    )
  }
  return <LoadedJob job={job} />
}

function LoadedJob({ job }: { job: Job }) {
  return (
    <Page
      title={job.title}
      above={
        <Link to="/jobs" plain>
          ← {messages.jobs.title}
        </Link>
      }
      actions={<CancelButton job={job} />}
    >
      <Stack gap={3}>
        <Row gap={3}>
          <JobStateBadge state={job.state} />
          <Text tone="neutral" size="sm">
            {text.begun} <LocalTime value={job.startedAt ?? job.createdAt} />
          </Text>
          {job.startedAt && (
            <Text tone="neutral" size="sm">
              {isOver(job.state) ? text.took : text.runningFor}{' '}
              <Elapsed from={job.startedAt} to={job.finishedAt} />
            </Text>
          )}
          {job.serverId !== null && job.kind !== 'server-delete' && (
            <Link to="/servers/$serverId" params={{ serverId: job.serverId }}>
              {text.showServer}
            </Link>
          )}
          {job.overlayId !== null && (
            <Link to="/overlays/$overlayId" params={{ overlayId: job.overlayId }}>
              {text.showOverlay}
            </Link>
          )}
        </Row>
        <JobProgress job={job} />
      </Stack>
      <JobLog job={job} />
    </Page>
  )
}

/** How far it is, and why it went no further. */
export function JobProgress({ job }: { job: Job }) {
  return (
    <>
      {!isOver(job.state) && (
        <Stack gap={1}>
          <Progress
            label={text.progress}
            value={job.state === 'queued' || job.progress === 0 ? null : job.progress}
            shown
          />
          {(job.cancelRequested || job.activity || job.transfer) && (
            <Text size="sm" tone="neutral">
              {job.cancelRequested
                ? text.cancelling
                : [job.activity, job.transfer && transferText(job.transfer)].filter(Boolean).join(' · ')}
            </Text>
          )}
        </Stack>
      )}
      {job.result !== null && isOver(job.state) && (
        <Notice tone={job.state === 'succeeded' ? 'good' : 'neutral'}>{job.result}</Notice>
      )}
      {job.error && (
        <Notice tone="broken" title={job.error.message}>
          {job.error.remedy}
        </Notice>
      )}
    </>
  )
}

/** How much has come, of how much, and how fast. */
function transferText({ bytes, total, rate }: NonNullable<Job['transfer']>): string {
  return text.transfer(formatBytes(bytes), total === null ? null : formatBytes(total), formatBytes(rate))
}

export function CancelButton({ job }: { job: Job }) {
  const queries = useQueryClient()
  const cancel = useMutation({
    mutationFn: async () => {
      const mark = freshness.mark()
      feedJob(
        queries,
        freshness.newer(`job/${job.id}`, await call('cancelJob', { params: { id: job.id } }), mark),
      )
    },
  })
  if (isOver(job.state)) return null
  return (
    <>
      <ProblemNotice error={cancel.error} />
      <Button
        icon={CircleStop}
        busy={cancel.isPending || job.cancelRequested}
        disabledReason={job.cancellable ? null : text.notCancellable}
        onClick={() => cancel.mutate()}
      >
        {text.cancel}
      </Button>
    </>
  )
}

export function JobLog({ job, short = false }: { job: Job; short?: boolean }) {
  const { lines, error, retry } = useJobLog(job)
  return (
    <Panel title={text.log} flush>
      <ProblemNotice error={error} onRetry={retry} />
      <LogView
        label={messages.log.job}
        rows={lines.map(line => ({
          key: String(line.sequence),
          line: null,
          time: line.time,
          text: line.text,
        }))}
        empty={text.emptyLog}
        height={short ? 'short' : 'tall'}
      />
    </Panel>
  )
}
