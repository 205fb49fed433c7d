import { limits, type Server, type ServerChange } from '@left4me/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { isProblem } from '../api/problem-error.ts'
import { feedQueries, generatedConfigQuery, overlaysQuery } from '../api/queries.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { Form, TextArea, TextField } from '../ui/field.tsx'
import { MainAndAside, Panel, Row, Stack } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { Text } from '../ui/text.tsx'
import { CloneServer } from './clone-server.tsx'
import { DangerZone } from './danger-zone.tsx'
import { joinErrors, nameError, readArguments, readLines, readPort } from './read-settings.ts'
import { useServer } from './server-page.tsx'

const text = messages.settings
const fields = ['name', 'port', 'config', 'arguments'] as const

export function SettingsTab() {
  const server = useServer()
  return (
    <MainAndAside
      main={<General server={server} />}
      aside={
        <>
          {server.overlayIds.length > 0 && <Overlays ids={server.overlayIds} />}
          <CloneServer server={server} />
          <DangerZone server={server} />
        </>
      }
    />
  )
}

const typed = (server: Server) => ({
  name: server.name,
  port: String(server.port),
  config: server.config.join('\n'),
  arguments: server.arguments.join(' '),
})

function General({ server }: { server: Server }) {
  const queries = useQueryClient()
  // What was typed stays while events change the server; only what was changed here is sent.
  const [edited, setEdited] = useState<Partial<ReturnType<typeof typed>>>({})
  const present = typed(server)
  const values = { ...present, ...edited }
  const edit = (change: Partial<ReturnType<typeof typed>>) => setEdited({ ...edited, ...change })
  const change = readChange(present, values)
  const port = readPort(values.port)
  const own = {
    name: nameError(values.name),
    port: port === undefined ? messages.forms.portRange : port === null ? messages.forms.required : undefined,
  }
  const save = useMutation({
    mutationFn: () => call('changeServer', { params: { id: server.id }, body: change }),
    onSuccess: changed => {
      feedQueries(queries, { name: 'server', data: changed })
      void queries.invalidateQueries({ queryKey: generatedConfigQuery(server.id).queryKey })
      setEdited({})
    },
  })
  const problem = isProblem(save.error) ? save.error : null
  const errors = joinErrors(own, problem?.fieldErrors(fields) ?? {})
  const unchanged = Object.keys(change).length === 0 && !own.port
  return (
    <Panel title={text.general} about={text.nextStart}>
      <Form
        onSubmit={() => {
          if (!own.name && !own.port && !unchanged) save.mutate()
        }}
      >
        <TextField
          label={text.name}
          value={values.name}
          onChange={name => edit({ name })}
          maxLength={limits.serverName}
          error={errors['name']}
        />
        <TextField
          label={text.port}
          value={values.port}
          onChange={next => edit({ port: next })}
          inputMode="numeric"
          error={errors['port']}
        />
        <TextArea
          label={text.config}
          value={values.config}
          onChange={config => edit({ config })}
          rows={Math.min(20, Math.max(5, server.config.length + 2))}
          placeholder="z_difficulty Hard"
          hint={text.configHint}
          error={errors['config']}
        />
        <TextArea
          label={text.arguments}
          value={values.arguments}
          onChange={next => edit({ arguments: next })}
          rows={2}
          hint={text.argumentsHint}
          error={errors['arguments']}
        />
        {problem?.otherErrors(fields).map(other => (
          <Notice key={other} tone="broken" urgent>
            {other}
          </Notice>
        ))}
        {save.error && Object.keys(errors).length === 0 && <ProblemNotice error={save.error} />}
        <Row>
          <Button
            type="submit"
            kind="primary"
            busy={save.isPending}
            disabledReason={unchanged ? messages.forms.nothingChanged : null}
          >
            {messages.actions.save}
          </Button>
          <span role="status">
            {save.isSuccess && unchanged && <Text tone="good">{messages.forms.saved}</Text>}
          </span>
        </Row>
      </Form>
    </Panel>
  )
}

/** Only what differs: a change by somebody else to another setting is not undone by this form. */
function readChange(before: ReturnType<typeof typed>, after: ReturnType<typeof typed>): ServerChange {
  const port = readPort(after.port)
  return {
    ...(after.name.trim() !== before.name ? { name: after.name.trim() } : {}),
    ...(typeof port === 'number' && String(port) !== before.port ? { port } : {}),
    ...(after.config !== before.config ? { config: readLines(after.config) } : {}),
    ...(after.arguments !== before.arguments ? { arguments: readArguments(after.arguments) } : {}),
  }
}

function Overlays({ ids }: { ids: readonly number[] }) {
  const overlays = useQuery(overlaysQuery)
  return (
    <Panel title={text.overlays} about={text.overlaysAbout}>
      <ProblemNotice error={overlays.error} onRetry={() => void overlays.refetch()} />
      <Stack gap={1}>
        {ids.map((id, index) => (
          <Text
            key={id}
          >{`${index + 1}. ${overlays.data?.find(overlay => overlay.id === id)?.name ?? `#${id}`}`}</Text>
        ))}
      </Stack>
    </Panel>
  )
}
