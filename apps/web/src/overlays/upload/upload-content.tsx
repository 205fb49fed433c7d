import { limits, type Overlay } from '@left4me/contract'
import { useState } from 'react'
import { formatBytes } from '../../format/numbers.ts'
import { messages } from '../../messages/messages.ts'
import { DropZone } from '../../ui/drop-zone.tsx'
import { Stack } from '../../ui/layout.tsx'
import { Notice } from '../../ui/notice.tsx'
import { DraftPanel } from './draft-panel.tsx'
import { needsPlace } from './file-places.ts'
import { PlacesDialog } from './places-dialog.tsx'
import { UnfinishedUploads } from './unfinished-uploads.tsx'
import { uploads } from './upload-list.ts'
import { UploadPanel } from './upload-panel.tsx'

const text = messages.upload

/** Files in, until the draft is what the next revision should be. */
export function UploadContent({ overlay }: { overlay: Overlay }) {
  const [asked, ask] = useState<readonly File[]>([])
  const [refused, setRefused] = useState<readonly string[]>([])

  const choose = (files: readonly File[]) => {
    const reasons = files.flatMap(file => {
      const reason = whyNotSend(file)
      return reason === null ? [] : [`${file.name}: ${reason}`]
    })
    setRefused(reasons)
    const good = files.filter(file => whyNotSend(file) === null)
    uploads.add(
      overlay.id,
      good.filter(({ name }) => !needsPlace(name)).map(file => ({ file, path: null })),
    )
    ask(good.filter(({ name }) => needsPlace(name)))
  }

  return (
    <Stack gap={4}>
      <DropZone label={text.drop} hint={text.dropHint} onFiles={choose} />
      {refused.map(reason => (
        <Notice key={reason} tone="broken" urgent>
          {reason}
        </Notice>
      ))}
      <UploadPanel overlayId={overlay.id} />
      <UnfinishedUploads overlayId={overlay.id} />
      <DraftPanel overlayId={overlay.id} />
      {asked.length > 0 && (
        <PlacesDialog
          files={asked}
          onClose={() => ask([])}
          onSend={chosen => {
            uploads.add(overlay.id, chosen)
            ask([])
          }}
        />
      )}
    </Stack>
  )
}

/** What the API would refuse of a file, told before it is sent; null: nothing. */
function whyNotSend({ size }: File): string | null {
  if (size === 0) return text.empty
  if (size > limits.uploadBytes) return text.tooLarge(formatBytes(size), formatBytes(limits.uploadBytes))
  return null
}
