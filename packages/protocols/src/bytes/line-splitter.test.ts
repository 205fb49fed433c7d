import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ByteLine, LineSplitter } from './line-splitter.ts'

function split(chunks: readonly Uint8Array[], maxLineBytes = 1000): ByteLine[] {
  const splitter = new LineSplitter(maxLineBytes)
  const lines = chunks.flatMap(chunk => splitter.push(chunk))
  const last = splitter.finish()
  return last === null ? lines : [...lines, last]
}

test('gives the same lines however the bytes were cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 20 }).map(text => text.replace(/[\r\n]/g, ''))),
      fc.constantFrom('\n', '\r\n'),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (texts, end, cuts) => {
        const bytes = new Uint8Array(Buffer.from(texts.map(text => text + end).join('')))
        const chunks: Uint8Array[] = []
        for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
          const length = cuts[cut % cuts.length] ?? 1
          chunks.push(bytes.subarray(at, at + length))
          at += length
        }
        expect(split(chunks).map(line => line.text)).toEqual(texts)
      },
    ),
  )
})

test('keeps bytes that are no UTF-8', () => {
  const [line] = split([Uint8Array.of(0x61, 0xff, 0x0a)])
  expect(line).toEqual({ text: 'a\ufffd', bytes: Uint8Array.of(0x61, 0xff), cut: false })
})

test('holds no more of a line than it may, and counts the rest', () => {
  const splitter = new LineSplitter(4)
  splitter.push(Buffer.from('12345'))
  splitter.push(Buffer.from('6789'))
  expect(splitter.pendingBytes).toBe(9)
  expect(splitter.push(Buffer.from('\nab\n')).map(({ text, cut }) => [text, cut])).toEqual([
    ['1234', true],
    ['ab', false],
  ])
  expect(splitter.finish()).toBeNull()
})
