import { ByteReader } from '../bytes/byte-reader.ts'
import { ProtocolError } from '../protocol-error.ts'
import { type A2sInfo, readA2sInfo } from './info.ts'
import { type A2sPlayerList, readA2sPlayers } from './players.ts'
import { type A2sRuleList, readA2sRules } from './rules.ts'

export type A2sReply =
  | { readonly kind: 'challenge'; readonly challenge: number }
  | { readonly kind: 'info'; readonly info: A2sInfo }
  | { readonly kind: 'players'; readonly players: A2sPlayerList }
  | { readonly kind: 'rules'; readonly rules: A2sRuleList }

const replyTypes = new Map<number, A2sReply['kind']>([
  [0x41, 'challenge'],
  [0x49, 'info'],
  [0x44, 'players'],
  [0x45, 'rules'],
])

/** What a whole (joined) reply is, without reading it; null for what is no A2S reply. */
export function a2sReplyKind(packet: Uint8Array): A2sReply['kind'] | null {
  for (let index = 0; index < 4; index += 1) if (packet[index] !== 0xff) return null
  return replyTypes.get(packet[4] ?? -1) ?? null
}

/** Reads one whole reply: a single datagram, or what SplitPackets joined. Throws `malformed`. */
export function decodeA2sReply(packet: Uint8Array): A2sReply {
  const kind = a2sReplyKind(packet)
  if (kind === null) {
    throw new ProtocolError('malformed', 'The datagram is no A2S reply.')
  }
  const reader = new ByteReader(packet, `A2S ${kind} reply`, 5)
  switch (kind) {
    case 'challenge':
      return { kind, challenge: reader.u32() }
    case 'info':
      return { kind, info: readA2sInfo(reader) }
    case 'players':
      return { kind, players: readA2sPlayers(reader) }
    case 'rules':
      return { kind, rules: readA2sRules(reader) }
  }
}
