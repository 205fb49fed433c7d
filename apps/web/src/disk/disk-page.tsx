import type { DiskUse } from '@left4me/contract'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Eraser } from 'lucide-react'
import { useState } from 'react'
import { diskUseQuery } from '../api/content-queries.ts'
import { jobsQuery } from '../api/queries.ts'
import { formatBytes } from '../format/numbers.ts'
import { JobProgress } from '../jobs/job-page.tsx'
import { useStartJob } from '../jobs/start-job.tsx'
import { messages } from '../messages/messages.ts'
import { useIsAdmin } from '../session/session.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Page, Panel } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Loading } from '../ui/progress.tsx'
import { StackedBar } from '../ui/stacked-bar.tsx'
import { Link, Text } from '../ui/text.tsx'
import { diskParts, readDiskParts, readRemovable } from './disk-parts.ts'
import { OverlaysOnDisk, ServersOnDisk } from './disk-tables.tsx'

const text = messages.disk

/** What uses the disk, and what of it can go? */
export function DiskPage() {
  const admin = useIsAdmin()
  if (!admin) {
    return (
      <Page title={text.title}>
        <Notice tone="attention">{messages.errors.adminsOnly}</Notice>
      </Page>
    )
  }
  return <Disk />
}

function Disk() {
  const { data, error, refetch } = useQuery(diskUseQuery)
  const running = useInfiniteQuery(jobsQuery('running')).data?.pages.flatMap(({ items }) => items)
  const job = running?.find(({ kind }) => kind === 'content-collect')
  const [asked, ask] = useState(false)
  return (
    <Page
      title={text.title}
      above={
        <Link to="/host" plain>
          ← {messages.host.title}
        </Link>
      }
      actions={
        data && (
          <Button
            icon={Eraser}
            busy={job !== undefined}
            disabledReason={data.canGo > 0 ? null : text.nothingToDo}
            onClick={() => ask(true)}
          >
            {text.clean}
          </Button>
        )
      }
    >
      <Text block tone="neutral">
        {text.about}
      </Text>
      <ProblemNotice error={error} onRetry={() => void refetch()} />
      {!data && !error && <Loading label={messages.loading} />}
      {job && <JobProgress job={job} />}
      {data && (
        <>
          <Whole use={data} />
          <OverlaysOnDisk use={data} />
          <ServersOnDisk use={data} />
          <Panel title={text.workshop}>
            <Text>
              {text.workshopAbout(
                data.workshopCache.items,
                formatBytes(data.workshopCache.bytes),
                formatBytes(data.workshopCache.unused),
              )}
            </Text>
          </Panel>
          {asked && <CleanUp use={data} onClose={() => ask(false)} />}
        </>
      )}
    </Page>
  )
}

function Whole({ use }: { use: DiskUse }) {
  const parts = readDiskParts(use)
  return (
    <Panel
      title={text.total(formatBytes(use.total - use.available), formatBytes(use.total))}
      about={use.canGo > 0 ? text.canGo(formatBytes(use.canGo)) : text.nothingToDo}
    >
      <StackedBar
        label={text.picture}
        total={use.total}
        parts={[
          ...diskParts.map(part => ({
            name: text.parts[part],
            value: parts[part],
            text: formatBytes(parts[part]),
          })),
        ]}
      />
      <Text size="sm" tone="neutral">
        {text.free}: {formatBytes(use.available)}
      </Text>
    </Panel>
  )
}

/** Asks once, and names all that goes. */
function CleanUp({ use, onClose }: { use: DiskUse; onClose: () => void }) {
  const clean = useStartJob('cleanUp')
  const { revisions, workshop, leftovers } = readRemovable(use)
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={text.cleanTitle}
      action={text.cleanAction(formatBytes(use.canGo))}
      danger
      busy={clean.isPending}
      error={<ProblemNotice error={clean.error} />}
      onConfirm={() => clean.mutate({}, { onSuccess: onClose })}
    >
      <Text>{text.cleanAbout}</Text>
      {revisions.map(({ overlayId, name, revision, own }) => (
        <Text key={`${overlayId}/${revision}`} block>
          {text.cleanRevision(name ?? text.unknownOverlay(overlayId), revision, formatBytes(own))}
        </Text>
      ))}
      {workshop > 0 && <Text block>{text.cleanWorkshop(formatBytes(workshop))}</Text>}
      {leftovers > 0 && <Text block>{text.cleanLeftovers(formatBytes(leftovers))}</Text>}
      <Text block>{text.cleanStays}</Text>
    </ConfirmDialog>
  )
}
