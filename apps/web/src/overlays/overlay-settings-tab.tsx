import { limits, type Overlay, type OverlayChange } from '@left4me/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { changeOverlay } from '../api/content-queries.ts'
import { isProblem } from '../api/problem-error.ts'
import { useEdits } from '../edits/use-edits.ts'
import { useUnsaved } from '../edits/use-unsaved.ts'
import { messages } from '../messages/messages.ts'
import { joinErrors, nameError } from '../server/read-settings.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { Checkbox } from '../ui/choices.tsx'
import { ConfirmDialog } from '../ui/dialog.tsx'
import { Form, TextField } from '../ui/field.tsx'
import { Fill, MainAndAside, Panel, Row } from '../ui/layout.tsx'
import { SaveRow } from '../ui/save-row.tsx'
import { Text } from '../ui/text.tsx'
import { useOverlay } from './overlay-page.tsx'

const text = messages.overlaySettings

export function OverlaySettingsTab() {
  const overlay = useOverlay()
  return <MainAndAside main={<General overlay={overlay} />} aside={<DangerZone overlay={overlay} />} />
}

function General({ overlay }: { overlay: Overlay }) {
  const queries = useQueryClient()
  const { edited, edit, saved } = useEdits<{ name?: string; shared?: boolean }>({})
  const name = edited.name ?? overlay.name
  const shared = edited.shared ?? overlay.shared
  const change: OverlayChange = {
    ...(name.trim() === overlay.name ? {} : { name: name.trim() }),
    ...(shared === overlay.shared ? {} : { shared }),
  }
  const unchanged = Object.keys(change).length === 0
  useUnsaved(!unchanged)
  const save = useMutation({
    mutationFn: (sent: { change: OverlayChange; edited: typeof edited }) =>
      changeOverlay(queries, overlay.id, sent.change),
    onSuccess: (_, sent) => saved(sent.edited),
  })
  const own = { name: nameError(name, limits.overlayName) }
  const errors = joinErrors(own, isProblem(save.error) ? save.error.fieldErrors(['name']) : {})
  return (
    <Panel title={text.general}>
      <Form onSubmit={() => !own.name && !unchanged && !save.isPending && save.mutate({ change, edited })}>
        <TextField
          label={messages.newOverlay.name}
          value={name}
          onChange={next => edit({ ...edited, name: next })}
          maxLength={limits.overlayName}
          error={errors['name']}
        />
        <Checkbox
          label={messages.newOverlay.shared}
          hint={messages.newOverlay.sharedHint}
          checked={shared}
          onChange={next => edit({ ...edited, shared: next })}
        />
        {save.error && Object.keys(errors).length === 0 && <ProblemNotice error={save.error} />}
        <SaveRow save={save} unchanged={unchanged} />
      </Form>
    </Panel>
  )
}

function DangerZone({ overlay }: { overlay: Overlay }) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const [asked, ask] = useState(false)
  const remove = useMutation({
    mutationFn: () => call('deleteOverlay', { params: { id: overlay.id } }),
    onSuccess: async () => {
      await navigate({ to: '/overlays', ignoreBlocker: true })
      queries.removeQueries({ queryKey: ['overlay', overlay.id] })
      await queries.invalidateQueries({ queryKey: ['overlays'] })
    },
  })
  const users = [...overlay.usedBy.servers, ...overlay.usedBy.blueprints].map(({ name }) => `“${name}”`)
  const reason =
    overlay.jobId !== null ? text.deleteBuilding : users.length > 0 ? text.deleteUsed(users.join(', ')) : null
  return (
    <Panel title={text.danger} danger>
      <Row spread gap={4} wrap={false}>
        <Fill>
          <Text block>{text.deleteAbout}</Text>
          {reason !== null && (
            <Text block size="sm" tone="neutral">
              {reason}
            </Text>
          )}
        </Fill>
        <Button kind="danger" icon={Trash2} disabledReason={reason} onClick={() => ask(true)}>
          {text.delete}
        </Button>
      </Row>
      <ConfirmDialog
        open={asked}
        onClose={() => {
          ask(false)
          remove.reset()
        }}
        title={text.deleteTitle(overlay.name)}
        action={text.deleteAction}
        danger
        typed={{ label: text.deleteType, text: overlay.name }}
        busy={remove.isPending}
        error={<ProblemNotice error={remove.error} />}
        onConfirm={() => remove.mutate()}
      >
        {text.deleteLost(overlay.revision)}
      </ConfirmDialog>
    </Panel>
  )
}
