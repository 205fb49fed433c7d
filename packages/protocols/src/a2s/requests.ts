/**
 * A2S requests.
 * Authority: https://developer.valvesoftware.com/wiki/Server_queries
 */
export type A2sQuery = 'info' | 'players' | 'rules'

/** What a challenge is before a server gave one: four 0xFF bytes. */
const noChallenge = 0xffff_ffff
const infoText = new TextEncoder().encode('Source Engine Query\0')
const requestType: Record<A2sQuery, number> = { info: 0x54, players: 0x55, rules: 0x56 }

/**
 * The bytes of one query. INFO has its challenge appended (25 or 29 bytes); PLAYER and RULES always carry four bytes
 * and ask for a challenge with 0xFFFFFFFF.
 */
export function encodeA2sRequest(query: A2sQuery, challenge: number | null): Uint8Array {
  const text = query === 'info' ? infoText : null
  const withChallenge = text === null || challenge !== null
  const bytes = new Uint8Array(5 + (text?.length ?? 0) + (withChallenge ? 4 : 0))
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0xffff_ffff, true)
  view.setUint8(4, requestType[query])
  if (text !== null) bytes.set(text, 5)
  if (withChallenge) view.setUint32(bytes.length - 4, challenge ?? noChallenge, true)
  return bytes
}
