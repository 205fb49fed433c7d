import { useMutation, useQuery } from '@tanstack/react-query'
import { ChevronDown, ChevronRight, Pause, Play, X } from 'lucide-react'
import { useState, useSyncExternalStore } from 'react'
import { isProblem } from '../../api/problem-error.ts'
import { jobQuery } from '../../api/queries.ts'
import { formatBytes } from '../../format/numbers.ts'
import { isOver } from '../../jobs/job-look.tsx'
import { JobLog, JobProgress } from '../../jobs/job-page.tsx'
import { messages } from '../../messages/messages.ts'
import { ProblemNotice } from '../../shell/error-page.tsx'
import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/layout.tsx'
import { MediaItem, MediaList } from '../../ui/media.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Progress } from '../../ui/progress.tsx'
import { Text } from '../../ui/text.tsx'
import { uploads } from './upload-list.ts'
import { FileChanged, type UploadView } from './upload-transfer.ts'

const text = messages.upload

/** The uploads of this tab into one overlay. */
export function UploadPanel({ overlayId }: { overlayId: number }) {
  const all = useSyncExternalStore(uploads.subscribe, uploads.snapshot)
  const shown = all.filter(view => view.overlayId === overlayId)
  if (shown.length === 0) return null
  return (
    <Panel title={text.title} flush>
      <MediaList label={text.title}>
        {shown.map(view =>
          view.jobId === null ? (
            <Sending key={view.key} view={view} />
          ) : (
            <Taking key={view.key} view={view} jobId={view.jobId} />
          ),
        )}
      </MediaList>
    </Panel>
  )
}

function Sending({ view }: { view: UploadView }) {
  const { key, name, size, sent, rate, phase, error } = view
  const cancel = useMutation({ mutationFn: () => uploads.cancel(key) })
  const stopped = phase === 'paused' || phase === 'failed'
  return (
    <MediaItem
      title={name}
      about={
        <>
          <span>{text.states[phase]}</span>
          <span>{text.of(formatBytes(sent), formatBytes(size))}</span>
          {phase === 'sending' && rate !== null && <span>{text.rate(formatBytes(rate))}</span>}
        </>
      }
      actions={
        <>
          {stopped ? (
            <Button
              small
              kind="quiet"
              icon={Play}
              label={text.resumeNamed(name)}
              onClick={() => uploads.resume(key)}
            >
              {text.resume}
            </Button>
          ) : (
            <Button
              small
              kind="quiet"
              icon={Pause}
              iconOnly
              label={text.pauseNamed(name)}
              onClick={() => uploads.pause(key)}
            >
              {text.pause}
            </Button>
          )}
          <Button
            small
            kind="quiet"
            icon={X}
            iconOnly
            label={text.cancelNamed(name)}
            onClick={() => cancel.mutate()}
          >
            {text.cancel}
          </Button>
        </>
      }
    >
      <Progress
        label={text.progress(name)}
        value={size === 0 ? 0 : sent / size}
        tone={
          phase === 'failed' ? 'broken' : stopped ? 'neutral' : phase === 'retrying' ? 'attention' : 'accent'
        }
        shown
      />
      {error instanceof FileChanged ? (
        <Notice tone="broken" urgent>
          {text.changed}
        </Notice>
      ) : phase === 'retrying' && isProblem(error) ? (
        <Text size="sm" tone="neutral">
          {error.message}
        </Text>
      ) : (
        <ProblemNotice error={error} />
      )}
    </MediaItem>
  )
}

/** It is all there; a job looks at it, unpacks it and says what came of it. */
function Taking({ view: { key, name, size }, jobId }: { view: UploadView; jobId: number }) {
  const { data: job } = useQuery(jobQuery(jobId))
  const [logShown, showLog] = useState(false)
  const state = job?.state === 'succeeded' ? 'taken' : job && isOver(job.state) ? 'refused' : 'taking'
  return (
    <MediaItem
      title={name}
      about={
        <>
          <span>{text.states[state]}</span>
          <span>{formatBytes(size)}</span>
        </>
      }
      actions={
        <>
          <Button
            small
            kind="quiet"
            icon={logShown ? ChevronDown : ChevronRight}
            expanded={logShown}
            label={text.detailsNamed(name)}
            onClick={() => showLog(!logShown)}
          >
            {text.details}
          </Button>
          {state !== 'taking' && (
            <Button
              small
              kind="quiet"
              icon={X}
              iconOnly
              label={text.dismissNamed(name)}
              onClick={() => uploads.dismiss(key)}
            >
              {text.dismiss}
            </Button>
          )}
        </>
      }
    >
      {job && <JobProgress job={job} />}
      {job && logShown && <JobLog job={job} short />}
    </MediaItem>
  )
}
