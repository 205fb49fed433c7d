import type { OverlayFile } from '@left4me/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { call } from '../../api/call.ts'
import { draftQuery, refreshOverlay } from '../../api/content-queries.ts'
import { formatBytes } from '../../format/numbers.ts'
import { messages } from '../../messages/messages.ts'
import { ProblemNotice } from '../../shell/error-page.tsx'
import { Button } from '../../ui/button.tsx'
import { Panel, Row, Stack } from '../../ui/layout.tsx'
import { Hint } from '../../ui/notice.tsx'
import { SearchField } from '../../ui/search-field.tsx'
import { Table } from '../../ui/table.tsx'
import { Text } from '../../ui/text.tsx'

const text = messages.upload

/** Rows that are shown at once; a filter finds the others. */
const most = 200

/** The files that the next build publishes. */
export function DraftPanel({ overlayId }: { overlayId: number }) {
  const queries = useQueryClient()
  const draft = useQuery(draftQuery(overlayId))
  const [filter, setFilter] = useState('')
  const remove = useMutation({
    mutationFn: (path: string) => call('deleteOverlayFile', { params: { id: overlayId }, query: { path } }),
    onSettled: () => refreshOverlay(queries, overlayId),
  })
  const files = draft.data ?? []
  const found = files.filter(({ path }) => path.toLowerCase().includes(filter.toLowerCase()))
  const total = files.reduce((sum, { size }) => sum + size, 0)
  return (
    <Panel
      title={text.draft}
      about={
        files.length > 0 ? `${messages.overlays.files(files.length)}, ${formatBytes(total)}` : text.draftAbout
      }
      flush
      {...(files.length > 8
        ? { actions: <SearchField label={text.filter} value={filter} onChange={setFilter} /> }
        : {})}
    >
      <ProblemNotice error={draft.error} onRetry={() => void draft.refetch()} />
      <ProblemNotice error={remove.error} />
      {draft.data?.length === 0 && <Hint title={text.draftEmpty}>{text.draftEmptyAbout}</Hint>}
      {found.length > 0 && (
        <Table<OverlayFile>
          label={text.draft}
          items={found.slice(0, most)}
          keyOf={({ path }) => path}
          columns={[
            { key: 'path', title: text.path, cell: ({ path }) => <Text mono>{path}</Text> },
            {
              key: 'size',
              title: messages.overlays.size,
              numeric: true,
              cell: ({ size }) => formatBytes(size),
            },
            {
              key: 'remove',
              title: text.remove,
              untitled: true,
              cell: ({ path }) => (
                <Button
                  small
                  kind="quiet"
                  icon={Trash2}
                  iconOnly
                  label={text.removeNamed(path)}
                  busy={remove.isPending && remove.variables === path}
                  onClick={() => remove.mutate(path)}
                >
                  {text.remove}
                </Button>
              ),
            },
          ]}
        />
      )}
      {found.length > most && (
        <Stack gap={0}>
          <Row>
            <Hint title={text.moreFiles(found.length - most)} />
          </Row>
        </Stack>
      )}
    </Panel>
  )
}
