import type { Overlay } from '@left4me/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Trash2 } from 'lucide-react'
import { changeOverlay, overlayQuery, workshopItemsQuery } from '../../api/content-queries.ts'
import { formatBytes } from '../../format/numbers.ts'
import { messages } from '../../messages/messages.ts'
import { ProblemNotice } from '../../shell/error-page.tsx'
import { Button } from '../../ui/button.tsx'
import { Panel, Stack } from '../../ui/layout.tsx'
import { MediaItem, MediaList } from '../../ui/media.tsx'
import { Hint, Notice } from '../../ui/notice.tsx'
import { Loading } from '../../ui/progress.tsx'
import { AddItems } from './add-items.tsx'
import { titleOf, WorkshopItemRow } from './workshop-item.tsx'

const text = messages.workshop

interface WorkshopContentProps {
  overlay: Overlay
  mayChange: boolean
}

/** The items and collections of an overlay, with what they are and how large. */
export function WorkshopContent({ overlay, mayChange }: WorkshopContentProps) {
  const queries = useQueryClient()
  const ids = overlay.workshopIds ?? []
  const items = useQuery(workshopItemsQuery(ids))
  const save = useMutation({
    // One after the other, each from the list that the one before has left.
    scope: { id: `workshop-items/${overlay.id}` },
    mutationFn: ({ added = [], removed }: { added?: readonly string[]; removed?: string }) => {
      const present = queries.getQueryData(overlayQuery(overlay.id).queryKey)?.workshopIds ?? ids
      const workshopIds = [...new Set([...present, ...added])].filter(id => id !== removed)
      return changeOverlay(queries, overlay.id, { workshopIds })
    },
  })
  const known = new Map(items.data?.items.map(item => [item.id, item]))
  const members = new Map(items.data?.members.map(item => [item.id, item]))
  const removeButton = (id: string, title: string) => {
    const goes = save.isPending && save.variables.removed === id
    return (
      mayChange && (
        <Button
          small
          kind="quiet"
          icon={Trash2}
          iconOnly
          label={text.removeNamed(title)}
          busy={goes}
          disabledReason={save.isPending && !goes ? text.saving : null}
          onClick={() => save.mutate({ removed: id })}
        >
          {text.remove}
        </Button>
      )
    )
  }
  return (
    <Stack gap={4}>
      <ProblemNotice error={save.error} />
      {mayChange && (
        <Panel title={text.add}>
          <AddItems present={ids} busy={save.isPending} onAdd={added => save.mutateAsync({ added })} />
        </Panel>
      )}
      <Panel
        title={text.items}
        flush
        {...(items.data
          ? { about: text.itemsAbout(items.data.totalItems, formatBytes(items.data.totalSize)) }
          : {})}
      >
        <ProblemNotice error={items.error} onRetry={() => void items.refetch()} />
        {items.data?.notice && <Notice tone="attention">{items.data.notice}</Notice>}
        {ids.length === 0 && <Hint title={text.empty}>{mayChange && text.emptyAbout}</Hint>}
        {items.isLoading && <Loading label={messages.loading} />}
        {ids.length > 0 && !items.isLoading && (
          <MediaList label={text.items}>
            {ids.map(id => {
              const item = known.get(id)
              // The Workshop doesn't answer: what is in the overlay can still be seen and taken out.
              return item ? (
                <WorkshopItemRow
                  key={id}
                  item={item}
                  members={members}
                  actions={removeButton(id, titleOf(item))}
                />
              ) : (
                <MediaItem key={id} title={text.untitled(id)} actions={removeButton(id, text.untitled(id))} />
              )
            })}
          </MediaList>
        )}
      </Panel>
    </Stack>
  )
}
