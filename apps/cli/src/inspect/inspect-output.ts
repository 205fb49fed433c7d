import {
  type LogLine,
  parseStatus,
  readLogLine,
  type SteamcmdEvent,
  SteamcmdReader,
} from '@left4me/protocols'
import { CommandError } from '../cli-error.ts'
import { printable } from '../terminal/printable.ts'
import type { Inspection } from './inspection.ts'
import { readTextToInspect } from './read-file.ts'

/** The answer of a server to `status`. A cut one is an error: nothing may be concluded from what isn't there. */
export async function inspectStatus(path: string): Promise<Inspection> {
  const report = parseStatus(await readTextToInspect(path))
  if (!report.complete)
    throw new CommandError(`${path} is no complete answer to “status”: a header or the end is missing`)
  return {
    json: report,
    rows: [
      ['hostname', printable(report.hostname)],
      ['map', printable(report.map)],
      ['players', `${report.humans} of ${report.maxPlayers}`],
      ...report.players.map(player => [
        player.bot ? 'bot' : 'player',
        printable(player.name),
        player.steamId,
      ]),
    ],
  }
}

export async function inspectLog(path: string): Promise<Inspection> {
  const lines = (await readTextToInspect(path)).split('\n').flatMap(line => readLogLine(line))
  if (lines.length === 0)
    throw new CommandError(`${path} is no server log: no line begins with “L MM/DD/YYYY - HH:MM:SS:”`)
  return { json: { lines }, rows: lines.map(line => [timeOf(line), line.event.kind, printable(line.text)]) }
}

function timeOf({ time }: LogLine): string {
  const two = (number: number) => String(number).padStart(2, '0')
  return `${time.year}-${two(time.month)}-${two(time.day)} ${two(time.hour)}:${two(time.minute)}:${two(time.second)}`
}

/** What steamcmd printed during one run, and what came of it. */
export async function inspectSteamcmd(path: string): Promise<Inspection> {
  const reader = new SteamcmdReader()
  const events = reader.push(`${await readTextToInspect(path)}\n`)
  const progress = events.filter(event => event.kind !== 'output')
  const result = reader.finish(null)
  if (progress.length === 0)
    throw new CommandError(`${path} is no output of steamcmd: none of its lines is known`)
  return {
    json: { result, events: progress },
    rows: [
      ['result', result.succeeded ? 'succeeded' : 'failed'],
      ...(result.problem
        ? [['problem', `${printable(result.problem.message)} ${result.problem.remedy}`]]
        : []),
      ...progress.map(event => [event.kind, printable(describe(event))]),
    ],
  }
}

function describe(event: SteamcmdEvent): string {
  return 'activity' in event ? event.activity : 'line' in event ? event.line : event.kind
}
