import { limits, type NewServer, type Server } from '@left4me/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { ChevronDown, ChevronRight, Play, Plus } from 'lucide-react'
import { useState } from 'react'
import { call } from '../api/call.ts'
import { libraryQuery } from '../api/content-queries.ts'
import { isProblem } from '../api/problem-error.ts'
import { blueprintsQuery, feedQueries, installationQuery } from '../api/queries.ts'
import { useUnsaved } from '../edits/use-unsaved.ts'
import { mapChoices } from '../game/map-choices.ts'
import { startJob } from '../jobs/start-job.tsx'
import { messages } from '../messages/messages.ts'
import { startMapChoices } from '../server/playable-maps.ts'
import { joinErrors, nameError, readLines, readPort } from '../server/read-settings.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button, LinkButton } from '../ui/button.tsx'
import { ChoiceCards } from '../ui/choices.tsx'
import { Form, SelectField, TextArea, TextField } from '../ui/field.tsx'
import { Page, Panel, Row } from '../ui/layout.tsx'
import { Notice } from '../ui/notice.tsx'
import { announce } from '../ui/toast.tsx'

const route = getRouteApi('/app/servers/new')
const fields = ['name', 'blueprintId', 'port', 'arguments', 'config'] as const

export function NewServerPage() {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const blueprints = useQuery(blueprintsQuery)
  const installation = useQuery(installationQuery)
  const [name, setName] = useState('')
  const { blueprint } = route.useSearch()
  const [chosen, setChosen] = useState<string | null>(blueprint ? String(blueprint) : null)
  const [map, setMap] = useState('')
  const [port, setPort] = useState('')
  const [config, setConfig] = useState('')
  const [more, showMore] = useState(false)
  const [checked, setChecked] = useState(false)
  useUnsaved(name !== '' || port !== '' || config !== '')

  const library = useQuery(libraryQuery)
  const blueprintId = chosen ?? String(blueprints.data?.[0]?.id ?? '')
  const layers = blueprints.data?.find(({ id }) => String(id) === blueprintId)?.overlayIds ?? []
  const customMaps = startMapChoices({
    campaigns: (library.data ?? []).filter(
      ({ official, layer }) => !official && layer?.overlayId != null && layers.includes(layer.overlayId),
    ),
    looseMaps: [],
    left: 0,
  })
  const startMaps = [...mapChoices, ...customMaps]
  // Another blueprint may not have the map that was chosen.
  const startMap = startMaps.some(({ value }) => value === map) ? map : ''
  const own = {
    name: nameError(name),
    port: readPort(port) === undefined ? messages.forms.portRange : undefined,
  }

  const create = useMutation({
    mutationFn: async (start: boolean): Promise<Server> => {
      const number = readPort(port)
      const lines = readLines(config)
      const body: NewServer = {
        name: name.trim(),
        ...(blueprintId ? { blueprintId: Number(blueprintId) } : {}),
        ...(typeof number === 'number' ? { port: number } : {}),
        ...(startMap ? { arguments: ['+map', startMap] } : {}),
        ...(lines.length > 0 ? { config: lines } : {}),
      }
      const server = await call('createServer', { body })
      feedQueries(queries, { name: 'server', data: server })
      if (start) {
        await startJob(queries, 'startServer', { params: { id: server.id } }).catch((error: Error) => {
          // The server is there: its page is where to go on, and says why it can't start.
          announce('broken', messages.create.created(server.name), error.message)
        })
      }
      return server
    },
    onSuccess: server =>
      void navigate({ to: '/servers/$serverId', params: { serverId: server.id }, ignoreBlocker: true }),
    onError: error => {
      if (isProblem(error) && Object.keys(error.fieldErrors(['port', 'config'])).length > 0) showMore(true)
    },
  })
  const problem = isProblem(create.error) ? create.error : null
  const errors = joinErrors(checked ? own : {}, problem?.fieldErrors(fields) ?? {})
  const others = problem?.otherErrors(fields) ?? []

  const submit = (start: boolean) => {
    setChecked(true)
    if (own.port) showMore(true)
    if (!own.name && !own.port) create.mutate(start)
  }
  const ready = installation.data?.state === 'ready'
  const notReady = installation.data && !ready ? messages.create.notInstalledReason : null

  return (
    <Page title={messages.create.title} width="reading">
      {installation.data && !ready && (
        <Notice
          tone="attention"
          title={
            installation.data.state === 'installing'
              ? messages.create.installing
              : messages.create.notInstalled
          }
          actions={
            <LinkButton to="/installation" small>
              {messages.create.toInstallation}
            </LinkButton>
          }
        >
          {messages.create.notInstalledDetail}
        </Notice>
      )}
      <Panel>
        <Form onSubmit={() => submit(notReady === null)}>
          <TextField
            label={messages.create.name}
            value={name}
            onChange={setName}
            maxLength={limits.serverName}
            hint={messages.create.nameHint}
            error={errors['name']}
            autoFocus
          />
          {blueprints.data?.length === 0 && <Notice tone="neutral">{messages.create.noBlueprints}</Notice>}
          {blueprints.data && blueprints.data.length > 0 && (
            <ChoiceCards
              legend={messages.create.blueprint}
              name="blueprint"
              value={blueprintId}
              onChange={setChosen}
              error={errors['blueprintId']}
              choices={blueprints.data.map(blueprint => ({
                value: String(blueprint.id),
                label: blueprint.name,
                about:
                  blueprint.description ||
                  messages.create.blueprintAbout(blueprint.overlayIds.length, blueprint.config.length),
              }))}
            />
          )}
          <SelectField
            label={messages.create.map}
            value={startMap}
            onChange={setMap}
            choices={[{ value: '', label: messages.create.mapFromBlueprint }, ...startMaps]}
            error={errors['arguments']}
          />
          <div>
            <Button
              kind="quiet"
              small
              icon={more ? ChevronDown : ChevronRight}
              expanded={more}
              onClick={() => showMore(!more)}
            >
              {messages.create.more}
            </Button>
          </div>
          {more && (
            <>
              <TextField
                label={messages.create.port}
                value={port}
                onChange={setPort}
                inputMode="numeric"
                placeholder={messages.create.portPlaceholder}
                hint={messages.create.portHint}
                error={errors['port']}
                optional
              />
              <TextArea
                label={messages.create.config}
                value={config}
                onChange={setConfig}
                placeholder={'sv_password "secret"'}
                hint={messages.create.configHint}
                error={errors['config']}
                optional
              />
            </>
          )}
          <ProblemNotice error={blueprints.error} onRetry={() => void blueprints.refetch()} />
          {create.error && (Object.keys(errors).length === 0 || others.length > 0) && (
            <ProblemNotice error={create.error} />
          )}
          {others.map(other => (
            <Notice key={other} tone="broken">
              {other}
            </Notice>
          ))}
          <Row>
            <Button
              type={notReady === null ? 'submit' : 'button'}
              kind="primary"
              icon={Play}
              busy={create.isPending && create.variables}
              disabledReason={notReady}
            >
              {messages.create.createAndStart}
            </Button>
            <Button
              type={notReady === null ? 'button' : 'submit'}
              icon={Plus}
              busy={create.isPending && !create.variables}
              onClick={() => notReady === null && submit(false)}
            >
              {messages.create.create}
            </Button>
          </Row>
        </Form>
      </Panel>
    </Page>
  )
}
