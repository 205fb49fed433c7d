import { decodeText } from '../bytes/byte-reader.ts'
import { withoutLineEnd } from './log-line.ts'

/** Longer than any line of the engine. */
const maxDatagramBytes = 16 * 1024

/**
 * The line out of a log datagram (`logaddress_add`). `secret` is the server's `sv_logsecret` as decimal digits, or null
 * when it has none: then only datagrams without one are taken, else only those with exactly this one. null for everything
 * else. The sender's address can be forged, so that without a secret any line may be.
 *
 *     FFFFFFFF 52 "L …" 0A 00
 *     FFFFFFFF 53 SECRET "L …" 0A 00
 */
export function readLogDatagram(datagram: Uint8Array, secret: string | null): string | null {
  if (datagram.length > maxDatagramBytes) return null
  for (let index = 0; index < 4; index += 1) if (datagram[index] !== 0xff) return null
  if (datagram[4] !== (secret === null ? 0x52 : 0x53)) return null
  if (secret !== null && !startsWithSecret(datagram, secret)) return null
  const start = 5 + (secret?.length ?? 0)
  if (datagram[start] !== 0x4c || datagram[start + 1] !== 0x20) return null
  const end = datagram.indexOf(0, start)
  return withoutLineEnd(decodeText(datagram.subarray(start, end < 0 ? datagram.length : end)))
}

/** Takes the same time wherever the first difference is, so that a secret can't be found digit by digit. */
function startsWithSecret(datagram: Uint8Array, secret: string): boolean {
  let difference = 0
  for (let index = 0; index < secret.length; index += 1) {
    difference |= (datagram[5 + index] ?? 0) ^ secret.charCodeAt(index)
  }
  return difference === 0
}
