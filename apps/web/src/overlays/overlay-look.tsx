import type { ContentFinding, Overlay, OverlayKind } from '@left4me/contract'
import {
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleX,
  CloudDownload,
  Info,
  ListOrdered,
  LoaderCircle,
  type LucideIcon,
  SquareTerminal,
  Upload,
} from 'lucide-react'
import { messages } from '../messages/messages.ts'
import { useMe } from '../session/session.ts'
import { Badge } from '../ui/badge.tsx'
import { Row } from '../ui/layout.tsx'
import { Text } from '../ui/text.tsx'
import type { Tone } from '../ui/tone.ts'

const text = messages.overlays

/** In the order in which people need them. */
export const kindsInOrder: readonly OverlayKind[] = ['upload', 'workshop', 'map-index', 'script']

const kindIcons: Record<OverlayKind, LucideIcon> = {
  upload: Upload,
  workshop: CloudDownload,
  script: SquareTerminal,
  'map-index': ListOrdered,
}

export function KindBadge({ kind }: { kind: OverlayKind }) {
  return (
    <Badge tone="neutral" icon={kindIcons[kind]} title={text.kindAbout[kind]}>
      {text.kinds[kind]}
    </Badge>
  )
}

/** Whether it is there, and whether it is what its owner made of it. */
export function RevisionBadge({ overlay }: { overlay: Overlay }) {
  const { revision, buildNeeded } = overlay
  if (overlay.jobId !== null) {
    return (
      <Badge tone="accent" icon={LoaderCircle} moving>
        {text.building}
      </Badge>
    )
  }
  if (revision === null) {
    return (
      <Badge tone="neutral" icon={CircleDashed}>
        {text.never}
      </Badge>
    )
  }
  return (
    <Badge
      tone={buildNeeded ? 'attention' : 'good'}
      icon={buildNeeded ? CircleAlert : CircleCheck}
      {...(buildNeeded ? { title: text.buildNeeded } : {})}
    >
      {text.revisionNumber(revision)}
    </Badge>
  )
}

export const severityLooks: Record<ContentFinding['severity'], { tone: Tone; icon: LucideIcon }> = {
  error: { tone: 'broken', icon: CircleX },
  warning: { tone: 'attention', icon: CircleAlert },
  note: { tone: 'neutral', icon: Info },
}

/** How many findings of each kind there are; the harmless ones only where nothing is worse. */
export function FindingCounts({ findings }: { findings: Overlay['findings'] }) {
  const counts = [
    ['error', findings.errors],
    ['warning', findings.warnings],
    ['note', findings.errors + findings.warnings > 0 ? 0 : findings.notes],
  ] as const
  const found = counts.filter(([, n]) => n > 0)
  if (found.length === 0) {
    return (
      <Text size="sm" tone="neutral">
        {messages.revisions.fine}
      </Text>
    )
  }
  return (
    <Row gap={1}>
      {found.map(([severity, n]) => (
        <Badge key={severity} {...severityLooks[severity]}>
          {messages.revisions.counts(n, severity)}
        </Badge>
      ))}
    </Row>
  )
}

/** Whether the person may change it, as the API decides too. */
export function useMayChange(overlay: Overlay): boolean {
  const me = useMe()
  return me.role === 'admin' || overlay.ownerId === me.id
}

/** Whether the person may bring code: scripts, and native plugins. */
export function useMayBringCode(): boolean {
  const me = useMe()
  return me.role === 'admin' || me.mayBringCode
}
