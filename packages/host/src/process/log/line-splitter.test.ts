import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { LineSplitter, plainText } from './line-splitter.ts'

function split(...chunks: (string | Buffer)[]): string[] {
  const splitter = new LineSplitter()
  const lines = chunks.flatMap(chunk => splitter.push(Buffer.from(chunk)))
  const last = splitter.finish()
  return last === null ? lines : [...lines, last]
}

describe('lines of a terminal', () => {
  it.each([
    ['a\nb\n', ['a', 'b']],
    ['a\r\nb\r\n', ['a', 'b']],
    ['a\r\r\nb\r\r\n', ['a', 'b']],
    ['10%\r20%\rdone\n', ['10%', '20%', 'done']],
    ['a\n\n\nb', ['a', '', '', 'b']],
    ['a\r\n\r\nb', ['a', '', 'b']],
    ['\r\n', ['']],
    ['', []],
    ['no end', ['no end']],
  ])('end at LF, CR LF and CR: %j', (text, lines) => {
    expect(split(text)).toEqual(lines)
  })

  test('are the same however the bytes are cut', () => {
    const piece = fc.constantFrom('a', 'é', '€', '😀', '\r', '\n', '\r\n', '\r\r\n', ' ')
    fc.assert(
      fc.property(fc.array(piece), fc.array(fc.nat(20)), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''))
        const chunks: Buffer[] = []
        let at = 0
        for (const cut of cuts) {
          chunks.push(bytes.subarray(at, at + cut))
          at += cut
        }
        chunks.push(bytes.subarray(at))
        expect(split(...chunks)).toEqual(split(bytes))
      }),
    )
  })

  test('hold every character that was printed, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), texts => {
        const clean = texts.map(text => text.replace(/[\r\n]/g, '')).filter(text => text !== '')
        expect(split(clean.map(text => `${text}\r\n`).join(''))).toEqual(clean)
      }),
    )
  })

  it('are cut at 4096 bytes, between characters, with a mark, and the next one is whole', () => {
    const lines = split('x'.repeat(4096), 'y'.repeat(100_000), '\nnext\n')
    expect(lines).toEqual([`${'x'.repeat(4096)} […]`, 'next'])
    expect(split('x'.repeat(4096), '\n')).toEqual(['x'.repeat(4096)])
    const [cut = ''] = split(`x${'€'.repeat(4096)}\n`)
    expect(cut).toMatch(/^x€+ \[…\]$/)
  })

  it('survive bytes that are no UTF-8', () => {
    expect(split(Buffer.from([0x61, 0xff, 0xc3, 0x62, 0x0a]))).toEqual(['a\ufffd\ufffdb'])
  })
})

describe('what a person reads of a line', () => {
  it.each([
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b[2J\u001b[1;1Hclear', 'clear'],
    ['\u001b]0;title\u0007text', 'text'],
    ['\u001b]0;title\u001b\\text', 'text'],
    ['\u001b(Btext\u001b=', 'text'],
    ['a\tb', 'a\tb'],
    ['bell\u0007 and back\b', 'bell and back'],
    ['\u2028x\u0085', 'x'],
    ['plain [not an escape]', 'plain [not an escape]'],
    ['\u001b', ''],
  ])('has no escapes and no control characters: %j', (line, text) => {
    expect(plainText(line)).toBe(text)
  })

  test('never has an escape, whatever comes', () => {
    const unit = fc.constantFrom('\u001b', '[', ']', '0', ';', 'm', '\u0007', '\\', 'a', '\u009b')
    fc.assert(
      fc.property(fc.string({ unit }), line => {
        expect(plainText(line)).not.toMatch(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/)
      }),
    )
  })
})
