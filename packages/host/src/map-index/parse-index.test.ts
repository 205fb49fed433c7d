import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pathComponents } from '../files/relative-path.ts'
import { parseIndex } from './parse-index.ts'

const md5 = 'd41d8cd98f00b204e9800998ecf8427e'
const line = `a.7z;10;${md5};https://maps.example/a.7z`
const parse = (text: string) => parseIndex(Buffer.from(text))

describe('an index', () => {
  it('is read line by line, whatever ends and surrounds the lines', () => {
    const text = `\ufeffName;Size;MD5;Link\r\n\r\n# maps\r\n"b c.vpk"; 3000000000 ;${md5.toUpperCase()};https://maps.example/b?x=1;y=2\r\n${line}`
    expect(parse(text)).toEqual([
      { line: 4, name: 'b c.vpk', size: 3_000_000_000, md5, link: 'https://maps.example/b?x=1;y=2' },
      { line: 5, name: 'a.7z', size: 10, md5, link: 'https://maps.example/a.7z' },
    ])
  })

  it.each([
    ['', 'lists nothing'],
    ['name;size;md5;link\n', 'lists nothing'],
    ['<!doctype html>', 'web page'],
    [`${line}\nb;1;${md5}`, 'Line 2 of the index has fewer than four fields'],
    [`../a;1;${md5};https://a/`, 'Line 1 of the index has a name'],
    [`a/b;1;${md5};https://a/`, 'has a name'],
    [`.a;1;${md5};https://a/`, 'has a name'],
    [`a\u0001b;1;${md5};https://a/`, 'has a name'],
    [`;1;${md5};https://a/`, 'has a name'],
    [`a;0;${md5};https://a/`, 'no size'],
    [`a;-1;${md5};https://a/`, 'no size'],
    [`a;1e9;${md5};https://a/`, 'no size'],
    [`a;99999999999999;${md5};https://a/`, 'no size'],
    ['a;1;abc;https://a/', 'no MD5'],
    [`a;1;${md5};nowhere`, 'no link'],
    [
      `${line}\n${line.toUpperCase().replace('HTTPS', 'https')}`,
      'Line 2 of the index has the name of line 1',
    ],
    [`a;1;${md5};https://a/${'x'.repeat(5000)}`, 'more than 4096'],
  ])('%j is refused', (text, message) => {
    expect(() => parse(text)).toThrow(
      expect.objectContaining({ code: 'index-refused', message: expect.stringContaining(message) }),
    )
  })

  it('in another encoding, or endless, is refused', () => {
    expect(() => parseIndex(Buffer.from(line, 'utf16le'))).toThrow(
      expect.objectContaining({ code: 'index-refused' }),
    )
    expect(() => parseIndex(Buffer.from([0xff, 0xfe]))).toThrow(/UTF-8/)
    const many = Array.from({ length: 5001 }, (_, at) => `${at}.7z;1;${md5};https://a/`).join('\n')
    expect(() => parse(many)).toThrow(/more than 5000/)
  })

  it('gives only names that are safe, whatever is in it', () => {
    const field = fc.oneof(fc.string(), fc.constantFrom('..', 'a', '10', md5, 'https://a/', '"x"', '\n', ';'))
    fc.assert(
      fc.property(fc.array(fc.array(field, { maxLength: 6 })), rows => {
        try {
          for (const { name, size, md5: sum, link } of parse(rows.map(row => row.join(';')).join('\n'))) {
            expect(pathComponents(name)).toEqual([name])
            expect(Number.isSafeInteger(size) && size > 0).toBe(true)
            expect(sum).toMatch(/^[0-9a-f]{32}$/)
            expect(URL.canParse(link)).toBe(true)
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'index-refused' })
        }
      }),
    )
  })
})
