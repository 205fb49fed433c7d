import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readLogDatagram } from './log-datagram.ts'

const line = 'L 12/26/2011 - 02:14:29: Loading map "c4m2_sugarmill_a"'
const datagram = (type: number, text: string) =>
  Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff, type]), Buffer.from(`${text}\n\0`)])

describe('readLogDatagram', () => {
  test('reads frames with and without a secret', () => {
    expect(readLogDatagram(datagram(0x52, line), null)).toBe(line)
    expect(readLogDatagram(datagram(0x53, `7654321${line}`), '7654321')).toBe(line)
  })

  test.each([
    ['no secret where one is demanded', datagram(0x52, line), '7654321'],
    ['another secret', datagram(0x53, `7654322${line}`), '7654321'],
    ['a longer secret', datagram(0x53, `76543210${line}`), '7654321'],
    ['a shorter secret', datagram(0x53, `765432${line}`), '7654321'],
    ['a secret where none is expected', datagram(0x53, `7654321${line}`), null],
    ['a secret in a frame without', datagram(0x52, `7654321${line}`), '7654321'],
    ['no log line', datagram(0x52, 'hello'), null],
    ['no frame', Buffer.from(line), null],
    ['too long a frame', datagram(0x52, line.padEnd(20_000)), null],
    ['nothing', Buffer.alloc(0), null],
  ])('refuses %s', (_name, bytes, secret) => {
    expect(readLogDatagram(bytes, secret)).toBeNull()
  })

  test('ends at a NUL, and keeps invalid bytes from breaking the line', () => {
    expect(readLogDatagram(Buffer.concat([datagram(0x52, line), Buffer.from('more')]), null)).toBe(line)
    expect(
      readLogDatagram(
        Buffer.concat([datagram(0x52, '').subarray(0, 5), Buffer.from('L \xff', 'latin1')]),
        null,
      ),
    ).toBe('L \ufffd')
  })

  test('throws for no bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.option(fc.constantFrom('1', '7654321')), (bytes, secret) => {
        readLogDatagram(
          Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff, secret === null ? 0x52 : 0x53]), bytes]),
          secret,
        )
      }),
    )
  })
})
