import { type LayerConflict, type LayerName, severities } from '@left4me/contract'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Crown } from 'lucide-react'
import { serverConflictsQuery } from '../../api/settings-queries.ts'
import { messages } from '../../messages/messages.ts'
import { severityLooks } from '../../overlays/overlay-look.tsx'
import { ProblemNotice } from '../../shell/error-page.tsx'
import { Badge } from '../../ui/badge.tsx'
import { Panel, Row, Stack } from '../../ui/layout.tsx'
import { Line, LineList } from '../../ui/list.tsx'
import { Hint } from '../../ui/notice.tsx'
import { Segments } from '../../ui/pressable.tsx'
import { Loading } from '../../ui/progress.tsx'
import { Text } from '../../ui/text.tsx'

const route = getRouteApi('/app/servers/$serverId/layers')
const text = messages.conflicts

/** Conflicts between the layers that the next start takes. */
export function ConflictsPanel({ serverId }: { serverId: number }) {
  const { severity } = route.useSearch()
  const navigate = route.useNavigate()
  const conflicts = useQuery(serverConflictsQuery(serverId))
  const all = conflicts.data?.items ?? []
  const shown = all.filter(conflict => severity === undefined || conflict.severity === severity)
  return (
    <Panel
      title={text.title}
      about={text.about}
      flush
      actions={
        all.length > 0 && (
          <Segments
            label={text.severity}
            value={severity ?? 'all'}
            onChange={value => {
              const chosen = severities.find(known => known === value)
              void navigate({ search: chosen ? { severity: chosen } : {}, replace: true })
            }}
            choices={[
              { value: 'all', label: text.all(all.length) },
              ...severities.map(each => ({
                value: each,
                label: text.counted[each](all.filter(conflict => conflict.severity === each).length),
              })),
            ]}
          />
        )
      }
    >
      <ProblemNotice error={conflicts.error} onRetry={() => void conflicts.refetch()} />
      {conflicts.isPending && <Loading label={messages.loading} />}
      {conflicts.data && all.length === 0 && <Hint title={text.none}>{text.noneHint}</Hint>}
      {all.length > 0 && shown.length === 0 && <Hint title={text.noMatch} />}
      {shown.length > 0 && (
        <LineList label={text.title}>
          {shown.map((conflict, index) => (
            <Line key={index}>
              <Conflict conflict={conflict} />
            </Line>
          ))}
        </LineList>
      )}
      {(conflicts.data?.left ?? 0) > 0 && <Hint title={text.left(conflicts.data?.left ?? 0)} />}
    </Panel>
  )
}

/** Things that are named; how many more there are is told. */
const named = 6

function Conflict({ conflict }: { conflict: LayerConflict }) {
  const { severity, places, winner, subjects, count, message, remedy } = conflict
  // A single one is in the message.
  const names = subjects.length > 1 ? subjects.slice(0, named) : []
  const more = Math.max(count, subjects.length) - names.length
  return (
    <Stack gap={1}>
      <Row align="start">
        <Badge {...severityLooks[severity]}>{messages.revisions.severities[severity]}</Badge>
        <Text strong>{message}</Text>
      </Row>
      {names.length > 0 && (
        <Text size="sm" mono>
          {names.join(', ')}
          {more > 0 ? ` ${text.more(more)}` : ''}
        </Text>
      )}
      <Stack gap={0}>
        {places.map((place, index) => (
          <Row key={index}>
            <Text size="sm" tone={index === winner ? 'good' : 'neutral'} strong={index === winner}>
              {[layerName(place.layer), place.vpk, place.path].filter(Boolean).join(' › ')}
            </Text>
            {index === winner && (
              <Badge tone="good" icon={Crown}>
                {text.wins}
              </Badge>
            )}
          </Row>
        ))}
        {winner === null && places.length > 1 && (
          <Text size="sm" tone="attention">
            {text.noWinner}
          </Text>
        )}
      </Stack>
      <Text size="sm">{remedy}</Text>
    </Stack>
  )
}

/** How a layer is called: by its overlay's name and revision, or by what it is. */
export function layerName(layer: LayerName): string {
  if (layer.kind === 'upper') return messages.layers.upper
  if (layer.kind === 'installation') return messages.layers.installation
  return layer.revision === null ? layer.name : `${layer.name} r${layer.revision}`
}
