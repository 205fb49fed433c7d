import { overlayKinds, type Server, type ServerLayer } from '@left4me/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ArrowUpToLine, Check, CircleAlert, Hammer, type LucideIcon, Pin } from 'lucide-react'
import { call } from '../../api/call.ts'
import { refreshServerContent } from '../../api/settings-queries.ts'
import { formatBytes } from '../../format/numbers.ts'
import { messages } from '../../messages/messages.ts'
import { FindingCounts, KindBadge } from '../../overlays/overlay-look.tsx'
import { ProblemNotice } from '../../shell/error-page.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Button, LinkButton } from '../../ui/button.tsx'
import { Row, Stack } from '../../ui/layout.tsx'
import { Link, Text } from '../../ui/text.tsx'
import { isUp } from '../server-look.tsx'
import { stateOfLayer } from './layer-state.ts'

const text = messages.layers

/** One overlay in the stack: which revision the next start takes, what runs now, and what can be done about it. */
export function LayerRow({ server, layer }: { server: Server; layer: ServerLayer }) {
  const { overlayId, revision, findings } = layer
  const kind = overlayKinds.find(known => known === layer.kind)
  return (
    <Stack gap={1}>
      <Row>
        <Link to="/overlays/$overlayId" params={{ overlayId }} plain>
          {layer.name}
        </Link>
        {kind && <KindBadge kind={kind} />}
        {layer.ownerName !== null && layer.needsAcceptance && (
          <Text size="sm" tone="neutral">
            {messages.overlays.owner(layer.ownerName)}
          </Text>
        )}
        {revision !== null && (
          <Text size="sm" tone="neutral">
            {messages.picker.files(layer.files)} · {formatBytes(layer.bytes)}
          </Text>
        )}
        {findings.errors + findings.warnings > 0 && <FindingCounts findings={{ ...findings, notes: 0 }} />}
      </Row>
      <Revision server={server} layer={layer} />
    </Stack>
  )
}

function Revision({ server, layer }: { server: Server; layer: ServerLayer }) {
  const queries = useQueryClient()
  const { overlayId, revision, newest } = layer
  const change = useMutation({
    mutationFn: (next: number | null) =>
      call('changeServerLayer', { params: { id: server.id, overlayId }, body: { revision: next } }),
    onSuccess: () => refreshServerContent(queries, server.id),
  })
  const state = stateOfLayer(layer, isUp(server))
  const button = (
    icon: LucideIcon,
    label: string,
    next: number | null,
    kind: 'plain' | 'quiet' = 'quiet',
  ) => (
    <Button
      small
      kind={kind}
      icon={icon}
      label={`${label}: ${layer.name}`}
      busy={change.isPending && change.variables === next}
      onClick={() => change.mutate(next)}
    >
      {label}
    </Button>
  )
  if (revision === null) {
    return (
      <Row>
        <Badge tone="attention" icon={CircleAlert}>
          {messages.picker.neverBuilt}
        </Badge>
        <Text size="sm">{text.neverBuilt}</Text>
        <LinkButton small icon={Hammer} to="/overlays/$overlayId" params={{ overlayId }}>
          {text.toOverlay}
        </LinkButton>
      </Row>
    )
  }
  return (
    <>
      <Row>
        <Text size="sm" strong>
          {messages.picker.revision(revision)}
        </Text>
        {state.pending !== null && (
          <Text size="sm" tone="attention">
            {state.pending === 'new' ? text.mountsAtStart : text.mountedNow(state.pending)}
          </Text>
        )}
        {state.kind === 'newest' && (
          <>
            <Text size="sm" tone="neutral">
              {text.follows}
            </Text>
            {button(Pin, text.stay(revision), revision)}
          </>
        )}
        {state.kind === 'held' && (
          <>
            <Text size="sm" tone="neutral">
              {text.held}
            </Text>
            {newest !== null &&
              newest !== revision &&
              button(Check, state.accepts ? text.accept(newest) : text.take(newest), newest, 'plain')}
            {!state.accepts && button(ArrowUpToLine, text.follow, null)}
          </>
        )}
      </Row>
      <ProblemNotice error={change.error} />
    </>
  )
}
