import { type LogEntity, maxEntityLength, readLogEntity } from './log-entity.ts'
import type { PlayerLogEvent } from './log-event.ts'

/**
 * Reads `"NAME<uid><id><team>" VERB …`. Neither names nor chat are escaped, so that a line may be readable in several
 * ways, one for each place where an entity could end. If any of them is chat, it is chat: then text of a player can
 * never become an event of another kind, whatever it imitates. Otherwise the last is taken, since what stands on the
 * right is the server's own. null when there is none.
 */
export function readPlayerEvent(text: string): { event: PlayerLogEvent; ambiguous: boolean } | null {
  const readings: PlayerLogEvent[] = []
  for (const at of entityEnds(text)) {
    const player = readLogEntity(text, 1, at + 1)
    const event = player === null ? null : readVerb(player, text.slice(at + 3))
    if (event !== null) readings.push(event)
  }
  const event = readings.find(reading => reading.kind === 'chat') ?? readings.at(-1)
  return event === undefined ? null : { event, ambiguous: readings.length > 1 }
}

const freeTexts = ['say "', 'say_team "', 'changed name to "', 'disconnected (reason "']

/** Whether text of a person may begin somewhere in here: then nobody can tell where it ends. */
export function opensFreeText(text: string): boolean {
  for (const at of entityEnds(text)) {
    if (!freeTexts.some(start => text.startsWith(start, at + 3))) continue
    if (readLogEntity(text, 1, at + 1) !== null) return true
  }
  return false
}

/** Where an entity that begins at 1 could end. */
function* entityEnds(text: string): Generator<number> {
  for (let at = text.indexOf('>" ', 1); at >= 0 && at <= maxEntityLength; at = text.indexOf('>" ', at + 1))
    yield at
}

/** Each verb has to match to the end of the line. */
function readVerb(player: LogEntity, rest: string): PlayerLogEvent | null {
  switch (rest.slice(0, 4)) {
    case 'say ':
    case 'say_':
      return readChat(player, rest)
    case 'kill':
      return readKilled(player, rest)
    case 'was ':
      return readIncapacitated(player, rest)
    case 'trig':
      return readTriggered(player, rest)
    case 'ente':
      return rest === 'entered the game' ? { kind: 'entered', player } : null
    case 'spaw':
      return rest === 'spawned' ? { kind: 'spawned', player } : null
    case 'STEA':
      return rest === 'STEAM USERID validated' ? { kind: 'validated', player } : null
    default:
      return readOtherVerb(player, rest)
  }
}

function readOtherVerb(player: LogEntity, rest: string): PlayerLogEvent | null {
  const address = between(rest, 'connected, address "', '"')
  if (address !== null)
    return { kind: 'connected', player, address: /^[\d.]{7,15}:\d{1,5}$/.test(address) ? address : null }
  const team = between(rest, 'joined team "', '"')
  if (team !== null) return /^[A-Za-z_ 0-9]{1,32}$/.test(team) ? { kind: 'team-joined', player, team } : null
  const newName = between(rest, 'changed name to "', '"')
  if (newName !== null) return { kind: 'renamed', player, newName }
  const reason = between(rest, 'disconnected (reason "', '")')
  if (reason !== null) return { kind: 'disconnected', player, reason }
  if (rest === 'committed suicide') return { kind: 'suicide', player, weapon: null }
  const weapon = between(rest, 'committed suicide with "', '"')
  if (weapon !== null) return isWord(weapon) ? { kind: 'suicide', player, weapon } : null
  return rest.startsWith('used ') && isWord(rest.slice(5))
    ? { kind: 'used', player, item: rest.slice(5) }
    : null
}

function readChat(player: LogEntity, rest: string): PlayerLogEvent | null {
  const living = rest.endsWith(' (dead)') ? rest.slice(0, -7) : rest
  const toAll = between(living, 'say "', '"')
  if (toAll !== null) return { kind: 'chat', player, text: toAll, teamOnly: false }
  const toTeam = between(living, 'say_team "', '"')
  return toTeam === null ? null : { kind: 'chat', player, text: toTeam, teamOnly: true }
}

function readKilled(player: LogEntity, rest: string): PlayerLogEvent | null {
  const headshot = rest.endsWith(' (headshot)')
  const other = readOther(headshot ? rest.slice(0, -11) : rest, 'killed "')
  if (other === null) return null
  return { kind: 'killed', player, victim: other.entity, weapon: other.weapon, headshot }
}

function readIncapacitated(player: LogEntity, rest: string): PlayerLogEvent | null {
  const other = readOther(rest, 'was incapped by "')
  if (other === null) return null
  return { kind: 'incapacitated', player, attacker: other.entity, weapon: other.weapon }
}

function readTriggered(player: LogEntity, rest: string): PlayerLogEvent | null {
  const plain = between(rest, 'triggered "', '"')
  if (plain !== null && isWord(plain)) return { kind: 'triggered', player, event: plain, against: null }
  const middle = rest.indexOf('" against "', 11)
  if (!rest.startsWith('triggered "') || middle < 0) return null
  const event = rest.slice(11, middle)
  const against = rest.endsWith('"') ? readLogEntity(rest, middle + 11, rest.length - 1) : null
  return against === null || !isWord(event) ? null : { kind: 'triggered', player, event, against }
}

/** `PREFIX"ENTITY" with "WEAPON"`, the weapon taken from the right. */
function readOther(rest: string, prefix: string): { entity: LogEntity; weapon: string } | null {
  if (!rest.startsWith(prefix) || !rest.endsWith('"')) return null
  const middle = rest.lastIndexOf('" with "')
  if (middle < prefix.length) return null
  const weapon = rest.slice(middle + 8, -1)
  const entity = isWord(weapon) ? readLogEntity(rest, prefix.length, middle) : null
  return entity === null ? null : { entity, weapon }
}

function between(text: string, prefix: string, suffix: string): string | null {
  if (text.length < prefix.length + suffix.length || !text.startsWith(prefix) || !text.endsWith(suffix))
    return null
  return text.slice(prefix.length, text.length - suffix.length)
}

/** What the game itself names: weapons, items, events. */
function isWord(text: string): boolean {
  return /^[\w .:#-]{1,64}$/.test(text)
}
