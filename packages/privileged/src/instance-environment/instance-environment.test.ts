import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HelperError } from '../helper-error.ts'
import { formatInstanceEnvironment, parseInstanceEnvironment } from './instance-environment.ts'

const id = fc.integer({ min: 1, max: 999_999_999_999_999 })
const lowerdir = fc.oneof(
  fc.tuple(id, id).map(([overlay, revision]) => `overlays/${overlay}/revisions/${revision}`),
  fc.constant('installation'),
  id.map(revision => `installation/revisions/${revision}`),
)
const argument = fc
  .oneof(
    fc.string({ unit: 'grapheme', maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'ab "\'\\$`%#;=:+-') }),
  )
  .filter(word => !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(word))
const environment = fc.record({
  port: fc.integer({ min: 1024, max: 62_535 }),
  arguments: fc.array(argument, { maxLength: 20 }),
  lowerdirs: fc.uniqueArray(lowerdir, { minLength: 1, maxLength: 20 }),
})
const plain =
  'L4D2_PORT=27015\nL4D2_ARGS=+map c1m1_hotel\nL4D2_LOWERDIRS=overlays/7/revisions/3:installation\n'

describe('instance.env', () => {
  it('says what it was given, in three lines', () => {
    const text = formatInstanceEnvironment({
      port: 27015,
      arguments: ['+hostname', 'The "Vannah"', '+map', 'c1m1_hotel'],
      lowerdirs: ['overlays/7/revisions/3', 'overlays/2/revisions/1', 'installation'],
    })
    expect(text).toBe(
      [
        'L4D2_PORT=27015',
        'L4D2_ARGS="+hostname \\"The \\\\\\"Vannah\\\\\\"\\" +map c1m1_hotel"',
        'L4D2_LOWERDIRS=overlays/7/revisions/3:overlays/2/revisions/1:installation',
        '',
      ].join('\n'),
    )
  })

  it('comes back as it was, whatever its arguments are', () => {
    fc.assert(
      fc.property(environment, value => {
        expect(parseInstanceEnvironment(formatInstanceEnvironment(value))).toEqual(value)
      }),
    )
  })

  it('holds the largest that is allowed', () => {
    const value = {
      port: 62_535,
      arguments: Array.from({ length: 64 }, () => '"'.repeat(200)),
      lowerdirs: Array.from(
        { length: 500 },
        (_, index) => `overlays/${999_999_999_999_999 - index}/revisions/999999999`,
      ),
    }
    expect(parseInstanceEnvironment(formatInstanceEnvironment(value))).toEqual(value)
  })

  it('may be written by hand without quotes, in another order', () => {
    expect(parseInstanceEnvironment(plain.split('\n').slice(0, 3).reverse().join('\n'))).toEqual({
      port: 27015,
      arguments: ['+map', 'c1m1_hotel'],
      lowerdirs: ['overlays/7/revisions/3', 'installation'],
    })
  })

  it.each([
    ['another key', `${plain}LD_PRELOAD=/tmp/evil.so\n`],
    ['a key of Node', `NODE_OPTIONS=--require=/tmp/evil.js\n${plain}`],
    ['a key twice', `${plain}L4D2_PORT=27016\n`],
    ['a key less', plain.replace('L4D2_PORT=27015\n', '')],
    ['a comment', `# hello\n${plain}`],
    ['an empty line', `\n${plain}`],
    ['a carriage return', plain.replaceAll('\n', '\r\n')],
    ['a zero byte', plain.replace('hotel', 'ho\u0000tel')],
    ['an escape sequence', plain.replace('hotel', 'ho\u001b[2Jtel')],
    ['a continued line', plain.replace('c1m1', '\\\nc1m1')],
    ['a value over two lines', plain.replace('+map c1m1_hotel', '"+map\nL4D2_PORT=1"')],
    ['half a pair of surrogates', plain.replace('hotel', '\ud800')],
    ['a port of the system', plain.replace('27015', '80')],
    ['a port whose derived ones are none', plain.replace('27015', '62536')],
    ['a port in octal', plain.replace('27015', '027015')],
    ['a port with a sign', plain.replace('27015', '+27015')],
    ['no layer', plain.replace(/L4D2_LOWERDIRS=.*/, 'L4D2_LOWERDIRS=')],
    ['an empty layer', plain.replace(':installation', '::installation')],
    ['an absolute layer', plain.replace('installation', '/etc')],
    ['a layer that climbs', plain.replace('installation', 'overlays/7/revisions/../../../../etc')],
    ['a draft as a layer', plain.replace('installation', 'overlays/7/draft')],
    ['another server as a layer', plain.replace('installation', 'runtime/2/upper')],
    ['an option of mount in a layer', plain.replace('installation', 'installation,upperdir=/etc')],
    ['a layer twice', plain.replace('installation', 'overlays/7/revisions/3')],
    [
      '501 layers',
      plain.replace(
        'installation',
        Array.from({ length: 500 }, (_, index) => `overlays/1/revisions/${index + 9}`).join(':'),
      ),
    ],
    ['257 arguments', plain.replace('+map c1m1_hotel', 'a '.repeat(257).trimEnd())],
    ['an argument of 1025 characters', plain.replace('c1m1_hotel', 'a'.repeat(1025))],
    ['more than 128 KiB', plain + 'x'.repeat(128 * 1024)],
    ['nothing', ''],
  ])('is refused with %s', (_, text) => {
    expect(() => parseInstanceEnvironment(text)).toThrow(HelperError)
    expect(() => parseInstanceEnvironment(text)).toThrow(expect.objectContaining({ code: 'bad-environment' }))
  })

  it('is never read into something that it could not have been written from', () => {
    const piece = fc.constantFrom(
      ...[
        'L4D2_PORT=',
        'L4D2_ARGS=',
        'L4D2_LOWERDIRS=',
        '27015',
        'installation',
        '"',
        '\\',
        "'",
        ' ',
        '\n',
        '$X',
        '=',
        ':',
        'a',
      ],
    )
    const mutated = fc
      .tuple(environment, fc.nat(), fc.array(piece, { maxLength: 4 }), fc.nat(3))
      .map(([value, at, pieces, removed]) => {
        const whole = formatInstanceEnvironment(value)
        const position = at % (whole.length + 1)
        return whole.slice(0, position) + pieces.join('') + whole.slice(position + removed)
      })
    fc.assert(
      fc.property(
        fc.oneof(
          mutated,
          fc.array(piece).map(pieces => pieces.join('')),
        ),
        text => {
          let parsed: ReturnType<typeof parseInstanceEnvironment>
          try {
            parsed = parseInstanceEnvironment(text)
          } catch (error) {
            expect(error).toBeInstanceOf(HelperError)
            return
          }
          expect(parseInstanceEnvironment(formatInstanceEnvironment(parsed))).toEqual(parsed)
        },
      ),
      { numRuns: 500 },
    )
  })

  it.each([
    ['a line break in an argument', { arguments: ['a\nL4D2_PORT=1'] }],
    ['a layer elsewhere', { lowerdirs: ['/etc'] }],
    ['a port that is a fraction', { port: 27015.5 }],
    ['no number as port', { port: Number.NaN }],
  ])('is not written with %s', (_, change) => {
    const value = { port: 27015, arguments: [], lowerdirs: ['installation'], ...change }
    expect(() => formatInstanceEnvironment(value)).toThrow(HelperError)
  })
})
