import type { Overlay } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Outlet, useLocation } from '@tanstack/react-router'
import { overlayJobsQuery, overlayQuery } from '../api/content-queries.ts'
import { isProblem } from '../api/problem-error.ts'
import { jobQuery } from '../api/queries.ts'
import { formatBytes } from '../format/numbers.ts'
import { CancelButton, JobProgress } from '../jobs/job-page.tsx'
import { messages } from '../messages/messages.ts'
import { NotFoundPage, ProblemNotice } from '../shell/error-page.tsx'
import { Tag } from '../ui/badge.tsx'
import { LinkButton } from '../ui/button.tsx'
import { Fill, Page, Row, Stack } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Loading } from '../ui/progress.tsx'
import { TabBar, TabLink } from '../ui/tabs.tsx'
import { Link, Text } from '../ui/text.tsx'
import { RelativeTime } from '../ui/time.tsx'
import { BuildButton } from './build-button.tsx'
import { FindingCounts, KindBadge, RevisionBadge, useMayChange } from './overlay-look.tsx'

const route = getRouteApi('/app/overlays/$overlayId')
const text = messages.overlay

export function OverlayPage() {
  const { overlayId } = route.useParams()
  const { data: overlay, error, refetch } = useQuery(overlayQuery(overlayId))
  if (isProblem(error, 'not-found')) return <NotFoundPage />
  if (!overlay) {
    return (
      <Page title={text.tabs}>
        {error ? (
          <ProblemNotice error={error} onRetry={() => void refetch()} />
        ) : (
          <Loading label={messages.loading} />
        )}
      </Page>
    )
  }
  return <LoadedOverlay key={overlay.id} overlay={overlay} />
}

function LoadedOverlay({ overlay }: { overlay: Overlay }) {
  const mayChange = useMayChange(overlay)
  const params = { overlayId: overlay.id }
  // There it stands with its log.
  const inLog = useLocation({ select: ({ pathname }) => pathname.endsWith('/log') })
  return (
    <Page
      title={overlay.name}
      above={
        <Link to="/overlays" plain>
          ← {text.toOverlays}
        </Link>
      }
      actions={mayChange && <BuildButton overlay={overlay} />}
    >
      <Stack gap={3}>
        <Row gap={3}>
          <KindBadge kind={overlay.kind} />
          <RevisionBadge overlay={overlay} />
          {overlay.shared && <Tag>{messages.overlays.shared}</Tag>}
          {overlay.revision !== null && (
            <>
              <Text size="sm" tone="neutral">
                {messages.overlays.files(overlay.files)}, {formatBytes(overlay.bytes)}
              </Text>
              <FindingCounts findings={overlay.findings} />
            </>
          )}
          {overlay.publishedAt !== null && (
            <Text size="sm" tone="neutral">
              {text.published} <RelativeTime value={overlay.publishedAt} />
            </Text>
          )}
        </Row>
        {!mayChange && (
          <Notice tone="neutral">{text.someoneElses(overlay.ownerName ?? messages.script.someone)}</Notice>
        )}
        {overlay.jobId !== null ? (
          !inLog && <Building jobId={overlay.jobId} overlayId={overlay.id} />
        ) : (
          <State overlay={overlay} />
        )}
      </Stack>
      <TabBar label={text.tabs}>
        <TabLink to="/overlays/$overlayId" params={params} activeOptions={{ exact: true }}>
          {text.content}
        </TabLink>
        {mayChange && (
          <TabLink to="/overlays/$overlayId/log" params={params}>
            {text.log}
          </TabLink>
        )}
        <TabLink to="/overlays/$overlayId/revisions" params={params}>
          {text.revisions}
        </TabLink>
        <TabLink to="/overlays/$overlayId/uses" params={params}>
          {text.uses}
        </TabLink>
        {mayChange && (
          <TabLink to="/overlays/$overlayId/settings" params={params}>
            {text.settings}
          </TabLink>
        )}
      </TabBar>
      <Outlet />
    </Page>
  )
}

function Building({ jobId, overlayId }: { jobId: number; overlayId: number }) {
  const { data: job } = useQuery(jobQuery(jobId))
  if (!job) return null
  return (
    <Row gap={4} align="start">
      <Fill>
        <JobProgress job={job} />
      </Fill>
      <LinkButton to="/overlays/$overlayId/log" params={{ overlayId }} small>
        {text.showLog}
      </LinkButton>
      <CancelButton job={job} />
    </Row>
  )
}

/** What is to be done about it, where nothing is being done. */
function State({ overlay }: { overlay: Overlay }) {
  const mayChange = useMayChange(overlay)
  const last = useLastBuild(overlay.id)
  if (!mayChange) return null
  return (
    <>
      {last?.state === 'failed' && (
        <Notice
          tone="broken"
          title={overlay.revision === null ? text.firstFailed : text.failed}
          actions={
            <LinkButton to="/overlays/$overlayId/log" params={{ overlayId: overlay.id }} small>
              {text.showLog}
            </LinkButton>
          }
        >
          {[last.error?.message, last.error?.remedy].filter(Boolean).join(' ')}
        </Notice>
      )}
      {overlay.revision === null ? (
        <Notice tone="neutral">{text.neverBuilt}</Notice>
      ) : (
        overlay.buildNeeded && <Notice tone="attention">{text.buildNeeded}</Notice>
      )}
    </>
  )
}

/** The newest build, whatever became of it. */
export function useLastBuild(overlayId: number) {
  const jobs = useQuery(overlayJobsQuery(overlayId))
  return jobs.data?.find(({ kind }) => kind === 'overlay-build')
}

/** The overlay of the page that a tab belongs to; the page shows a tab only once it is there. */
export function useOverlay(): Overlay {
  const { overlayId } = route.useParams()
  const { data } = useQuery(overlayQuery(overlayId))
  if (!data) throw new Error('A tab was drawn without its overlay')
  return data
}
