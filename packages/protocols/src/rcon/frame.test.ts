import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ProtocolError } from '../protocol-error.ts'
import { hex } from '../testing/udp-peer.ts'
import { encodeRconFrame, maxRconFrameSize, type RconFrame, RconFrameReader } from './frame.ts'

test.each([
  ['an authentication', 1, 3, 'pw', '0c000000 01000000 03000000 7077 0000'],
  ['a command', 2, 2, 'status', '10000000 02000000 02000000 737461747573 0000'],
  ['a probe', 3, 0, '', '0a000000 03000000 00000000 0000'],
])('encodes %s as the game does', (_name, id, type, body, bytes) => {
  expect(Buffer.from(encodeRconFrame(id, type, body)).toString('hex')).toBe(bytes.replaceAll(' ', ''))
})

test('refuses text that would be cut at a NUL, or is too long for a frame', () => {
  expect(() => encodeRconFrame(1, 2, 'say \0')).toThrow(ProtocolError)
  expect(() => encodeRconFrame(1, 2, 'x'.repeat(maxRconFrameSize))).toThrow(ProtocolError)
})

test('reads the frame that follows a mirrored probe, whose body starts with a NUL, as empty', () => {
  const frames = new RconFrameReader().push(
    hex('0a000000 03000000 00000000 0000 0e000000 03000000 00000000 00010000 0000'),
  )
  expect(frames.map(frame => [frame.id, frame.body.length])).toEqual([
    [3, 0],
    [3, 0],
  ])
})

test('keeps what follows when a body is shorter than its frame', () => {
  const frames = new RconFrameReader().push(
    hex('0d000000 01000000 00000000 610062 0000 0a000000 02000000 00000000 0000'),
  )
  expect(frames.map(frame => [frame.id, Buffer.from(frame.body).toString()])).toEqual([
    [1, 'a'],
    [2, ''],
  ])
})

const anyFrame = fc.record({
  id: fc.integer({ min: -1, max: 0x7fff_ffff }),
  type: fc.integer({ min: 0, max: 3 }),
  body: fc.string({ maxLength: 200 }).map(text => text.replaceAll('\0', '')),
})

test('reads the same frames however the stream was cut', () => {
  fc.assert(
    fc.property(
      fc.array(anyFrame, { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
      (frames, cuts) => {
        const stream = Buffer.concat(
          frames.map(({ id, type, body }) => encodeRconFrame(id, type, body.toWellFormed())),
        )
        const reader = new RconFrameReader()
        const read: RconFrame[] = []
        for (let at = 0, cut = 0; at < stream.length; cut += 1) {
          const length = cuts[cut % cuts.length] ?? 1
          read.push(...reader.push(stream.subarray(at, at + length)))
          at += length
        }
        expect(read.map(({ id, type, body }) => ({ id, type, body: Buffer.from(body).toString() }))).toEqual(
          frames.map(frame => ({ ...frame, body: frame.body.toWellFormed() })),
        )
        expect(reader.pendingBytes).toBe(0)
      },
    ),
  )
})

test('throws nothing but a ProtocolError for any bytes, and never holds more than one frame', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), chunks => {
      const reader = new RconFrameReader()
      try {
        for (const chunk of chunks) reader.push(chunk)
      } catch (error) {
        expect(error).toBeInstanceOf(ProtocolError)
      }
      expect(reader.pendingBytes).toBeLessThanOrEqual(maxRconFrameSize + 4 + 300)
    }),
  )
})
