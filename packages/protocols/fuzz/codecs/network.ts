import { decodeA2sReply } from '../../src/a2s/replies.ts'
import { isSplitPacket, maxSplitReplyBytes, SplitPackets } from '../../src/a2s/split-packets.ts'
import { readLogDatagram } from '../../src/logs/log-datagram.ts'
import { RconAnswer } from '../../src/rcon/answer.ts'
import { type RconFrame, RconFrameReader } from '../../src/rcon/frame.ts'
import { bytesCodec, check, type FuzzCodec, magnitude } from '../codec.ts'

const a2s = bytesCodec(
  'a2s',
  [
    "ffffffff49 11 'name' 00 'c2m1_highway' 00 'left4dead2' 00 'Left 4 Dead 2' 00 2602 02 04 00 64 6c 00 01 '2.2.4.3' 00 f1 8769 1122334455667701 8869 'tv' 00 'coop,empty' 00 2602000000000000",
    "ffffffff44 02 00 'Ellis' 00 05000000 00004041 00 '' 00 00000000 000080bf",
    "ffffffff45 0200 'mp_gamemode' 00 'coop' 00 'sv_tags' 00 'x' 00",
    'ffffffff41 29f9d53c',
  ],
  ['ffffffff', '49', '44', '45', '41', '00', 'ffff', '0000c07f', 'ff'],
  bytes => {
    const reply = decodeA2sReply(bytes)
    switch (reply.kind) {
      case 'players':
        check(reply.players.players.length * 10 <= bytes.length, 'More rows than bytes.')
        return `players ${magnitude(reply.players.players.length)} ${reply.players.truncated}`
      case 'rules':
        check(reply.rules.rules.length * 2 <= bytes.length, 'More rules than bytes.')
        return `rules ${magnitude(reply.rules.rules.length)} ${reply.rules.truncated}`
      case 'info':
        return `info ${reply.info.serverType} ${reply.info.gameId !== null} ${reply.info.tvPort !== null}`
      case 'challenge':
        return 'challenge'
    }
  },
)

/** Several datagrams: each begins with its length in one byte. */
const a2sSplit = bytesCodec(
  'a2s-split',
  [
    '10 feffffff 01000000 02 00 a404 ffffffff 10 feffffff 01000000 02 01 a404 45010061',
    '14 feffffff 01000080 02 00 a404 ff000000 12345678',
    '0e feffffff 02000000 ff fe a404 0000 0e feffffff 03000000 01 00 a404 0000',
  ],
  ['feffffff', '0e feffffff 01000000 02 01 a404 0000', 'ff', '00'],
  bytes => {
    const splits = new SplitPackets()
    let joined = 0
    for (let at = 0; at < bytes.length; ) {
      const length = bytes[at] ?? 0
      const datagram = bytes.subarray(at + 1, at + 1 + length)
      at += 1 + length
      const whole = isSplitPacket(datagram) ? splits.push(datagram) : null
      if (whole !== null) joined += 1
      check(
        whole === null || whole.length <= Math.min(bytes.length, maxSplitReplyBytes),
        'More than was sent.',
      )
    }
    return `joined ${magnitude(joined)}`
  },
)

const rcon = bytesCodec(
  'rcon',
  [
    '0a000000 01000000 00000000 0000 0a000000 01000000 02000000 0000',
    '0a000000 ffffffff 02000000 0000',
    "10000000 02000000 00000000 'status' 0000 0a000000 03000000 00000000 0000 0e000000 03000000 00000000 00010000 0000",
    "0d000000 02000000 00000000 e4bda0 0000 0b000000 02000000 00000000 'x' 0000",
  ],
  ['0a000000', '02000000', '03000000', '04000000', 'ffffffff', '00000080', '00', '00100000'],
  bytes => {
    const atOnce = readFrames(bytes, bytes.length)
    check(describe(atOnce) === describe(readFrames(bytes, 7)), 'The cut of the stream made a difference.')
    const answer = new RconAnswer({ command: 2, probe: 3 })
    answer.awaitSentinel(4)
    for (const frame of atOnce.frames) answer.push(frame)
    const text = answer.text()
    check(text.length <= bytes.length, 'A longer text than was sent.')
    return `${magnitude(atOnce.frames.length)} ${atOnce.error} ${answer.endedBy} ${magnitude(text.length)}`
  },
)

/** The frames before an error differ with the cut, since one cut shows the error earlier: then only the error counts. */
function readFrames(bytes: Uint8Array, pieceLength: number): { frames: RconFrame[]; error: string } {
  const reader = new RconFrameReader()
  const frames: RconFrame[] = []
  for (let at = 0; at < bytes.length; at += pieceLength) {
    try {
      frames.push(...reader.push(bytes.subarray(at, at + pieceLength)))
    } catch (error) {
      return { frames: [], error: error instanceof Error ? error.message.replace(/-?\d+/g, 'N') : 'unknown' }
    }
  }
  return { frames, error: 'none' }
}

function describe(read: { frames: readonly RconFrame[]; error: string }): string {
  const frames = read.frames.map(({ id, type, body }) => `${id}/${type}/${Buffer.from(body).toString('hex')}`)
  return `${read.error} ${frames.join(' ')}`
}

const logDatagram = bytesCodec(
  'log-datagram',
  [
    `ffffffff52 'L 12/26/2011 - 02:14:29: Log file closed' 0a00`,
    `ffffffff53 '4711L 12/26/2011 - 02:14:29: Log file closed' 0a00`,
  ],
  ['ffffffff52', 'ffffffff53', "'4711'", "'L '", '0a00', 'ff'],
  bytes => {
    const plain = readLogDatagram(bytes, null)
    const secret = readLogDatagram(bytes, '4711')
    check(plain === null || secret === null, 'A datagram was taken with and without a secret.')
    check(
      secret === null || Buffer.from(bytes.subarray(5, 11)).toString() === '4711L ',
      'Another secret was taken.',
    )
    return `${plain !== null} ${secret !== null}`
  },
)

export const networkCodecs: readonly FuzzCodec[] = [a2s, a2sSplit, rcon, logDatagram]
