import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProtocolError } from '../protocol-error.ts'
import { findSection, findText, type KeyValuesPair } from './pair.ts'
import { parseKeyValues } from './parse.ts'
import { writeKeyValues } from './write.ts'

type Plain = [string, string | Plain[]] | [string, string | Plain[], string]

/** Pairs as short arrays: key, value, and the condition if there is one. */
function plain(pairs: readonly KeyValuesPair[]): Plain[] {
  return pairs.map(({ key, value, condition }) => {
    const short = typeof value === 'string' ? value : plain(value)
    return condition === null ? [key, short] : [key, short, condition]
  })
}

const read = (text: string | Uint8Array, options = {}) => plain(parseKeyValues(text, options).pairs)
const failure = (text: string, options = {}): ProtocolError => {
  try {
    parseKeyValues(text, options)
  } catch (error) {
    if (error instanceof ProtocolError) return error
  }
  throw new Error('It did not fail.')
}

describe('reading', () => {
  test('keeps order and duplicate keys, quoted or bare', () => {
    expect(read('"a" "1"\na 2 "a" { b c } "a" "1"')).toEqual([
      ['a', '1'],
      ['a', '2'],
      ['a', [['b', 'c']]],
      ['a', '1'],
    ])
  })

  test('takes // as a comment only where a token could start', () => {
    expect(read('// first\n"Website" "http://example.invalid//x" // last\nb http://x//y\n// end')).toEqual([
      ['Website', 'http://example.invalid//x'],
      ['b', 'http://x//y'],
    ])
  })

  test('needs no blank between tokens', () => {
    expect(read('"Map""c1"modes{"1"{"Map"x}}')).toEqual([
      ['Map', 'c1'],
      ['modes', [['1', [['Map', 'x']]]]],
    ])
  })

  test('keeps line ends and backslashes inside quotes, unless asked to resolve escapes', () => {
    expect(read('"a" "one\ntwo" "b" "workshop\\id.vpk"')).toEqual([
      ['a', 'one\ntwo'],
      ['b', 'workshop\\id.vpk'],
    ])
    expect(read('"a" "x\\"y\\\\\\n\\tz\\q"', { escapes: true })).toEqual([['a', 'x"y\\\n\tz\\q']])
  })

  test('keeps conditions after keys and values, and tells them from bare brackets', () => {
    expect(
      read('"a" "1" [$X360]\n"b" [!$WIN32 || $X] { c d }\n"e" "2" [ $A ] "f" [1 "g" "[$no]" "h" [!($A)] "3"'),
    ).toEqual([
      ['a', '1', '$X360'],
      ['b', [['c', 'd']], '!$WIN32 || $X'],
      ['e', '2', '$A'],
      ['f', '[1'],
      ['g', '[$no]'],
      ['h', '3', '!($A)'],
    ])
  })

  test('takes empty texts, empty sections, and nothing at all', () => {
    expect(read('"" "" x { }')).toEqual([
      ['', ''],
      ['x', []],
    ])
    expect(read('')).toEqual([])
    expect(read('// only a comment')).toEqual([])
    expect(read('"a" "b"\0\0\0')).toEqual([['a', 'b']])
  })

  test('takes __proto__ as any other key', () => {
    const { pairs } = parseKeyValues('"__proto__" { "polluted" "yes" }')
    expect(plain(pairs)).toEqual([['__proto__', [['polluted', 'yes']]]])
    expect(Reflect.get({}, 'polluted')).toBeUndefined()
  })

  test('finds the first of a key whatever its letter case', () => {
    const { pairs } = parseKeyValues(
      '"AppState" "no" "APPSTATE" { "BuildID" { } "buildid" "1" "BUILDID" "2" }',
    )
    expect(findText(findSection(pairs, 'appState') ?? [], 'buildId')).toBe('1')
    expect(findText(pairs, 'missing')).toBeNull()
    expect(findSection(pairs, 'missing')).toBeNull()
  })
})

describe('what is broken but readable', () => {
  test('is a missing brace at the end', () => {
    const { pairs, warnings } = parseKeyValues('"mission"\n{\n\t"Name" "x"\n\t"modes"\n\t{')
    expect(plain(pairs)).toEqual([
      [
        'mission',
        [
          ['Name', 'x'],
          ['modes', []],
        ],
      ],
    ])
    expect(warnings).toEqual([{ message: 'A section is never closed.', position: { line: 5, column: 2 } }])
  })

  test('is a brace too many, said once', () => {
    const { pairs, warnings } = parseKeyValues('"a" { } } }\n"b" "c" }')
    expect(plain(pairs)).toEqual([
      ['a', []],
      ['b', 'c'],
    ])
    expect(warnings).toEqual([{ message: 'A brace closes nothing.', position: { line: 1, column: 9 } }])
  })
})

describe('encodings', () => {
  const bytes = (...parts: (Uint8Array | string | number[])[]) =>
    Buffer.concat(parts.map(part => Buffer.from(part as string)))

  test.each([
    ['UTF-8', bytes('"a" "ä你"'), 'ä你', 'utf-8'],
    ['UTF-8 with its mark', bytes([0xef, 0xbb, 0xbf], '"a" "ä你"'), 'ä你', 'utf-8'],
    ['UTF-16LE', bytes([0xff, 0xfe], Buffer.from('"a" "ä你"', 'utf16le')), 'ä你', 'utf-16le'],
    ['UTF-16BE', bytes([0xfe, 0xff], Buffer.from('"a" "ä你"', 'utf16le').swap16()), 'ä你', 'utf-16be'],
    ['Windows-1252', bytes('"a" "Stra', [0xdf], 'e"'), 'Straße', 'windows-1252'],
    ['GBK', bytes('"a" "', [0xc4, 0xe3, 0xba, 0xc3], '"'), '你好', 'gbk'],
    ['anything else', bytes('"a" "', [0xc4, 0xe3, 0xff], '"'), 'Äãÿ', 'windows-1252'],
  ])('are told apart: %s', (_name, input, value, encoding) => {
    const document = parseKeyValues(input)
    expect(plain(document.pairs)).toEqual([['a', value]])
    expect(document.encoding).toBe(encoding)
  })

  test('of a string were somebody else’s matter, except its mark', () => {
    expect(parseKeyValues('\ufeff"a" "b"')).toMatchObject({ encoding: null, pairs: [{ key: 'a' }] })
  })
})

