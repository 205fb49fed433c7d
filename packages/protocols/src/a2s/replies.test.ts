import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProtocolError } from '../protocol-error.ts'
import { hex } from '../testing/udp-peer.ts'
import { decodeA2sReply } from './replies.ts'
import { encodeA2sRequest } from './requests.ts'

const text = (value: string) => `${Buffer.from(value).toString('hex')}00`
const infoStart = `ffffffff49 11 ${text('n')}${text('m')}${text('left4dead2')}${text('Left 4 Dead 2')}`

describe('requests', () => {
  test('have the sizes and bytes of the protocol', () => {
    const bytes = (query: 'info' | 'players' | 'rules', challenge: number | null) =>
      Buffer.from(encodeA2sRequest(query, challenge)).toString('hex')
    expect(bytes('info', null)).toBe('ffffffff54536f7572636520456e67696e6520517565727900')
    expect(bytes('info', 0x3cd5f929)).toBe('ffffffff54536f7572636520456e67696e652051756572790029f9d53c')
    expect(bytes('players', null)).toBe('ffffffff55ffffffff')
    expect(bytes('rules', 0x04030201)).toBe('ffffffff5601020304')
  })
})

describe('INFO', () => {
  const read = (rest: string) => {
    const reply = decodeA2sReply(hex(`${infoStart} ${rest}`))
    return reply.kind === 'info' ? reply.info : null
  }

  test('takes the app from the game id, since its own field is cut to 16 bits', () => {
    expect(read(`5d66 00 04 00 64 77 01 00 ${text('1')} 01 5c66030000000000`)).toMatchObject({
      appId: 222_812,
      passwordRequired: true,
      vac: false,
      operatingSystem: 'windows',
    })
    expect(read(`2602 00 04 00 64 6c 00 01 ${text('1')}`)).toMatchObject({
      appId: 550,
      port: null,
      keywords: [],
    })
  })

  test('reads the extra fields in the order of the protocol', () => {
    expect(
      read(
        `2602 09 04 00 70 6f 00 01 ${text('1')} f1 8769 0100000000000080 8869 ${text('tv')} ${text(',a,,b')} 2602000000000000`,
      ),
    ).toMatchObject({
      players: 9,
      maxPlayers: 4,
      serverType: 'relay',
      operatingSystem: 'mac',
      port: 27015,
      steamId: '9223372036854775809',
      tvPort: 27016,
      tvName: 'tv',
      keywords: ['a', 'b'],
      gameId: '550',
    })
  })

  test('keeps invalid UTF-8 in names from breaking the rest', () => {
    const reply = decodeA2sReply(hex(`ffffffff49 11 61ff6200 ${text('m')}0000 0000 00 04 00 64 6c 00 01 00`))
    expect(reply).toMatchObject({ kind: 'info', info: { name: 'a\ufffdb', map: 'm' } })
  })

  test('is malformed when it ends early, wherever', () => {
    const whole = hex(
      `${infoStart} 2602 09 04 00 70 6f 00 01 ${text('1')} 91 8769 0100000000000080 2602000000000000`,
    )
    const complete = whole.length - 19
    for (let length = 0; length < whole.length; length += 1) {
      if (length === complete) continue // Without the extra data flag it is an old server's whole answer.
      expect(() => decodeA2sReply(whole.subarray(0, length)), `${length} bytes`).toThrow(ProtocolError)
    }
    expect(() => decodeA2sReply(whole.subarray(0, complete))).not.toThrow()
  })
})

describe('PLAYER', () => {
  const row = (name: string, score: string, seconds: string) => `00 ${text(name)} ${score} ${seconds}`
  const read = (rest: string) => {
    const reply = decodeA2sReply(hex(`ffffffff44 ${rest}`))
    return reply.kind === 'players' ? reply.players : null
  }

  test('reads rows whose index is always 0', () => {
    expect(read(`02 ${row('a', '01000000', '0000803f')} ${row('b', 'ffffffff', '00000040')}`)).toEqual({
      players: [
        { index: 0, name: 'a', score: 1, connectedSeconds: 1 },
        { index: 0, name: 'b', score: -1, connectedSeconds: 2 },
      ],
      declaredCount: 2,
      truncated: false,
    })
  })

  test('takes a duration of −1 or no number as unknown', () => {
    const list = read(`02 ${row('', '00000000', '000080bf')} ${row('', '00000000', '0000c07f')}`)
    expect(list?.players.map(player => player.connectedSeconds)).toEqual([null, null])
  })

  test('never believes the count: the rows end with the bytes, and rows beyond it are none', () => {
    expect(read(`aa ${row('a', '00000000', '00000000')}`)).toMatchObject({
      declaredCount: 170,
      truncated: true,
      players: [{ name: 'a' }],
    })
    expect(read(`00 ${row('a', '00000000', '00000000')}`)).toMatchObject({ truncated: false, players: [] })
    expect(read(`02 ${row('a', '00000000', '00000000')} 00 616263`)).toMatchObject({
      players: [{ name: 'a' }],
    })
  })
})

describe('RULES', () => {
  test('leaves out a last rule that was cut off, and says so', () => {
    expect(
      decodeA2sReply(hex(`ffffffff45 0300 ${text('a')}${text('1')}${text('b')}${text('')}${text('c')}32`)),
    ).toEqual({
      kind: 'rules',
      rules: {
        declaredCount: 3,
        truncated: true,
        rules: [
          { name: 'a', value: '1' },
          { name: 'b', value: '' },
        ],
      },
    })
  })
})

test.each([[''], ['ff'], ['ffffffff'], ['ffffffff00'], ['fffffffe49'], ['ffffffff41010203']])(
  'is no reply: %s',
  bytes => {
    expect(() => decodeA2sReply(hex(bytes))).toThrow(ProtocolError)
  },
)

test('any bytes are a reply or a ProtocolError, and no list is longer than its bytes allow', () => {
  fc.assert(
    fc.property(fc.constantFrom(0x41, 0x49, 0x44, 0x45), fc.uint8Array({ maxLength: 400 }), (type, body) => {
      const packet = Uint8Array.from([0xff, 0xff, 0xff, 0xff, type, ...body])
      try {
        const reply = decodeA2sReply(packet)
        if (reply.kind === 'players')
          expect(reply.players.players.length).toBeLessThanOrEqual(body.length / 10)
        if (reply.kind === 'rules') expect(reply.rules.rules.length).toBeLessThanOrEqual(body.length / 2)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
    }),
  )
})
