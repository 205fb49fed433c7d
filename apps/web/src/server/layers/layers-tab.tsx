import type { Server, ServerLayer } from '@left4me/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Plus, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { call } from '../../api/call.ts'
import { blueprintsQuery, feedQueries, overlaysQuery } from '../../api/queries.ts'
import { refreshServerContent, serverLayersQuery } from '../../api/settings-queries.ts'
import { OverlayPicker } from '../../blueprints/overlay-picker.tsx'
import { useEdits } from '../../edits/use-edits.ts'
import { useUnsaved } from '../../edits/use-unsaved.ts'
import { messages } from '../../messages/messages.ts'
import { ProblemNotice } from '../../shell/error-page.tsx'
import { Button } from '../../ui/button.tsx'
import { Fill, Panel, Row, Stack } from '../../ui/layout.tsx'
import { Line, LineList } from '../../ui/list.tsx'
import { Hint, Notice } from '../../ui/notice.tsx'
import { OrderedList } from '../../ui/ordered-list.tsx'
import { Loading } from '../../ui/progress.tsx'
import { Link, Text } from '../../ui/text.tsx'
import { useServer } from '../server-page.tsx'
import { ConflictsPanel } from './conflicts-panel.tsx'
import { LayerRow } from './layer-row.tsx'

const text = messages.layers

/** What is the server made of, who wins, and what changes at the next start? */
export function LayersTab() {
  const server = useServer()
  const queries = useQueryClient()
  // A start, a stop or a change of settings by anybody makes other layers of it.
  const { id, state, updatedAt, restartNeeded } = server
  useEffect(() => {
    void [state, updatedAt, restartNeeded]
    void refreshServerContent(queries, id)
  }, [queries, id, state, updatedAt, restartNeeded])
  const layers = useQuery(serverLayersQuery(id))
  return (
    <Stack gap={4}>
      <ProblemNotice error={layers.error} onRetry={() => void layers.refetch()} />
      {layers.isPending && <Loading label={messages.loading} />}
      {layers.data && <StackPanel server={server} layers={layers.data} />}
      <ConflictsPanel serverId={id} />
    </Stack>
  )
}

function StackPanel({ server, layers }: { server: Server; layers: readonly ServerLayer[] }) {
  const queries = useQueryClient()
  const { data: blueprints } = useQuery(blueprintsQuery)
  const { data: overlays } = useQuery(overlaysQuery)
  const { edited, edit, saved, discard } = useEdits<number[] | null>(null)
  const [picking, setPicking] = useState(false)
  const own = edited ?? server.overlayIds
  const changed = own.join() !== server.overlayIds.join()
  useUnsaved(changed)
  const save = useMutation({
    mutationFn: (overlayIds: number[]) =>
      call('changeServer', { params: { id: server.id }, body: { overlayIds } }),
    onSuccess: async (after, sent) => {
      feedQueries(queries, { name: 'server', data: after })
      await refreshServerContent(queries, server.id)
      saved(sent)
    },
  })
  const byId = new Map(layers.map(layer => [layer.overlayId, layer]))
  const nameOf = (id: number) =>
    byId.get(id)?.name ?? overlays?.find(overlay => overlay.id === id)?.name ?? messages.picker.unknown(id)
  // What the server names itself the blueprint no longer brings.
  const inherited = layers.filter(({ from, overlayId }) => from === 'blueprint' && !own.includes(overlayId))
  const blueprint = blueprints?.find(({ id }) => id === server.blueprintId)
  const row = (id: number) => {
    const layer = byId.get(id)
    return layer ? <LayerRow server={server} layer={layer} /> : <NewLayer name={nameOf(id)} />
  }
  return (
    <>
      <Panel
        title={text.own}
        about={text.ownAbout}
        flush
        actions={
          <Button small icon={Plus} onClick={() => setPicking(true)}>
            {messages.picker.add}
          </Button>
        }
      >
        {own.length === 0 && <Hint title={text.noOwn}>{text.noOwnHint}</Hint>}
        <OrderedList label={text.own} items={own} keyOf={id => id} nameOf={nameOf} onOrder={edit}>
          {id => (
            <Row wrap={false} align="start">
              <Fill>{row(id)}</Fill>
              <Button
                kind="quiet"
                small
                iconOnly
                icon={X}
                onClick={() => edit(own.filter(other => other !== id))}
              >
                {messages.picker.removeNamed(nameOf(id))}
              </Button>
            </Row>
          )}
        </OrderedList>
      </Panel>
      {(changed || save.error) && (
        <Notice
          tone="attention"
          title={text.unsaved}
          actions={
            <>
              <Button kind="primary" small busy={save.isPending} onClick={() => save.mutate(own)}>
                {messages.actions.save}
              </Button>
              <Button small onClick={discard}>
                {messages.forms.discard}
              </Button>
            </>
          }
        >
          {text.unsavedAbout}
        </Notice>
      )}
      <ProblemNotice error={save.error} />
      <Panel
        title={text.inherited}
        about={
          blueprint ? (
            <>
              {text.inheritedAbout}{' '}
              <Link to="/blueprints/$blueprintId" params={{ blueprintId: blueprint.id }}>
                {blueprint.name}
              </Link>
            </>
          ) : (
            text.noBlueprint
          )
        }
        flush
      >
        {inherited.length === 0 && <Hint title={text.noInherited} />}
        <OrderedList
          label={text.inherited}
          items={inherited}
          keyOf={layer => layer.overlayId}
          nameOf={layer => layer.name}
        >
          {layer => <LayerRow server={server} layer={layer} />}
        </OrderedList>
        <LineList label={text.installation}>
          <Line>
            <Text tone="neutral">{text.game}</Text>
          </Line>
        </LineList>
      </Panel>
      {picking && (
        <OverlayPicker
          taken={own}
          onClose={() => setPicking(false)}
          onPick={id => {
            setPicking(false)
            edit([id, ...own])
          }}
        />
      )}
    </>
  )
}

/** Added here and not saved: nothing is known yet of what it comes to on this server. */
function NewLayer({ name }: { name: string }) {
  return (
    <Row>
      <Text>{name}</Text>
      <Text size="sm" tone="attention">
        {text.added}
      </Text>
    </Row>
  )
}
