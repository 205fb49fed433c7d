import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { JsonLineReader, jsonLine } from './json-lines.ts'

test('values come out as they went in, however the stream is cut', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.array(fc.nat(30)), (values, cuts) => {
      const bytes = Buffer.from(values.map(jsonLine).join(''))
      const reader = new JsonLineReader(1_000_000)
      const read: unknown[] = []
      let at = 0
      for (const cut of [...cuts, bytes.length]) {
        read.push(...reader.push(bytes.subarray(at, at + cut)))
        at += cut
      }
      expect(JSON.stringify(read)).toBe(JSON.stringify(values))
    }),
  )
})

it('holds no more of an endless line than its limit', () => {
  const reader = new JsonLineReader(100)
  reader.push(Buffer.alloc(80, 0x61))
  expect(() => reader.push(Buffer.alloc(80, 0x61))).toThrow(RangeError)
  expect(() => new JsonLineReader(100).push(Buffer.from(`"${'x'.repeat(200)}"\n`))).toThrow(RangeError)
})

it('throws for a line that is no JSON', () => {
  expect(() => new JsonLineReader(100).push(Buffer.from('{"a":\n'))).toThrow(SyntaxError)
})
