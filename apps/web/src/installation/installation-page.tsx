import type { Installation, InstallationState } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { CircleCheck, CircleDashed, CircleX, Download, LoaderCircle, type LucideIcon } from 'lucide-react'
import { installationQuery, jobQuery } from '../api/queries.ts'
import { formatBytes } from '../format/numbers.ts'
import { isOver } from '../jobs/job-look.tsx'
import { CancelButton, JobLog, JobProgress } from '../jobs/job-page.tsx'
import { useStartJob } from '../jobs/start-job.tsx'
import { messages } from '../messages/messages.ts'
import { useIsAdmin, useSimulated } from '../session/session.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Badge } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { Page, Panel, Row, Stack } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Loading } from '../ui/progress.tsx'
import { Facts, Link, Text } from '../ui/text.tsx'
import { LocalTime } from '../ui/time.tsx'
import type { Tone } from '../ui/tone.ts'
import { PendingServers } from './pending-servers.tsx'
import { Revisions } from './revisions.tsx'

const text = messages.installation

const looks: Record<InstallationState, { tone: Tone; icon: LucideIcon }> = {
  missing: { tone: 'attention', icon: CircleDashed },
  installing: { tone: 'accent', icon: LoaderCircle },
  ready: { tone: 'good', icon: CircleCheck },
  broken: { tone: 'broken', icon: CircleX },
}

/** What servers wait for changes without a job; milliseconds. */
const interval = 10_000

export function InstallationPage() {
  const { data, error, refetch } = useQuery({ ...installationQuery, refetchInterval: interval })
  return (
    <Page title={text.title} width="reading" actions={data && <InstallButton installation={data} />}>
      <Text block tone="neutral">
        {text.about}
      </Text>
      <ProblemNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading label={messages.loading} />}
      {data && <Present installation={data} />}
    </Page>
  )
}

function Present({ installation }: { installation: Installation }) {
  const { state, version, buildId, size, updatedAt, problem, updateAvailable } = installation
  // Before there are game files, what would be installed is known by the whole only.
  const simulated = useSimulated() || installation.simulated
  const admin = useIsAdmin()
  const { tone, icon } = looks[state]
  const none = <Text tone="neutral">{messages.unknown}</Text>
  return (
    <>
      {state === 'missing' && (
        <Notice tone="attention" title={text.missingTitle}>
          {simulated ? text.missingSimulated : text.missing} {!admin && text.askAdmin}
        </Notice>
      )}
      {state === 'broken' && (
        <Notice tone="broken" title={text.broken}>
          {problem}
        </Notice>
      )}
      {updateAvailable && state !== 'installing' && (
        <Notice tone="attention" title={text.updateAvailable(updateAvailable.version)}>
          {text.updateSources[updateAvailable.source]} {text.updateWhileRunning}
        </Notice>
      )}
      {installation.jobId !== null && <Work jobId={installation.jobId} />}
      <Panel>
        <Facts
          items={[
            [
              text.state,
              <Badge key="state" tone={tone} icon={icon} moving={state === 'installing'}>
                {text.states[state]}
              </Badge>,
            ],
            [text.game, simulated ? text.simulatedGame : text.realGame],
            [text.version, version ?? none],
            [text.build, buildId ?? none],
            [text.size, size === null ? none : formatBytes(size)],
            [text.updated, updatedAt === null ? none : <LocalTime key="updated" value={updatedAt} />],
          ]}
        />
      </Panel>
      {installation.pendingServers.length > 0 && <PendingServers installation={installation} />}
      {installation.revisions.length > 0 && <Revisions installation={installation} />}
    </>
  )
}

function InstallButton({ installation }: { installation: Installation }) {
  const admin = useIsAdmin()
  const update = useStartJob('updateInstallation')
  const { state, updateAvailable } = installation
  const reason = !admin ? messages.errors.adminsOnly : state === 'installing' ? text.working : null
  return (
    <>
      <ProblemNotice error={update.error} />
      <Button
        kind={state === 'ready' && !updateAvailable ? 'plain' : 'primary'}
        icon={Download}
        busy={update.isPending}
        disabledReason={reason}
        onClick={() => update.mutate({})}
      >
        {state === 'ready' ? text.update : state === 'broken' ? text.repair : text.install}
      </Button>
    </>
  )
}

/** The install or update that is under way. */
function Work({ jobId }: { jobId: number }) {
  const { data: job } = useQuery(jobQuery(jobId))
  if (!job) return null
  return (
    <Stack gap={3}>
      {!isOver(job.state) && (
        <Row spread>
          <Link to="/jobs/$jobId" params={{ jobId }}>
            {job.title}
          </Link>
          <CancelButton job={job} />
        </Row>
      )}
      <JobProgress job={job} />
      <JobLog job={job} short />
    </Stack>
  )
}
