import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useSyncExternalStore } from 'react'
import { call } from '../../api/call.ts'
import { uploadsQuery } from '../../api/content-queries.ts'
import { formatBytes } from '../../format/numbers.ts'
import { messages } from '../../messages/messages.ts'
import { ProblemNotice } from '../../shell/error-page.tsx'
import { Button } from '../../ui/button.tsx'
import { Panel } from '../../ui/layout.tsx'
import { MediaItem, MediaList } from '../../ui/media.tsx'
import { RelativeTime } from '../../ui/time.tsx'
import { uploads } from './upload-list.ts'

const text = messages.upload

/** What was begun elsewhere, or before the page was loaded anew: left4me has a part of it. */
export function UnfinishedUploads({ overlayId }: { overlayId: number }) {
  const queries = useQueryClient()
  const { data } = useQuery(uploadsQuery(overlayId))
  const here = useSyncExternalStore(uploads.subscribe, uploads.snapshot)
  const remove = useMutation({
    mutationFn: (uploadId: number) => call('deleteUpload', { params: { id: overlayId, uploadId } }),
    onSettled: () => queries.invalidateQueries({ queryKey: uploadsQuery(overlayId).queryKey }),
  })
  const left = data?.filter(
    upload =>
      !here.some(
        ({ overlayId: id, name, size }) => id === overlayId && name === upload.name && size === upload.size,
      ),
  )
  if (!left || left.length === 0) return null
  return (
    <Panel title={text.unfinished} about={text.unfinishedAbout} flush>
      <ProblemNotice error={remove.error} />
      <MediaList label={text.unfinished}>
        {left.map(({ id, name, size, received, createdAt }) => (
          <MediaItem
            key={id}
            title={name}
            about={
              <>
                <span>{text.of(formatBytes(received), formatBytes(size))}</span>
                <RelativeTime value={createdAt} />
              </>
            }
            actions={
              <Button
                small
                kind="quiet"
                icon={Trash2}
                label={text.giveUpNamed(name)}
                busy={remove.isPending && remove.variables === id}
                onClick={() => remove.mutate(id)}
              >
                {text.giveUp}
              </Button>
            }
          />
        ))}
      </MediaList>
    </Panel>
  )
}
