import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { overlaysQuery } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { KindBadge } from '../overlays/overlay-look.tsx'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button, LinkButton } from '../ui/button.tsx'
import { Dialog, DialogActions } from '../ui/dialog.tsx'
import { MediaItem, MediaList } from '../ui/media.tsx'
import { Hint } from '../ui/notice.tsx'
import { Loading } from '../ui/progress.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { OverlayFacts } from './overlay-facts.tsx'

const text = messages.picker

/** Chooses one of the overlays that one may use and that aren't in the stack yet. */
export function OverlayPicker({
  taken,
  onPick,
  onClose,
}: {
  taken: readonly number[]
  onPick: (overlayId: number) => void
  onClose: () => void
}) {
  const overlays = useQuery(overlaysQuery)
  const [search, setSearch] = useState('')
  const free = overlays.data?.filter(({ id }) => !taken.includes(id))
  const wanted = search.trim().toLowerCase()
  const found = free?.filter(({ name }) => name.toLowerCase().includes(wanted)) ?? []
  return (
    <Dialog open onClose={onClose} title={text.title} width="wide">
      <ProblemNotice error={overlays.error} onRetry={() => void overlays.refetch()} />
      {overlays.isPending && <Loading label={messages.loading} />}
      {free && free.length > 0 && <SearchField label={text.search} value={search} onChange={setSearch} />}
      {free?.length === 0 && <Hint title={text.none} />}
      {free && free.length > 0 && found.length === 0 && <Hint title={text.noMatch} />}
      {found.length > 0 && (
        <MediaList label={text.title}>
          {found.map(overlay => (
            <MediaItem
              key={overlay.id}
              title={overlay.name}
              about={
                <>
                  <KindBadge kind={overlay.kind} />
                  <OverlayFacts overlay={overlay} />
                </>
              }
              actions={
                <Button small icon={Plus} iconOnly onClick={() => onPick(overlay.id)}>
                  {text.addNamed(overlay.name)}
                </Button>
              }
            />
          ))}
        </MediaList>
      )}
      <DialogActions>
        <LinkButton to="/overlays/new" kind="quiet">
          {text.make}
        </LinkButton>
        <Button onClick={onClose}>{messages.actions.cancel}</Button>
      </DialogActions>
    </Dialog>
  )
}
