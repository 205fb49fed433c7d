import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { frame } from '../testing/raw-rcon.ts'
import { encodeFrame, RconFrameReader } from './rcon-frames.ts'

describe('RCON frames', () => {
  it('are the bytes of the protocol', () => {
    expect(encodeFrame(1, 2, Buffer.alloc(0)).toString('hex')).toBe('0a00000001000000020000000000')
    expect(encodeFrame(-1, 2, Buffer.alloc(0)).toString('hex')).toBe('0a000000ffffffff020000000000')
    expect(encodeFrame(3, 0, Buffer.from([0, 1, 0, 0])).toString('hex')).toBe(
      '0e0000000300000000000000000100000000',
    )
  })

  it('are the same however the stream is cut', () => {
    const message = fc.record({
      id: fc.integer(),
      type: fc.constantFrom(0, 2, 3),
      body: fc.string({ unit: 'grapheme', maxLength: 200 }).filter(text => !text.includes('\0')),
    })
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 8 }),
        fc.array(fc.nat(400), { maxLength: 20 }),
        (messages, cuts) => {
          const bytes = Buffer.concat(messages.map(({ id, type, body }) => frame(id, type, body)))
          const reader = new RconFrameReader()
          const read = []
          let start = 0
          for (const end of [...cuts.toSorted((a, b) => a - b), bytes.length]) {
            read.push(...(reader.push(bytes.subarray(start, Math.max(start, end))) ?? []))
            start = Math.max(start, Math.min(end, bytes.length))
          }
          expect(read.map(({ id, type, body }) => ({ id, type, body: body.toString() }))).toEqual(messages)
        },
      ),
    )
  })

  it('end the connection as soon as a size is impossible, whatever follows, and never throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        const frames = new RconFrameReader().push(bytes)
        const size = bytes.length < 4 ? 10 : Buffer.from(bytes).readInt32LE(0)
        if (size < 10 || size > 4096) expect(frames).toBeNull()
      }),
    )
  })
})
