import { limits, type NewOverlay, type OverlayKind, overlayKinds } from '@left4me/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { X } from 'lucide-react'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { refreshOverlay } from '../api/content-queries.ts'
import { isProblem } from '../api/problem-error.ts'
import { useUnsaved } from '../edits/use-unsaved.ts'
import { messages } from '../messages/messages.ts'
import { joinErrors, nameError } from '../server/read-settings.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { Checkbox, ChoiceCards } from '../ui/choices.tsx'
import { CodeEditor } from '../ui/code-editor.tsx'
import { Form, TextField } from '../ui/field.tsx'
import { Page, Panel, Row, Stack } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Text } from '../ui/text.tsx'
import { kindsInOrder, useMayBringCode } from './overlay-look.tsx'
import { AddItems } from './workshop/add-items.tsx'

const route = getRouteApi('/app/overlays/new')
const text = messages.newOverlay
const fields = ['name', 'script', 'workshopIds', 'indexUrl'] as const

/** Choose where the content comes from, name it, and take the first step that its kind has. */
export function NewOverlayPage() {
  const { kind = 'upload' } = route.useSearch()
  const choose = route.useNavigate()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const mayBringCode = useMayBringCode()
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const [script, setScript] = useState(text.scriptExample)
  const [workshopIds, setWorkshopIds] = useState<readonly string[]>([])
  const [indexUrl, setIndexUrl] = useState('')
  const [checked, setChecked] = useState(false)
  useUnsaved(name !== '' || script !== text.scriptExample || workshopIds.length > 0 || indexUrl !== '')

  const create = useMutation({
    mutationFn: () =>
      call('createOverlay', {
        body: {
          name: name.trim(),
          kind,
          ...(shared ? { shared } : {}),
          ...ownPart(kind, { script, workshopIds, indexUrl: indexUrl.trim() }),
        },
      }),
    onSuccess: async overlay => {
      await refreshOverlay(queries, overlay.id)
      await navigate({
        to: '/overlays/$overlayId',
        params: { overlayId: overlay.id },
        ignoreBlocker: true,
      })
    },
  })
  const own = {
    name: nameError(name, limits.overlayName),
    indexUrl: kind === 'map-index' && indexUrl.trim() === '' ? messages.forms.required : undefined,
  }
  const problem = isProblem(create.error) ? create.error : null
  const errors = joinErrors(checked ? own : {}, problem?.fieldErrors(fields) ?? {})
  const forbidden = kind === 'script' && !mayBringCode

  return (
    <Page title={text.title} width="reading">
      <Panel>
        <Form
          onSubmit={() => {
            setChecked(true)
            if (!own.name && !own.indexUrl && !forbidden) create.mutate()
          }}
        >
          <ChoiceCards
            legend={text.kind}
            name="kind"
            value={kind}
            onChange={value => {
              const next = overlayKinds.find(known => known === value)
              if (next) void choose({ search: { kind: next }, replace: true })
            }}
            choices={kindsInOrder.map(value => ({
              value,
              label: messages.overlays.kinds[value],
              about: messages.overlays.kindAbout[value],
            }))}
          />
          <TextField
            label={text.name}
            value={name}
            onChange={setName}
            maxLength={limits.overlayName}
            hint={text.nameHint}
            error={errors['name']}
          />
          {kind === 'upload' && <Text tone="neutral">{text.uploadNext}</Text>}
          {forbidden && <Notice tone="attention">{text.noCode}</Notice>}
          {kind === 'script' && !forbidden && (
            <Stack gap={1}>
              <Text strong>{text.script}</Text>
              <CodeEditor
                label={text.script}
                value={script}
                onChange={setScript}
                language="bash"
                height="short"
              />
            </Stack>
          )}
          {kind === 'workshop' && <ChosenItems ids={workshopIds} onChange={setWorkshopIds} />}
          {kind === 'map-index' && (
            <TextField
              label={text.url}
              value={indexUrl}
              onChange={setIndexUrl}
              placeholder="https://maps.example.org/index.csv"
              hint={text.urlHint}
              error={errors['indexUrl']}
            />
          )}
          <Checkbox label={text.shared} hint={text.sharedHint} checked={shared} onChange={setShared} />
          {create.error && Object.keys(errors).length === 0 && <ProblemNotice error={create.error} />}
          <Row>
            <Button
              type="submit"
              kind="primary"
              busy={create.isPending}
              disabledReason={forbidden ? text.noCodeShort : null}
            >
              {text.create}
            </Button>
          </Row>
        </Form>
      </Panel>
    </Page>
  )
}

/** Items that are looked up and chosen; more can be added on the overlay's own page. */
function ChosenItems({ ids, onChange }: { ids: readonly string[]; onChange: (ids: string[]) => void }) {
  return (
    <>
      {ids.length > 0 && (
        <Row>
          {ids.map(id => (
            <Button
              key={id}
              small
              icon={X}
              label={`${id}: ${messages.workshop.remove}`}
              onClick={() => onChange(ids.filter(other => other !== id))}
            >
              {id}
            </Button>
          ))}
        </Row>
      )}
      <AddItems present={ids} busy={false} onAdd={async added => onChange([...ids, ...added])} />
    </>
  )
}

function ownPart(
  kind: OverlayKind,
  parts: { script: string; workshopIds: readonly string[]; indexUrl: string },
): Partial<NewOverlay> {
  if (kind === 'script') return { script: parts.script }
  if (kind === 'workshop') return { workshopIds: [...parts.workshopIds] }
  return kind === 'map-index' ? { indexUrl: parts.indexUrl } : {}
}
