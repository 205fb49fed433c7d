import { StringDecoder } from 'node:string_decoder'
import { type SteamcmdEvent, SteamcmdReader, type SteamcmdResult } from '@left4me/protocols'
import { plainText } from '../process/log/line-splitter.ts'
import type { ProgramLauncher } from './program-launcher.ts'

/** Its arguments come as lines of a variable: `script` takes a command as text only. */
const terminalCommand = `
IFS="
"
set -f
set -- $LEFT4ME_COMMAND
unset IFS LEFT4ME_COMMAND
exec "$@"
`

/**
 * One run of steamcmd under a pseudo-terminal, without which it holds its output back in blocks. Silence for longer than
 * `inactivityMs` ends it, and so does `signal`; both with everything that it started.
 */
export async function runSteamcmd(options: {
  readonly launcher: ProgramLauncher
  readonly steamcmd: string
  readonly arguments: readonly string[]
  /** steamcmd's HOME and working folder. */
  readonly home: string
  readonly environment: Readonly<Record<string, string>>
  readonly inactivityMs: number
  readonly onEvent: (event: SteamcmdEvent) => void
  readonly signal: AbortSignal
}): Promise<SteamcmdResult> {
  const { launcher, home, signal } = options
  const reader = new SteamcmdReader()
  const decoder = new StringDecoder('utf8')
  let ended: 'by-itself' | 'inactive' | 'cancelled' = 'by-itself'
  let state: string | null = null
  const hand = (events: SteamcmdEvent[]) => {
    for (const [index, event] of events.entries()) {
      if (event.kind === 'progress') state = event.state
      const next = events[index + 1]
      // Of the hundreds of progress lines only the first of each state is worth keeping.
      if (event.kind === 'output' && next?.kind === 'progress' && next.state === state) continue
      options.onEvent(event.kind === 'output' ? { ...event, line: plainText(event.line) } : event)
    }
  }
  const run = launcher.launch({
    command: [launcher.script, '-qefc', terminalCommand, '/dev/null'],
    folder: home,
    environment: {
      PATH: '/usr/local/bin:/usr/bin:/bin:/usr/games',
      TERM: 'dumb',
      ...options.environment,
      SHELL: launcher.shell,
      HOME: home,
      // Numbers with a decimal point, names in UTF-8.
      LC_ALL: 'C.UTF-8',
      LEFT4ME_COMMAND: [options.steamcmd, ...options.arguments].join('\n'),
    },
    onOutput: chunk => {
      silence.refresh()
      hand(reader.push(decoder.write(chunk)))
    },
  })
  const end = (how: 'inactive' | 'cancelled') => {
    if (ended === 'by-itself') ended = how
    run.kill()
  }
  const silence = setTimeout(() => end('inactive'), options.inactivityMs)
  const cancel = () => end('cancelled')
  signal.addEventListener('abort', cancel, { once: true })
  if (signal.aborted) cancel()
  try {
    const status = await run.exited
    hand(reader.push(`${decoder.end()}\n`))
    return reader.finish(status, ended)
  } finally {
    clearTimeout(silence)
    signal.removeEventListener('abort', cancel)
  }
}