describe('failures', () => {
  test.each([
    ['"a"\n{\n  "b"\n}', 'malformed', { line: 3, column: 3 }],
    ['"a" "b"\n\n  "never closed', 'malformed', { line: 3, column: 3 }],
    ['{ "a" "b" }', 'malformed', { line: 1, column: 1 }],
    ['"a"', 'malformed', { line: 1, column: 1 }],
    ['"a" "b" [$X360', 'malformed', { line: 1, column: 9 }],
    ['"a" "b" [$X] [$Y]', 'malformed', { line: 1, column: 14 }],
    ['#include "other.txt"', 'malformed', { line: 1, column: 1 }],
    ['"a" {\n"#BASE" "other.txt" }', 'malformed', { line: 2, column: 1 }],
  ])('say where: %j', (text, code, position) => {
    const error = failure(text)
    expect(error).toMatchObject({ code, position })
    expect(error.message).toContain(`line ${position.line}, column ${position.column}`)
  })

  test('are limits too, each of them', () => {
    expect(failure('a b', { maxLength: 2 })).toMatchObject({ code: 'too-large' })
    expect(failure('a { b { c { } } }', { maxDepth: 2 })).toMatchObject({ code: 'too-large' })
    expect(failure('a bcdef', { maxTokenLength: 4 })).toMatchObject({ code: 'too-large' })
    expect(failure('a "bcdef"', { maxTokenLength: 4 })).toMatchObject({ code: 'too-large' })
    expect(failure('a b c d', { maxPairs: 1 })).toMatchObject({ code: 'too-large' })
    expect(
      read('a { b { c d } }', { maxDepth: 2, maxLength: 15, maxTokenLength: 1, maxPairs: 3 }),
    ).toHaveLength(1)
  })

  test('come before memory does: braces by the million', () => {
    expect(failure('a{'.repeat(1_000_000))).toMatchObject({ code: 'too-large' })
    expect(parseKeyValues('}'.repeat(1_000_000)).warnings).toHaveLength(1)
  })

  test('are never anything but a ProtocolError, whatever the text or bytes', () => {
    const pieces = fc.oneof(
      fc.constantFrom(
        '"',
        '{',
        '}',
        '[',
        ']',
        '$',
        '//',
        '\\',
        '\n',
        ' ',
        'a',
        '#base',
        '[$X]',
        '\0',
        '\ufeff',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }),
    )
    const input = fc.oneof(
      fc.array(pieces).map(parts => parts.join('')),
      fc.uint8Array(),
    )
    fc.assert(
      fc.property(input, fc.boolean(), (text, escapes) => {
        try {
          parseKeyValues(text, { escapes })
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }),
    )
  })
})

describe('writing', () => {
  const text = (escapes: boolean) =>
    fc.string({ unit: 'binary', maxLength: 12 }).map(value => (escapes ? value : value.replaceAll('"', "'")))
  const condition = fc.option(fc.constantFrom('$X360', '!$WIN32', '$A || !$B', '($A && $B)'))
  const pairs = (escapes: boolean) =>
    fc.letrec<{ pairs: KeyValuesPair[] }>(tie => ({
      pairs: fc.array(
        fc.record({
          key: text(escapes),
          value: fc.oneof({ withCrossShrink: true }, text(escapes), tie('pairs')),
          condition,
        }),
        { maxLength: 4 },
      ),
    })).pairs

  test.each([true, false])('gives back the same pairs when it is read, escapes %s', escapes => {
    fc.assert(
      fc.property(pairs(escapes), written => {
        expect(parseKeyValues(writeKeyValues(written, { escapes }), { escapes })).toMatchObject({
          pairs: written,
          warnings: [],
        })
      }),
    )
  })

  test('looks as the engine writes it', () => {
    const { pairs: written } = parseKeyValues('AddonList { x.vpk 1 "y.vpk" 0 [$WIN32] } a { }')
    expect(writeKeyValues(written)).toBe(
      '"AddonList"\n{\n\t"x.vpk"\t\t"1"\n\t"y.vpk"\t\t"0"\t[$WIN32]\n}\n"a"\n{\n}\n',
    )
    expect(writeKeyValues([])).toBe('')
  })

  test.each([
    [{ key: 'a"b', value: 'c', condition: null }],
    [{ key: 'a', value: 'c"', condition: null }],
    [{ key: '#include', value: 'x', condition: null }],
    [{ key: 'a', value: 'c', condition: 'X360' }],
    [{ key: 'a', value: 'c', condition: '$X] "b" "d' }],
  ])('refuses what would be read back as something else: %j', pair => {
    expect(() => writeKeyValues([pair])).toThrow(expect.objectContaining({ code: 'bad-input' }))
  })

  test('refuses endless nesting', () => {
    let pairs: KeyValuesPair[] = []
    for (let depth = 0; depth < 70; depth += 1) pairs = [{ key: 'a', value: pairs, condition: null }]
    expect(() => writeKeyValues(pairs)).toThrow(expect.objectContaining({ code: 'bad-input' }))
  })
})
