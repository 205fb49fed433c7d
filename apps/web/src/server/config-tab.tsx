import type { Cvar, GeneratedConfig, Server } from '@left4me/contract'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call } from '../api/call.ts'
import { isProblem } from '../api/problem-error.ts'
import { feedQueries, generatedConfigQuery } from '../api/queries.ts'
import { cvarsQuery, refreshServerContent } from '../api/settings-queries.ts'
import { useEdits } from '../edits/use-edits.ts'
import { useUnsaved } from '../edits/use-unsaved.ts'
import { messages } from '../messages/messages.ts'
import { ConfigEditor, describeCvar } from '../settings/config-editor.tsx'
import { ProblemNotice } from '../shell/error-page.tsx'
import { CodeLines } from '../ui/code-lines.tsx'
import { Columns, Panel, Stack } from '../ui/layout.tsx'
import { Hint } from '../ui/notice.tsx'
import { Popover } from '../ui/popover.tsx'
import { Loading } from '../ui/progress.tsx'
import { SaveRow } from '../ui/save-row.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { Text } from '../ui/text.tsx'
import { lineNotes } from './line-notes.ts'
import { readLines } from './read-settings.ts'
import { useServer } from './server-page.tsx'

const { sources, ...text } = messages.config

/** What will it run with, and which line decides? */
export function ConfigTab() {
  const server = useServer()
  const config = useQuery(generatedConfigQuery(server.id))
  return (
    <Stack gap={4}>
      <Columns min="lg" gap={4}>
        <OwnLines server={server} />
        <Stack>
          <ProblemNotice error={config.error} onRetry={() => void config.refetch()} />
          {config.isPending && <Loading label={messages.loading} />}
          {config.data && <GeneratedLines config={config.data} />}
        </Stack>
      </Columns>
      {config.data && <Settings config={config.data} />}
    </Stack>
  )
}

function OwnLines({ server }: { server: Server }) {
  const queries = useQueryClient()
  const present = server.config.join('\n')
  const { edited, edit, saved, discard } = useEdits<string | null>(null)
  const typed = edited ?? present
  const unchanged = typed === present
  useUnsaved(!unchanged)
  const save = useMutation({
    mutationFn: (sent: string) =>
      call('changeServer', { params: { id: server.id }, body: { config: readLines(sent) } }),
    onSuccess: async (changed, sent) => {
      feedQueries(queries, { name: 'server', data: changed })
      saved(sent)
      await refreshServerContent(queries, server.id)
    },
  })
  const problem = isProblem(save.error) ? save.error : null
  const error = problem?.errors.map(({ path, message }) => lineOf(path, message)).join(' ')
  const trySave = () => {
    if (!unchanged && !save.isPending) save.mutate(typed)
  }
  return (
    <Panel title={text.own} about={text.ownAbout}>
      <Stack>
        <ConfigEditor
          label={text.own}
          value={typed}
          onChange={edit}
          onSave={trySave}
          error={error || undefined}
          height="short"
        />
        {save.error && !error && <ProblemNotice error={save.error} />}
        <SaveRow
          save={save}
          unchanged={unchanged}
          onSave={trySave}
          onDiscard={discard}
          note={messages.settings.nextStart}
        />
      </Stack>
    </Panel>
  )
}

/** `/config/3` is the fourth line. */
function lineOf(path: string, message: string): string {
  const line = /^\/config\/(\d+)$/.exec(path)?.[1]
  return line === undefined ? message : `${messages.configHints.line(Number(line) + 1)}: ${message}`
}

type Setting = GeneratedConfig['settings'][number]

function GeneratedLines({ config: { lines, settings } }: { config: GeneratedConfig }) {
  const notes = lineNotes(settings)
  return (
    <Panel title={text.title} about={text.about} flush>
      {lines.length === 0 && <Hint title={text.empty}>{null}</Hint>}
      {lines.length > 0 && (
        <CodeLines
          label={text.title}
          lines={lines.map((line, index) => ({
            text: line.text,
            source: sources[line.source],
            own: line.source === 'server',
            ...notes.get(index),
          }))}
        />
      )}
    </Panel>
  )
}

function Settings({ config: { lines, settings } }: { config: GeneratedConfig }) {
  const { data: cvars } = useQuery(cvarsQuery)
  const columns: Column<Setting>[] = [
    { key: 'name', title: text.setting, cell: ({ name }) => <Name name={name} cvar={cvars?.get(name)} /> },
    { key: 'value', title: text.value, cell: ({ value }) => <Text mono>{value === '' ? '""' : value}</Text> },
    {
      key: 'default',
      title: text.default,
      wide: true,
      cell: ({ name }) => (
        <Text mono tone="neutral">
          {cvars?.get(name)?.default ?? '–'}
        </Text>
      ),
    },
    {
      key: 'line',
      title: text.decides,
      cell: ({ line }) => text.lineFrom(line + 1, sources[lines[line]?.source ?? 'platform']),
    },
    {
      key: 'overrides',
      title: text.overridden,
      wide: true,
      cell: ({ overrides }) =>
        overrides
          .map(line => text.lineFrom(line + 1, sources[lines[line]?.source ?? 'platform']))
          .join(', ') || '–',
    },
  ]
  if (settings.length === 0) return null
  return (
    <Panel title={text.settings} about={text.settingsAbout} flush>
      <Table label={text.settings} columns={columns} items={settings} keyOf={({ name }) => name} />
    </Panel>
  )
}

function Name({ name, cvar }: { name: string; cvar: Cvar | undefined }) {
  if (!cvar) return <Text mono>{name}</Text>
  return (
    <Popover label={name} trigger={<Text mono>{name}</Text>}>
      <Stack gap={1}>
        <Text>{cvar.description}</Text>
        <Text size="sm" tone="neutral">
          {describeCvar(cvar)}
        </Text>
      </Stack>
    </Popover>
  )
}
