import { limits } from '@left4me/contract'
import { useMutation } from '@tanstack/react-query'
import { getRouteApi, useRouter } from '@tanstack/react-router'
import { History } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { call } from '../api/call.ts'
import { isProblem } from '../api/problem-error.ts'
import { remember, step } from '../console/command-history.ts'
import { loadHistory, saveHistory } from '../console/kept-history.ts'
import { rowsOf } from '../console/log-rows.ts'
import { type LogKind, logKinds } from '../console/read-log-line.ts'
import { addLogLines, logOf, useServerLog } from '../console/server-logs.ts'
import { formatCount } from '../format/numbers.ts'
import { messages } from '../messages/messages.ts'
import { ProblemNotice } from '../shell/error-page.tsx'
import { Button } from '../ui/button.tsx'
import { CompactSelect } from '../ui/choices.tsx'
import { CommandLine, ConsoleFrame } from '../ui/console-frame.tsx'
import { LogView } from '../ui/log-view.tsx'
import { SearchField } from '../ui/search-field.tsx'
import { Text, Visually } from '../ui/text.tsx'
import { useServer } from './server-page.tsx'

const route = getRouteApi('/app/servers/$serverId/console')

export function ConsoleTab() {
  const server = useServer()
  const { filter = '', kind, line } = route.useSearch()
  const navigate = route.useNavigate()
  const router = useRouter()
  const entries = useServerLog(server.id)
  const rows = useMemo(() => rowsOf(entries, { text: filter, kind: kind ?? null }), [entries, filter, kind])
  const change = (search: { filter?: string; kind?: LogKind | undefined; line?: number | undefined }) => {
    const next = { filter, kind, line, ...search }
    void navigate({
      search: {
        ...(next.filter ? { filter: next.filter } : {}),
        ...(next.kind ? { kind: next.kind } : {}),
        ...(next.line ? { line: next.line } : {}),
      },
      replace: true,
      resetScroll: false,
    })
  }
  const filtered = filter !== '' || kind !== undefined
  return (
    <ConsoleFrame
      tools={
        <>
          <SearchField
            main
            label={messages.log.filter}
            value={filter}
            onChange={text => change({ filter: text })}
          />
          <CompactSelect
            label={messages.log.kind}
            value={kind ?? ''}
            onChange={value => change({ kind: logKinds.find(known => known === value) })}
            choices={[
              { value: '', label: messages.log.allKinds },
              ...logKinds.map(value => ({ value, label: messages.log.kinds[value] })),
            ]}
          />
          <Earlier serverId={server.id} gap={entries.find(entry => entry.type === 'gap')?.key ?? null} />
          <Text size="sm" tone="neutral">
            {messages.log.lines(formatCount(rows.length))}
          </Text>
        </>
      }
      log={
        <LogView
          // Another filter is another list: it begins at its end again.
          key={`${filter} ${kind}`}
          label={messages.log.server}
          rows={rows}
          empty={
            filtered
              ? messages.log.noMatch
              : server.state === 'stopped'
                ? messages.log.emptyStopped
                : messages.log.empty
          }
          selected={line ?? null}
          hrefOf={number => {
            const { href } = router.buildLocation({
              to: '/servers/$serverId/console',
              params: { serverId: server.id },
              search: { line: number },
            })
            return href
          }}
          onSelect={number => change({ line: number === line ? undefined : number })}
        />
      }
      input={
        <Input
          serverId={server.id}
          disabledReason={server.state === 'running' ? null : messages.console.notRunning}
        />
      }
    />
  )
}

/**
 * Asks for what was said before the lines that the stream began with; by itself where lines are missing in between,
 * because the stream was away for longer than what it begins with.
 */
function Earlier({ serverId, gap }: { serverId: number; gap: string | null }) {
  const { mutate, isPending, isSuccess, error } = useMutation({
    mutationFn: () => call('getLogs', { params: { id: serverId }, query: { lines: limits.logLines } }),
    onSuccess: ({ items }) => addLogLines(serverId, items),
  })
  // Once for each gap: what the server doesn't keep any more stays missing.
  useEffect(() => {
    if (gap !== null) mutate()
  }, [gap, mutate])
  return (
    <>
      <Button
        small
        kind="quiet"
        icon={History}
        busy={isPending}
        disabledReason={isSuccess ? messages.log.noEarlier : null}
        onClick={() => mutate()}
      >
        {messages.log.earlier}
      </Button>
      <ProblemNotice error={error} />
    </>
  )
}

function Input({ serverId, disabledReason }: { serverId: number; disabledReason: string | null }) {
  const [history, setHistory] = useState(() => loadHistory(serverId))
  const [text, setText] = useState('')
  const [answer, setAnswer] = useState('')
  const log = logOf(serverId)
  const run = useMutation({
    mutationFn: (command: string) => call('runCommand', { params: { id: serverId }, body: { command } }),
    onSuccess: ({ output }) => {
      const said = output.replace(/\s+$/, '')
      log.note('output', said || messages.console.noOutput, new Date())
      setAnswer(said || messages.console.noOutput)
    },
    onError: error => {
      const said = isProblem(error) ? error.message : messages.errors.pageDetail
      log.note('refusal', said, new Date())
      setAnswer(said)
    },
  })
  const submit = () => {
    const command = text.trim()
    if (command === '' || disabledReason !== null) return
    const next = remember(history, command)
    setHistory(next)
    saveHistory(serverId, next)
    setText('')
    log.note('command', command, new Date())
    run.mutate(command)
  }
  return (
    <>
      <CommandLine
        label={messages.console.input}
        placeholder={messages.console.placeholder}
        value={text}
        onChange={setText}
        onSubmit={submit}
        onStep={by => {
          const stepped = step(history, by, text)
          setHistory(stepped.history)
          setText(stepped.text)
        }}
        busy={run.isPending}
        maxLength={limits.consoleCommand}
        disabledReason={disabledReason}
      />
      <Visually hidden>
        <span role="status">{answer}</span>
      </Visually>
    </>
  )
}
