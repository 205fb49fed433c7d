import type { ByteReader } from '../bytes/byte-reader.ts'

/** A row can't be told from another by its index (always 0 in Left 4 Dead 2) or its name: use RCON `status` for identity. */
export interface A2sPlayer {
  readonly index: number
  /** Empty while connecting. */
  readonly name: string
  readonly score: number
  /** Seconds; null where the server doesn't know (it sends −1 then). */
  readonly connectedSeconds: number | null
}

export interface A2sPlayerList {
  readonly players: readonly A2sPlayer[]
  /** What the reply claims. Never trust it: some servers invent it. */
  readonly declaredCount: number
  /** The reply ended before `declaredCount` rows. */
  readonly truncated: boolean
}

/** The smallest row: index, empty name, score, duration. */
const smallestRow = 10

/** Reads the body of a PLAYER reply, after its type byte. The rows end with the bytes, whatever the count says. */
export function readA2sPlayers(reader: ByteReader): A2sPlayerList {
  const declaredCount = reader.u8()
  const players: A2sPlayer[] = []
  while (players.length < declaredCount && reader.remaining >= smallestRow) {
    const row = readRow(reader)
    if (row === null) break
    players.push(row)
  }
  return { players, declaredCount, truncated: players.length < declaredCount }
}

function readRow(reader: ByteReader): A2sPlayer | null {
  const index = reader.u8()
  const name = reader.stringOrNull()
  if (name === null || reader.remaining < 8) return null
  const score = reader.i32()
  const seconds = reader.f32()
  return { index, name, score, connectedSeconds: Number.isFinite(seconds) && seconds >= 0 ? seconds : null }
}
