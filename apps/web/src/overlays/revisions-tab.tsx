import type { Overlay, OverlayRevision } from '@left4me/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ChevronDown, ChevronRight, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { refreshOverlay, revisionsQuery } from '../api/content-queries.ts'
import { formatBytes } from '../format/numbers.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Tag } from '../ui/badge.tsx'
import { Button } from '../ui/button.tsx'
import { CopyText } from '../ui/copy-text.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Panel, Row, Stack } from '../ui/layout.tsx'
import { Hint } from '../ui/notice.tsx'
import { Loading } from '../ui/progress.tsx'
import { Link, Text } from '../ui/text.tsx'
import { LocalTime } from '../ui/time.tsx'
import { FindingCounts, useMayChange } from './overlay-look.tsx'
import { useOverlay } from './overlay-page.tsx'
import { RevisionFiles } from './revision-files.tsx'
import { Findings, SourcesTable } from './revision-parts.tsx'
import { ServerLink } from './server-link.tsx'

const route = getRouteApi('/app/overlays/$overlayId/revisions')
const text = messages.revisions

/** Each build that succeeded, newest first: what it holds, what was found in it, and who has it. */
export function RevisionsTab() {
  const overlay = useOverlay()
  const { revision: open } = route.useSearch()
  const navigate = route.useNavigate()
  const revisions = useQuery(revisionsQuery(overlay.id))
  const [asked, ask] = useState<OverlayRevision | null>(null)
  return (
    <Stack gap={4}>
      <ProblemNotice error={revisions.error} onRetry={() => void revisions.refetch()} />
      {revisions.isPending && <Loading label={messages.loading} />}
      {revisions.data?.length === 0 && (
        <Panel flush>
          <Hint title={text.empty}>{text.emptyAbout}</Hint>
        </Panel>
      )}
      {revisions.data?.map(revision => {
        const shown = revision.revision === open
        return (
          <RevisionPanel
            key={revision.revision}
            overlay={overlay}
            revision={revision}
            shown={shown}
            onToggle={() =>
              void navigate({ search: shown ? {} : { revision: revision.revision }, replace: true })
            }
            onDelete={() => ask(revision)}
          />
        )
      })}
      {asked && <DeleteRevision overlay={overlay} revision={asked} onClose={() => ask(null)} />}
    </Stack>
  )
}

interface RevisionPanelProps {
  overlay: Overlay
  revision: OverlayRevision
  shown: boolean
  onToggle: () => void
  onDelete: () => void
}

function RevisionPanel({ overlay, revision, shown, onToggle, onDelete }: RevisionPanelProps) {
  const mayChange = useMayChange(overlay)
  return (
    <Panel
      title={
        <Row>
          {messages.overlays.revisionNumber(revision.revision)}
          {revision.newest && <Tag>{text.newest}</Tag>}
        </Row>
      }
      about={<LocalTime value={revision.publishedAt} />}
      actions={
        <>
          <Button
            small
            kind="quiet"
            icon={shown ? ChevronDown : ChevronRight}
            expanded={shown}
            label={`${shown ? text.hide : text.show}: ${text.more(revision.revision)}`}
            onClick={onToggle}
          >
            {shown ? text.hide : text.show}
          </Button>
          {mayChange && (
            <Button
              small
              kind="quiet"
              icon={Trash2}
              iconOnly
              label={text.deleteNamed(revision.revision)}
              disabledReason={whyKept(revision)}
              onClick={onDelete}
            >
              {text.delete}
            </Button>
          )}
        </>
      }
    >
      <Row gap={4}>
        <Text>
          {messages.overlays.files(revision.files)}, {formatBytes(revision.bytes)}
        </Text>
        <FindingCounts findings={countsOf(revision)} />
        <Row gap={1}>
          <Text tone="neutral">{text.digest}</Text>
          <CopyText text={revision.digest.slice(0, 12)} whole={revision.digest} what={text.copyDigest} />
        </Row>
        {revision.jobId !== null && mayChange && (
          <Link
            to="/overlays/$overlayId/log"
            params={{ overlayId: overlay.id }}
            search={{ job: revision.jobId }}
          >
            {text.showLog}
          </Link>
        )}
      </Row>
      {revision.usedBy.length > 0 && (
        <Row gap={3}>
          {revision.usedBy.map(({ id, name, running, held }) => (
            <ServerLink key={id} id={id} plain>
              {running ? text.running(name) : held ? text.held(name) : text.keeps(name)}
            </ServerLink>
          ))}
        </Row>
      )}
      {shown && <Inside overlay={overlay} revision={revision} />}
    </Panel>
  )
}

function Inside({ overlay, revision }: { overlay: Overlay; revision: OverlayRevision }) {
  const { path = '' } = route.useSearch()
  const navigate = route.useNavigate()
  return (
    <>
      <Panel title={text.findings} flush>
        <Findings findings={revision.findings} />
      </Panel>
      {revision.sources.length > 0 && (
        <Panel title={text.sources} flush>
          <SourcesTable sources={revision.sources} />
        </Panel>
      )}
      <Panel title={text.browse} flush>
        <RevisionFiles
          overlayId={overlay.id}
          revision={revision.revision}
          path={path}
          onPath={next =>
            void navigate({ search: { revision: revision.revision, ...(next ? { path: next } : {}) } })
          }
        />
      </Panel>
    </>
  )
}

function DeleteRevision({
  overlay,
  revision,
  onClose,
}: {
  overlay: Overlay
  revision: OverlayRevision
  onClose: () => void
}) {
  const queries = useQueryClient()
  const remove = useMutation({
    mutationFn: () =>
      call('deleteOverlayRevision', { params: { id: overlay.id, revision: revision.revision } }),
    onSuccess: onClose,
    onSettled: () => refreshOverlay(queries, overlay.id),
  })
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={text.deleteTitle(revision.revision)}
      action={text.deleteAction}
      danger
      busy={remove.isPending}
      error={<ProblemNotice error={remove.error} />}
      onConfirm={() => remove.mutate()}
    >
      {text.deleteLost(formatBytes(revision.bytes))}
    </ConfirmDialog>
  )
}

/** Why it can't be deleted, with who has it; null: it can. */
function whyKept({ usedBy, newest }: OverlayRevision): string | null {
  if (usedBy.length > 0) return text.deleteUsed(usedBy.map(({ name }) => name).join(', '))
  return newest ? text.deleteNewest : null
}

function countsOf({ findings }: OverlayRevision): Overlay['findings'] {
  const count = (severity: 'error' | 'warning' | 'note') =>
    findings.filter(finding => finding.severity === severity).length
  return { errors: count('error'), warnings: count('warning'), notes: count('note') }
}
