import { readStatusRow, type StatusPlayer } from './status-row.ts'

interface StatusCommon {
  readonly players: readonly StatusPlayer[]
  /** `2.2.4.3`, null when the line is missing. */
  readonly version: string | null
  /** The build number after it. */
  readonly build: string | null
  readonly secure: boolean | null
  /** `IP:PORT` that the server is bound to. */
  readonly address: string | null
  readonly publicAddress: string | null
  readonly operatingSystem: string | null
  readonly hibernating: boolean
  /** Reserved for a lobby: its id in hexadecimal, or '' where only “reserved” is printed. */
  readonly reservedFor: string | null
  /** Lines that belong to something else: plugins and log echo print in between. */
  readonly otherLines: number
}

/** The whole answer was there. */
export interface CompleteStatus extends StatusCommon {
  readonly complete: true
  readonly hostname: string
  readonly map: string
  readonly humans: number
  /** Left 4 Dead 2 prints 0 although bots are listed. */
  readonly bots: number
  readonly maxPlayers: number
}

/** The end or a header is missing: nothing may be concluded from what isn't there, above all not “nobody plays”. */
export interface IncompleteStatus extends StatusCommon {
  readonly complete: false
  readonly hostname: string | null
  readonly map: string | null
  readonly humans: number | null
  readonly bots: number | null
  readonly maxPlayers: number | null
}

export type StatusReport = CompleteStatus | IncompleteStatus

const headers = ['hostname', 'version', 'udp/ip', 'os', 'map', 'players'] as const
type Header = (typeof headers)[number]

/** Reads the answer to `status`. Never throws: what is broken or cut comes back as `complete: false`. */
export function parseStatus(text: string): StatusReport {
  const { values, players, ended, otherLines } = readLines(text)
  const count = readPlayersHeader(values.get('players'))
  const versionParts = /^(\S+)(?:\s+(\d+))?(?:\s+(secure|insecure))?/.exec(values.get('version') ?? '')
  const addresses = /^(\S+)(?:\s+\[\s*public\s+(\S+)\s*\])?/.exec(values.get('udp/ip') ?? '')
  const publicAddress = addresses?.[2] === 'same' ? (addresses[1] ?? null) : (addresses?.[2] ?? null)
  const common = {
    players,
    version: versionParts?.[1] ?? null,
    build: versionParts?.[2] ?? null,
    secure: versionParts?.[3] === undefined ? null : versionParts[3] === 'secure',
    address: addresses?.[1] ?? null,
    publicAddress: publicAddress === 'n/a' ? null : publicAddress,
    operatingSystem: values.get('os') ?? null,
    hibernating: count?.hibernating ?? false,
    reservedFor: count?.reservedFor ?? null,
    otherLines,
  }
  const hostname = values.get('hostname') ?? null
  const map = readMap(values.get('map'))
  if (ended && count !== null && hostname !== null && map !== null) {
    const { humans, bots, maxPlayers } = count
    return { ...common, complete: true, hostname, map, humans, bots, maxPlayers }
  }
  return {
    ...common,
    complete: false,
    hostname,
    map,
    humans: count?.humans ?? null,
    bots: count?.bots ?? null,
    maxPlayers: count?.maxPlayers ?? null,
  }
}

/**
 * Headers count once each and only in their order, so that one whose text imitates another changes nothing. Rows count
 * only between the table's own header and `#end`.
 */
function readLines(text: string) {
  const values = new Map<Header, string>()
  const players: StatusPlayer[] = []
  let nextHeader = 0
  let inTable = false
  let otherLines = 0
  for (const line of text.split('\n')) {
    const trimmed = line.trim()
    if (trimmed === '') continue
    if (inTable) {
      if (trimmed === '#end') return { values, players, ended: true, otherLines }
      const player = readStatusRow(trimmed)
      if (player === null) otherLines += 1
      else players.push(player)
      continue
    }
    if (/^#\s*userid\s+name\s/.test(trimmed)) {
      inTable = true
      continue
    }
    const header = readHeader(trimmed, nextHeader)
    if (header === null) otherLines += 1
    else {
      values.set(header.name, header.value)
      nextHeader = header.index + 1
    }
  }
  return { values, players, ended: false, otherLines }
}

function readHeader(line: string, from: number): { name: Header; value: string; index: number } | null {
  const colon = line.indexOf(':')
  if (colon < 0) return null
  const label = line.slice(0, colon).trimEnd()
  const index = headers.findIndex((header, position) => position >= from && header === label)
  const name = headers[index]
  return name === undefined ? null : { name, value: line.slice(colon + 1).trim(), index }
}

function readMap(value: string | undefined): string | null {
  const map = /^(\S+)(?:\s+at\s|\s*$)/.exec(value ?? '')
  return map?.[1] ?? null
}

interface PlayersHeader {
  readonly humans: number
  readonly bots: number
  readonly maxPlayers: number
  readonly hibernating: boolean
  readonly reservedFor: string | null
}

function readPlayersHeader(value: string | undefined): PlayersHeader | null {
  const parts = /^(\d{1,4}) humans?, (\d{1,4}) bots? \((\d{1,4})(?:\/\d{1,4})? max\)(.*)$/.exec(value ?? '')
  if (parts === null) return null
  const groups = parts[4] ?? ''
  const reserved = /\(reserved(?: ([0-9a-fA-F]{1,16}))?\)/.exec(groups)
  return {
    humans: Number(parts[1]),
    bots: Number(parts[2]),
    maxPlayers: Number(parts[3]),
    hibernating: groups.includes('(hibernating)'),
    reservedFor: reserved === null ? null : (reserved[1] ?? ''),
  }
}
