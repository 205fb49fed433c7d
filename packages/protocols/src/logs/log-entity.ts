import { steamId64 } from '../console/steam-id.ts'

/** A player, bot or infected as log lines name it. */
export interface LogEntity {
  readonly name: string
  readonly userId: number
  /** As printed: `STEAM_1:1:7`, `BOT`, `Console`, or empty for common infected. */
  readonly uniqueId: string
  /** SteamID64 as decimal text; null for bots, infected, the console, and while it isn't known. */
  readonly steamId: string | null
  readonly bot: boolean
  /** `Survivor`, `Infected`, `Spectator`, `Unassigned`, or empty before one was joined. */
  readonly team: string
  /** Only where the game writes its long form. */
  readonly extended: LogEntityState | null
}

export interface LogEntityState {
  readonly character: string
  readonly alive: boolean
  readonly health: number
  readonly temporaryHealth: number
  /** Map units; null when it isn't printed. */
  readonly position: readonly [number, number, number] | null
  /** Number of the navigation area. */
  readonly area: number | null
}

/** Longer than any name that the engine takes, also in bytes that aren't UTF-8. */
const maxNameLength = 128
/** A name and eight fields with their brackets. */
export const maxEntityLength = maxNameLength + 8 * (maxNameLength + 2)

/**
 * Reads `NAME<uid><id><team>` or the long form with eight fields, given where it begins and ends in `text` (without the
 * quotes). Names are unescaped and may hold `<`, `>` and `"`, so that the fields are taken from the right. null when they
 * aren't there.
 */
export function readLogEntity(text: string, start: number, end: number): LogEntity | null {
  if (text.charCodeAt(end - 1) !== 0x3e) return null
  const last = text.lastIndexOf('<', end - 1)
  const long = text.startsWith('<Area ', last) ? readFields(text, start, end, 8) : null
  if (long !== null) {
    const entity = readShort(text, start, long.start, long.fields.slice(0, 3), true)
    const extended = entity === null ? null : readState(long.fields)
    if (entity !== null && extended !== null) return { ...entity, extended }
  }
  const short = readFields(text, start, end, 3)
  return short === null ? null : readShort(text, start, short.start, short.fields, false)
}

/** The last `count` fields in angle brackets before `end`, none of which may hold a bracket. */
function readFields(
  text: string,
  start: number,
  end: number,
  count: number,
): { start: number; fields: string[] } | null {
  const fields: string[] = []
  let at = end
  while (fields.length < count) {
    if (text.charCodeAt(at - 1) !== 0x3e) return null
    const open = text.lastIndexOf('<', at - 1)
    if (open < start) return null
    const field = text.slice(open + 1, at - 1)
    if (field.length > maxNameLength || field.includes('>')) return null
    fields.unshift(field)
    at = open
  }
  return { start: at, fields }
}

function readShort(
  text: string,
  start: number,
  nameEnd: number,
  fields: string[],
  withoutId: boolean,
): LogEntity | null {
  const [userId, uniqueId, team] = fields
  if (userId === undefined || uniqueId === undefined || team === undefined) return null
  if (nameEnd - start > maxNameLength || !/^\d{1,9}$/.test(userId) || !/^[A-Za-z_ 0-9]{0,32}$/.test(team))
    return null
  if (!(withoutId && uniqueId === '') && !isUniqueId(uniqueId)) return null
  return {
    name: text.slice(start, nameEnd),
    userId: Number(userId),
    uniqueId,
    steamId: steamId64(uniqueId),
    bot: uniqueId === 'BOT',
    team,
    extended: null,
  }
}

function isUniqueId(text: string): boolean {
  return /^(?:STEAM_\d:\d:\d{1,10}|BOT|Console|STEAM_ID_[A-Z]{1,20}|\[[A-Z]:\d:\d{1,10}\]|UNKNOWN|HLTV)$/.test(
    text,
  )
}

/** `<Producer><ALIVE><100+0><setpos_exact 3617.36 -1739.69 294.53; setang 0.00 179.84 0.00><Area 205>` */
function readState(fields: readonly string[]): LogEntityState | null {
  const [character, life, health, placement, area] = fields.slice(3)
  const points = /^(-?\d{1,9})(?:\+(-?\d{1,9}))?$/.exec(health ?? '')
  if (character === undefined || (life !== 'ALIVE' && life !== 'DEAD') || points === null) return null
  const position = /^setpos_exact (-?[\d.]{1,16}) (-?[\d.]{1,16}) (-?[\d.]{1,16});/.exec(placement ?? '')
  const areaNumber = /^Area (\d{1,9})$/.exec(area ?? '')
  return {
    character,
    alive: life === 'ALIVE',
    health: Number(points[1]),
    temporaryHealth: Number(points[2] ?? 0),
    position: position === null ? null : [Number(position[1]), Number(position[2]), Number(position[3])],
    area: areaNumber === null ? null : Number(areaNumber[1]),
  }
}
