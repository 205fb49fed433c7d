import { expect, it } from 'vitest'
import { parseInstanceName } from '../arguments/names.ts'
import { parseServerVerb, serverVerbs, showArguments, systemctlCalls } from './server-verbs.ts'

const name = parseInstanceName('7')
if (!name) throw new Error('no name')

it('each verb is these calls of systemctl and no others', () => {
  const calls = serverVerbs.map(verb => {
    const lines =
      verb === 'show'
        ? [showArguments(name).join(' ')]
        : systemctlCalls(verb, name).map(
            ({ words, mayFail }) => words.join(' ') + (mayFail ? ' (may fail)' : ''),
          )
    return `${verb}:\n${lines.map(line => `  ${line}`).join('\n')}`
  })
  expect(calls.join('\n')).toMatchInlineSnapshot(`
    "start:
      reset-failed left4me-server@7.service left4me-overlay@7.service (may fail)
      start left4me-overlay@7.service left4me-server@7.service
    stop:
      stop left4me-server@7.service left4me-overlay@7.service
      reset-failed left4me-server@7.service left4me-overlay@7.service (may fail)
    restart:
      reset-failed left4me-server@7.service left4me-overlay@7.service (may fail)
      restart left4me-overlay@7.service left4me-server@7.service
    enable:
      enable --no-reload --quiet left4me-server@7.service
    disable:
      disable --no-reload --quiet left4me-server@7.service
    show:
      show --timestamp=us+utc --property=Id,LoadState,UnitFileState,ActiveState,SubState,Result,NRestarts,MainPID,ExecMainCode,ExecMainStatus,ExecMainStartTimestamp,ExecMainStartTimestampMonotonic,ExecMainExitTimestamp,ExecMainExitTimestampMonotonic,StateChangeTimestamp,StateChangeTimestampMonotonic,ControlGroup,InvocationID left4me-server@7.service left4me-overlay@7.service
    reset-failed:
      reset-failed left4me-server@7.service left4me-overlay@7.service (may fail)
    terminate:
      kill --kill-whom=all --signal=SIGTERM left4me-server@7.service
    kill:
      kill --kill-whom=all --signal=SIGKILL left4me-server@7.service"
  `)
})

it('other words are no verbs', () => {
  for (const text of ['', 'START', 'start ', 'edit', 'cat', 'daemon-reload', 'mask', '--help', 'constructor'])
    expect(parseServerVerb(text)).toBeNull()
})
