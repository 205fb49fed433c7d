import type { Overlay } from '@left4me/contract'
import { formatBytes } from '../format/numbers.ts'
import { messages } from '../messages/messages.ts'
import { FindingCounts } from '../overlays/overlay-look.tsx'
import { Tag } from '../ui/badge.tsx'
import { Text } from '../ui/text.tsx'

const text = messages.picker

/** Which revision, how large, and whether something is wrong with it. */
export function OverlayFacts({ overlay }: { overlay: Overlay }) {
  const { revision, files, bytes, findings } = overlay
  if (revision === null) return <Tag>{text.neverBuilt}</Tag>
  return (
    <>
      <Text size="sm" tone="neutral">
        {text.revision(revision)} · {text.files(files)} · {formatBytes(bytes)}
      </Text>
      {findings.errors + findings.warnings > 0 && <FindingCounts findings={findings} />}
    </>
  )
}
