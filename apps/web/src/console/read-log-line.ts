/** What a line is about, for filtering and for its mark. */
export const logKinds = ['chat', 'players', 'game', 'commands', 'problems', 'other'] as const
export type LogKind = (typeof logKinds)[number]

/** Something that happened, for the list of recent events. Names and texts are what players typed: show, never trust. */
export type GameEvent =
  | { type: 'joined'; name: string }
  | { type: 'left'; name: string; reason: string | null }
  | { type: 'said'; name: string; text: string }
  | { type: 'renamed'; name: string; to: string }
  | { type: 'map'; map: string }
  | { type: 'round-started' }
  | { type: 'crashed' }
  | { type: 'outdated' }

export interface ReadLine {
  readonly kind: LogKind
  readonly event: GameEvent | null
}

const stamp = /^L \d\d\/\d\d\/\d{4} - \d\d:\d\d:\d\d: /
/**
 * `"NAME<userid><STEAM_…|BOT|Console><team…>" verb…`. A name may hold any of these characters, so that the identity is looked
 * for from its right end; the verbs are few and fixed.
 */
const player = /^"(.*)<\d+><(STEAM_[\d:]+|BOT|Console|)><[^"]*>" (.*)$/
const outdated = /MasterRequestRestart|needs to be restarted in order to receive|server is out of date/i
const crashed = /^(?:Segmentation fault|Wrote minidump to:|Bus error|Aborted\b)/
const problem = /\b(?:error|failed|fatal|couldn't|could not|unable to|exception|bad password|banning)\b/i
/** What every healthy server prints at its start. */
const noise =
  /failed to dlopen .*left4dead2_dlc|create pipe failed|doesn't point to an existing ConVar|Parent cvar in server\.dll not allowed|banned_(?:user|ip)\.cfg/

const plain = (kind: LogKind): ReadLine => ({ kind, event: null })

/** The line without its own time, which the server's log repeats although every line has one here. */
export function withoutStamp(line: string): string {
  return line.replace(stamp, '')
}

/** Whether the line is but the trace of left4me asking the server who plays, which it does every few seconds. */
export function isOwnQuestion(line: string): boolean {
  return /^rcon from "127\.0\.0\.1:\d+": command "status"$/.test(withoutStamp(line))
}

/** Reads one line of a server's log or console. Never throws; what isn't known is `other`. */
export function readLogLine(line: string): ReadLine {
  const text = withoutStamp(line)
  const who = player.exec(text)
  if (who) return readPlayerLine(who[1] ?? '', who[2] === 'BOT', who[3] ?? '')

  const map = /^(?:-+ Mapchange to|Host_NewGame on map|Started map|Loading map) "?([A-Za-z0-9_]+)/.exec(text)
  if (map) {
    // One change of the map prints several of these; only one is an event.
    return { kind: 'game', event: text.startsWith('Started map') ? { type: 'map', map: map[1] ?? '' } : null }
  }
  if (text === 'World triggered "Round_Start"') return { kind: 'game', event: { type: 'round-started' } }
  if (/^(?:World triggered|Team |server_cvar:|server cvars|Log file|Server is hibernating)/.test(text))
    return plain('game')
  if (crashed.test(text)) {
    return { kind: 'problems', event: text.startsWith('Wrote') ? null : { type: 'crashed' } }
  }
  if (outdated.test(text)) return { kind: 'problems', event: { type: 'outdated' } }
  if (/^rcon from "[^"]*": Bad Password/i.test(text)) return plain('problems')
  if (/^rcon from "/.test(text)) return plain('commands')
  if (noise.test(text)) return plain('other')
  return plain(problem.test(text) ? 'problems' : 'other')
}

function readPlayerLine(name: string, bot: boolean, verb: string): ReadLine {
  const said = /^say(?:_team)? "(.*)"$/.exec(verb)
  if (said) return { kind: 'chat', event: { type: 'said', name, text: said[1] ?? '' } }
  const people = (event: GameEvent): ReadLine => ({ kind: 'players', event: bot ? null : event })
  if (verb === 'entered the game') return people({ type: 'joined', name })
  const left = /^disconnected(?: \(reason "(.*)"\))?$/.exec(verb)
  if (left) return people({ type: 'left', name, reason: left[1] ?? null })
  const renamed = /^changed name to "(.*)"$/.exec(verb)
  if (renamed) return people({ type: 'renamed', name, to: renamed[1] ?? '' })
  if (/^(?:connected|joined team|STEAM USERID)/.test(verb)) return plain('players')
  return plain('game')
}
