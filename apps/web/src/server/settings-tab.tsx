import { limits, type Server, type ServerChange } from '@left4me/contract'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/call.ts'
import { isProblem } from '../api/problem-error.ts'
import { feedQueries, generatedConfigQuery } from '../api/queries.ts'
import { useEdits } from '../edits/use-edits.ts'
import { useUnsaved } from '../edits/use-unsaved.ts'
import { messages } from '../messages/messages.ts'
import { ArgumentsField } from '../settings/arguments-field.tsx'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Form, TextField } from '../ui/field.tsx'
import { MainAndAside, Panel } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { SaveRow } from '../ui/save-row.tsx'
import { CloneServer } from './clone-server.tsx'
import { DangerZone } from './danger-zone.tsx'
import { PublicPage, StartPolicy, UpdatePolicy } from './policies.tsx'
import { joinErrors, nameError, readArguments, readPort } from './read-settings.ts'
import { useServer } from './server-page.tsx'
import { StartMap } from './start-map-field.tsx'

const text = messages.settings
const fields = ['name', 'port', 'arguments'] as const

export function SettingsTab() {
  const server = useServer()
  return (
    <MainAndAside
      main={<General server={server} />}
      aside={
        <>
          <StartPolicy server={server} />
          <UpdatePolicy server={server} />
          <PublicPage server={server} />
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
  arguments: server.arguments.join(' '),
})

function General({ server }: { server: Server }) {
  const queries = useQueryClient()
  // What was typed stays while events change the server; only what was changed here is sent.
  const { edited, edit, saved } = useEdits<Partial<ReturnType<typeof typed>>>({})
  const present = typed(server)
  const values = { ...present, ...edited }
  const change = readChange(present, values)
  const port = readPort(values.port)
  const own = {
    name: nameError(values.name),
    port: port === undefined ? messages.forms.portRange : port === null ? messages.forms.required : undefined,
  }
  const save = useMutation({
    mutationFn: (sent: { change: ServerChange; edited: typeof edited }) =>
      call('changeServer', { params: { id: server.id }, body: sent.change }),
    onSuccess: (changed, sent) => {
      feedQueries(queries, { name: 'server', data: changed })
      void queries.invalidateQueries({ queryKey: generatedConfigQuery(server.id).queryKey })
      saved(sent.edited)
    },
  })
  const problem = isProblem(save.error) ? save.error : null
  const errors = joinErrors(own, problem?.fieldErrors(fields) ?? {})
  const unchanged = Object.keys(change).length === 0 && !own.port
  useUnsaved(!unchanged)
  return (
    <Panel title={text.general} about={text.nextStart}>
      <Form
        onSubmit={() => {
          if (!own.name && !own.port && !unchanged && !save.isPending) save.mutate({ change, edited })
        }}
      >
        <TextField
          label={text.name}
          value={values.name}
          onChange={name => edit({ ...edited, name })}
          maxLength={limits.serverName}
          error={errors['name']}
        />
        <TextField
          label={text.port}
          value={values.port}
          onChange={port => edit({ ...edited, port })}
          inputMode="numeric"
          error={errors['port']}
        />
        <StartMap
          serverId={server.id}
          words={readArguments(values.arguments)}
          onChange={words => edit({ ...edited, arguments: words.join(' ') })}
        />
        <ArgumentsField
          label={text.arguments}
          value={values.arguments}
          onChange={next => edit({ ...edited, arguments: next })}
          hint={text.argumentsHint}
          error={errors['arguments']}
        />
        {problem?.otherErrors(fields).map(other => (
          <Notice key={other} tone="broken" urgent>
            {other}
          </Notice>
        ))}
        {save.error && Object.keys(errors).length === 0 && <ProblemNotice error={save.error} />}
        <SaveRow save={save} unchanged={unchanged} />
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
    ...(after.arguments !== before.arguments ? { arguments: readArguments(after.arguments) } : {}),
  }
}
