import type { Overlay } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useState } from 'react'
import { overlaysQuery } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { KindBadge } from '../overlays/overlay-look.tsx'
import { Button } from '../ui/button.tsx'
import { Fill, Row, Stack } from '../ui/layout.tsx'
import { Hint } from '../ui/notice.tsx'
import { OrderedList } from '../ui/ordered-list.tsx'
import { Link, Text } from '../ui/text.tsx'
import { OverlayFacts } from './overlay-facts.tsx'
import { OverlayPicker } from './overlay-picker.tsx'

interface LayerStackProps {
  label: string
  overlayIds: readonly number[]
  /** Missing: it can only be looked at. */
  onChange?: (overlayIds: number[]) => void
  empty: string
}

const text = messages.picker

/** Overlays in their order, to be ordered, added to and taken from. */
export function LayerStack({ label, overlayIds, onChange, empty }: LayerStackProps) {
  const { data: overlays } = useQuery(overlaysQuery)
  const [picking, setPicking] = useState(false)
  const known = new Map(overlays?.map(overlay => [overlay.id, overlay]))
  const nameOf = (id: number) => known.get(id)?.name ?? text.unknown(id)
  return (
    <Stack gap={0}>
      {overlayIds.length === 0 && <Hint title={empty} />}
      <OrderedList
        label={label}
        items={overlayIds}
        keyOf={id => id}
        nameOf={nameOf}
        {...(onChange ? { onOrder: onChange } : {})}
      >
        {id => (
          <Row wrap={false}>
            <Fill>
              <Layer id={id} overlay={known.get(id)} />
            </Fill>
            {onChange && (
              <Button
                kind="quiet"
                small
                iconOnly
                icon={X}
                onClick={() => onChange(overlayIds.filter(other => other !== id))}
              >
                {text.removeNamed(nameOf(id))}
              </Button>
            )}
          </Row>
        )}
      </OrderedList>
      {onChange && (
        <Row>
          <Button kind="quiet" icon={Plus} onClick={() => setPicking(true)}>
            {text.add}
          </Button>
        </Row>
      )}
      {onChange && picking && (
        <OverlayPicker
          taken={overlayIds}
          onClose={() => setPicking(false)}
          onPick={id => {
            setPicking(false)
            onChange([id, ...overlayIds])
          }}
        />
      )}
    </Stack>
  )
}

function Layer({ id, overlay }: { id: number; overlay: Overlay | undefined }) {
  if (!overlay) {
    return (
      <Text tone="neutral" title={text.unknownHint}>
        {text.unknown(id)}
      </Text>
    )
  }
  return (
    <Row>
      <Link to="/overlays/$overlayId" params={{ overlayId: id }} plain>
        {overlay.name}
      </Link>
      <KindBadge kind={overlay.kind} />
      <OverlayFacts overlay={overlay} />
    </Row>
  )
}
