import { steamId64 } from './steam-id.ts'

export interface StatusPlayer {
  /** Stays for a connection, also over map changes; what `kickid` and `banid` take. */
  readonly userId: number
  /** null for bots. */
  readonly slot: number | null
  readonly name: string
  /** SteamID64 as decimal text. null for bots, and while it isn't known yet (`STEAM_ID_PENDING`, LAN). */
  readonly steamId: string | null
  /** As printed: `STEAM_1:0:1`, `STEAM_ID_PENDING`, `BOT`. */
  readonly uniqueId: string
  readonly bot: boolean
  readonly connectedSeconds: number | null
  /** Milliseconds. */
  readonly ping: number | null
  /** Percent. */
  readonly loss: number | null
  /** `active`, `spawning`, `connecting`, … */
  readonly state: string
  /** Bytes a second. */
  readonly rate: number | null
  /** `ADDRESS:PORT`, or `loopback`. null for bots and where the asker may not see it. */
  readonly address: string | null
}

/**
 * One row of the table. Names are printed unescaped and may imitate a row, so that everything is read from the right:
 * what stands there is printed by the server after the name. null when it is no row.
 *
 *     # 603 1 "VX" STEAM_1:0:197500001 25:17 94 0 active 5000 198.51.100.113:11202
 *     #677 "Smoker" BOT active
 */
export function readStatusRow(line: string): StatusPlayer | null {
  const quote = line.indexOf('"')
  if (quote < 0) return null
  const head = /^#\s*(\d{1,9})(?:\s+(\d{1,9}))?\s+$/.exec(line.slice(0, quote))
  const userId = head?.[1]
  if (userId === undefined) return null
  const slot = head?.[2] === undefined ? null : Number(head[2])
  const rest = line.slice(quote + 1)
  const bot = readBot(rest)
  if (bot !== null) return { ...bot, userId: Number(userId), slot }
  const human = readHuman(rest)
  return human === null ? null : { ...human, userId: Number(userId), slot }
}

type RowRest = Omit<StatusPlayer, 'userId' | 'slot'>

function readBot(rest: string): RowRest | null {
  const words = lastWords(rest, 2)
  const [uniqueId, state] = words?.words ?? []
  if (words === null || uniqueId !== 'BOT' || state === undefined || !isState(state)) return null
  const name = closedName(words.before)
  if (name === null) return null
  return {
    name,
    steamId: null,
    uniqueId,
    bot: true,
    connectedSeconds: null,
    ping: null,
    loss: null,
    state,
    rate: null,
    address: null,
  }
}

function readHuman(rest: string): RowRest | null {
  // A player's own view of the table has no address column.
  return readHumanColumns(rest, true) ?? readHumanColumns(rest, false)
}

function readHumanColumns(rest: string, withAddress: boolean): RowRest | null {
  const words = lastWords(rest, withAddress ? 7 : 6)
  if (words === null) return null
  const [uniqueId, time, ping, loss, state, rate, address] = words.words
  if (uniqueId === undefined || !isUniqueId(uniqueId)) return null
  const connectedSeconds = readDuration(time)
  if (connectedSeconds === null || !isNumber(ping) || !isNumber(loss) || !isNumber(rate)) return null
  if (state === undefined || !isState(state)) return null
  if (address !== undefined && !isAddress(address)) return null
  const name = closedName(words.before)
  if (name === null) return null
  return {
    name,
    steamId: steamId64(uniqueId),
    uniqueId,
    bot: false,
    connectedSeconds,
    ping: Number(ping),
    loss: Number(loss),
    state,
    rate: Number(rate),
    address: address ?? null,
  }
}

/** The last `count` words and what stands before them; null when there are fewer. Linear in their length. */
function lastWords(text: string, count: number): { words: string[]; before: string } | null {
  const words: string[] = []
  let end = text.length
  while (words.length < count) {
    while (end > 0 && isBlank(text.charCodeAt(end - 1))) end -= 1
    let start = end
    while (start > 0 && !isBlank(text.charCodeAt(start - 1))) start -= 1
    if (start === end) return null
    words.unshift(text.slice(start, end))
    end = start
  }
  return { words, before: text.slice(0, end) }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === 0x0d
}

/** The name is what stands before the last quote, which has to be the last thing before the columns. */
function closedName(before: string): string | null {
  const trimmed = before.trimEnd()
  return trimmed.endsWith('"') && trimmed.length < before.length ? trimmed.slice(0, -1) : null
}

function isNumber(word: string | undefined): word is string {
  return word !== undefined && /^-?\d{1,9}$/.test(word)
}

function isState(word: string): boolean {
  return /^[a-z]{1,20}$/.test(word)
}

function isUniqueId(word: string): boolean {
  return /^(?:STEAM_\d:\d:\d{1,10}|STEAM_ID_[A-Z]{1,20}|\[[A-Z]:\d:\d{1,10}(?::\d{1,10})?\]|UNKNOWN|HLTV)$/.test(
    word,
  )
}

function isAddress(word: string): boolean {
  return (
    word === 'loopback' ||
    /^[0-9a-fA-F.:[\]]{3,60}:\d{1,5}$/.test(word) ||
    /^=?\[[A-Z]:[\d:.()]+\]:\d+$/.test(word)
  )
}

/** `mm:ss` or `h:mm:ss`. */
function readDuration(word: string | undefined): number | null {
  const parts = /^(?:(\d{1,6}):)?(\d{1,4}):(\d{2})$/.exec(word ?? '')
  if (parts === null) return null
  return Number(parts[1] ?? 0) * 3600 + Number(parts[2]) * 60 + Number(parts[3])
}
