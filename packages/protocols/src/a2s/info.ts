import type { ByteReader } from '../bytes/byte-reader.ts'

export interface A2sInfo {
  readonly protocol: number
  readonly name: string
  readonly map: string
  /** The game's folder, `left4dead2`. */
  readonly folder: string
  readonly game: string
  /** 550 for Left 4 Dead 2: the low 24 bits of the game id where it is sent, since the field itself is cut to 16 bits. */
  readonly appId: number
  /** Humans, also those still connecting. Can exceed `maxPlayers`. */
  readonly players: number
  readonly maxPlayers: number
  /** Left 4 Dead 2 says 0 here although survivor bots play. */
  readonly bots: number
  readonly serverType: 'dedicated' | 'listen' | 'relay' | 'unknown'
  readonly operatingSystem: 'linux' | 'windows' | 'mac' | 'unknown'
  readonly passwordRequired: boolean
  readonly vac: boolean
  readonly version: string
  /** The game port as the server knows it; differs from the asked one when the server took the next free port. */
  readonly port: number | null
  /** Decimal, since it exceeds 2^53. */
  readonly steamId: string | null
  readonly tvPort: number | null
  readonly tvName: string | null
  /** `sv_tags`, split at the commas. */
  readonly keywords: readonly string[]
  readonly gameId: string | null
}

/** Reads the body of an INFO reply, after its type byte. */
export function readA2sInfo(reader: ByteReader): A2sInfo {
  const protocol = reader.u8()
  const name = reader.string()
  const map = reader.string()
  const folder = reader.string()
  const game = reader.string()
  const shortAppId = reader.u16()
  const players = reader.u8()
  const maxPlayers = reader.u8()
  const bots = reader.u8()
  const serverType = readServerType(reader.u8())
  const operatingSystem = readOperatingSystem(reader.u8())
  const passwordRequired = reader.u8() !== 0
  const vac = reader.u8() !== 0
  const version = reader.string()
  // Extra data flag; its fields come in this order whatever the order of the bits.
  const extra = reader.remaining > 0 ? reader.u8() : 0
  const port = (extra & 0x80) !== 0 ? reader.u16() : null
  const steamId = (extra & 0x10) !== 0 ? reader.u64().toString() : null
  const hasTv = (extra & 0x40) !== 0
  const tvPort = hasTv ? reader.u16() : null
  const tvName = hasTv ? reader.string() : null
  const keywords =
    (extra & 0x20) !== 0
      ? reader
          .string()
          .split(',')
          .filter(keyword => keyword !== '')
      : []
  const gameId = (extra & 0x01) !== 0 ? reader.u64() : null
  return {
    protocol,
    name,
    map,
    folder,
    game,
    appId: gameId === null ? shortAppId : Number(gameId & 0xff_ffffn),
    players,
    maxPlayers,
    bots,
    serverType,
    operatingSystem,
    passwordRequired,
    vac,
    version,
    port,
    steamId,
    tvPort,
    tvName,
    keywords,
    gameId: gameId?.toString() ?? null,
  }
}

function readServerType(code: number): A2sInfo['serverType'] {
  switch (String.fromCharCode(code).toLowerCase()) {
    case 'd':
      return 'dedicated'
    case 'l':
      return 'listen'
    case 'p':
      return 'relay'
    default:
      return 'unknown'
  }
}

function readOperatingSystem(code: number): A2sInfo['operatingSystem'] {
  switch (String.fromCharCode(code).toLowerCase()) {
    case 'l':
      return 'linux'
    case 'w':
      return 'windows'
    case 'm':
    case 'o':
      return 'mac'
    default:
      return 'unknown'
  }
}
