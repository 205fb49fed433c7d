import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProtocolError } from '../protocol-error.ts'
import { maxSplitReplyBytes, SplitPackets } from './split-packets.ts'

function part(id: number, total: number, index: number, payload: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + payload.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0xffff_fffe, true)
  view.setUint32(4, id, true)
  view.setUint8(8, total)
  view.setUint8(9, index)
  view.setUint16(10, 0x04a4, true)
  bytes.set(payload, 12)
  return bytes
}

function compressed(declared: number): Uint8Array {
  const payload = new Uint8Array(8)
  new DataView(payload.buffer).setUint32(0, declared, true)
  return part(0x8000_0001, 2, 0, payload)
}

describe('SplitPackets', () => {
  test('joins the parts of several replies in any order, with repeats', () => {
    const replies = fc.array(fc.array(fc.uint8Array({ maxLength: 30 }), { minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(replies, fc.infiniteStream(fc.nat()), (contents, order) => {
        const parts = contents.flatMap((reply, id) =>
          reply.flatMap((bytes, index) => [
            { id, packet: part(id, reply.length, index, bytes) },
            ...(index % 2 === 0 && reply.length > 1
              ? [{ id, packet: part(id, reply.length, index, bytes) }]
              : []),
          ]),
        )
        const shuffled = parts
          .map(value => ({ value, at: order.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ value }) => value)
        const splits = new SplitPackets()
        const whole = new Map<number, Uint8Array>()
        for (const { id, packet } of shuffled) {
          const joined = splits.push(packet)
          if (joined !== null) whole.set(id, joined)
        }
        expect([...whole.keys()].sort()).toEqual(contents.map((_reply, id) => id))
        for (const [id, joined] of whole) {
          expect(Buffer.from(joined)).toEqual(Buffer.concat(contents[id] ?? []))
        }
      }),
    )
  })

  test('takes the same id with another number of parts as another reply', () => {
    const splits = new SplitPackets()
    expect(splits.push(part(7, 3, 0, Uint8Array.of(1)))).toBeNull()
    expect(splits.push(part(7, 2, 0, Uint8Array.of(2)))).toBeNull()
    expect(splits.push(part(7, 2, 1, Uint8Array.of(3)))).toEqual(Uint8Array.of(2, 3))
  })

  test('keeps its own copy of each part', () => {
    const splits = new SplitPackets()
    const datagram = part(1, 2, 0, Uint8Array.of(1))
    splits.push(datagram)
    datagram.fill(0)
    expect(splits.push(part(1, 2, 1, Uint8Array.of(2)))).toEqual(Uint8Array.of(1, 2))
  })

  test('holds at most four incomplete replies: the oldest is forgotten', () => {
    const splits = new SplitPackets()
    for (let id = 1; id <= 5; id += 1) splits.push(part(id, 2, 0, Uint8Array.of(id)))
    expect(splits.push(part(1, 2, 1, Uint8Array.of(0)))).toBeNull()
    expect(splits.push(part(5, 2, 1, Uint8Array.of(0)))).toEqual(Uint8Array.of(5, 0))
  })

  test.each([
    ['a part beyond the last', part(1, 2, 2, new Uint8Array()), 'malformed'],
    ['no parts at all', part(1, 0, 0, new Uint8Array()), 'malformed'],
    ['a header that is cut off', part(1, 2, 0, new Uint8Array()).subarray(0, 9), 'malformed'],
    ['compression', compressed(1000), 'malformed'],
    ['compression to four gigabytes', compressed(0xffff_ffff), 'too-large'],
  ])('refuses %s', (_name, datagram, code) => {
    expect(() => new SplitPackets().push(datagram)).toThrow(expect.objectContaining({ code }))
  })

  test('refuses a reply that grows beyond its cap', () => {
    const splits = new SplitPackets()
    const payload = new Uint8Array(64 * 1024)
    expect(() => {
      for (let index = 0; index <= maxSplitReplyBytes / payload.length; index += 1) {
        splits.push(part(1, 255, index, payload))
      }
    }).toThrow(expect.objectContaining({ code: 'too-large' }))
  })

  test('throws nothing but a ProtocolError for any datagram', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), datagrams => {
        const splits = new SplitPackets()
        for (const datagram of datagrams) {
          try {
            splits.push(datagram)
          } catch (error) {
            expect(error).toBeInstanceOf(ProtocolError)
          }
        }
      }),
    )
  })
})
