import type { Overlay } from '@left4me/contract'
import { Hammer } from 'lucide-react'
import { useStartJob } from '../jobs/start-job.tsx'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { useMayBringCode } from './overlay-look.tsx'

const text = messages.overlay

/** Makes a new revision of what the overlay is now. */
export function BuildButton({ overlay }: { overlay: Overlay }) {
  const build = useStartJob('buildOverlay')
  const mayBringCode = useMayBringCode()
  const { kind, revision, buildNeeded } = overlay
  const label =
    kind === 'upload' ? text.publish : revision !== null && !buildNeeded ? text.buildAgain : text.build
  return (
    <>
      <ProblemNotice error={build.error} />
      <Button
        kind={buildNeeded || revision === null ? 'primary' : 'plain'}
        icon={Hammer}
        busy={build.isPending || overlay.jobId !== null}
        disabledReason={whyNotBuild(overlay, mayBringCode)}
        onClick={() => build.mutate({ params: { id: overlay.id } })}
      >
        {label}
      </Button>
    </>
  )
}

/** What is missing for a build; null: nothing. The API decides for itself. */
function whyNotBuild(overlay: Overlay, mayBringCode: boolean): string | null {
  switch (overlay.kind) {
    case 'upload':
      if (overlay.draftFiles === 0) return text.emptyDraft
      return overlay.revision !== null && !overlay.buildNeeded ? text.upToDate : null
    case 'script':
      if (!mayBringCode) return messages.newOverlay.noCodeShort
      return overlay.script?.trim() ? null : text.emptyScript
    case 'workshop':
      return overlay.workshopIds?.length ? null : text.emptyItems
    case 'map-index':
      return null
  }
}
