import { messages } from '../messages/messages.ts'
import { Notice } from '../ui/notice.tsx'
import { IndexContent } from './index-content.tsx'
import { useMayChange } from './overlay-look.tsx'
import { useOverlay } from './overlay-page.tsx'
import { ScriptContent } from './script/script-content.tsx'
import { UploadContent } from './upload/upload-content.tsx'
import { WorkshopContent } from './workshop/workshop-content.tsx'

/** What the next build makes a revision of. */
export function ContentTab() {
  const overlay = useOverlay()
  const mayChange = useMayChange(overlay)
  switch (overlay.kind) {
    case 'upload':
      return mayChange ? (
        <UploadContent overlay={overlay} />
      ) : (
        <Notice tone="neutral">{messages.overlay.notOwner}</Notice>
      )
    case 'script':
      return mayChange ? (
        <ScriptContent overlay={overlay} />
      ) : (
        <Notice tone="neutral">{messages.script.hidden}</Notice>
      )
    case 'workshop':
      return <WorkshopContent overlay={overlay} mayChange={mayChange} />
    case 'map-index':
      return <IndexContent overlay={overlay} mayChange={mayChange} />
  }
}
