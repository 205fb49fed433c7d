import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { decode } from './decode.ts'
import { encode } from './encode.ts'
import { parseSignature } from './signature.ts'
import { type Value, Variant } from './value.ts'

interface Sample {
  readonly signature: string
  readonly value: Value
}

const text = fc.string({ unit: 'binary', maxLength: 20 }).filter(value => !value.includes('\0'))
const path = fc
  .array(fc.stringMatching(/^[A-Za-z0-9_]{1,5}$/), { maxLength: 4 })
  .map(parts => `/${parts.join('/')}`)

const basics: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  y: fc.integer({ min: 0, max: 0xff }),
  b: fc.boolean(),
  n: fc.integer({ min: -0x8000, max: 0x7fff }),
  q: fc.integer({ min: 0, max: 0xffff }),
  i: fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  u: fc.integer({ min: 0, max: 0xffff_ffff }),
  x: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  t: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  d: fc.double(),
  h: fc.integer({ min: 0, max: 10 }),
  s: text,
  o: path,
  g: fc.constantFrom('', 's', 'a{sv}', '(yv)aai'),
}

const basic = fc.oneof(
  ...Object.entries(basics).map(([signature, values]) =>
    values.map((value): Sample => ({ signature, value })),
  ),
)

/** Values of one type have to be of one shape: an array repeats its first item. */
const { sample } = fc.letrec<{ sample: Sample }>(tie => ({
  sample: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    basic,
    fc
      .uint8Array({ maxLength: 40 })
      .map((value): Sample => ({ signature: 'ay', value: Uint8Array.from(value) })),
    tie('sample').map(({ signature, value }) => ({ signature: 'v', value: new Variant(signature, value) })),
    fc
      .tuple(tie('sample'), fc.integer({ min: 0, max: 3 }))
      .filter(([{ signature }]) => signature !== 'y')
      .map(([{ signature, value }, count]) => ({
        signature: `a${signature}`,
        value: Array.from({ length: count }, () => value),
      })),
    fc.array(tie('sample'), { minLength: 1, maxLength: 4 }).map(members => ({
      signature: `(${members.map(member => member.signature).join('')})`,
      value: members.map(member => member.value),
    })),
    fc.tuple(fc.uniqueArray(text, { maxLength: 4 }), tie('sample')).map(([keys, { signature, value }]) => ({
      signature: `a{s${signature}}`,
      value: new Map(keys.map(key => [key, value])),
    })),
  ),
}))

test('what is marshalled is read back as it was, with what follows left alone', () => {
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 5 }), samples => {
      const signature = samples.map(each => each.signature).join('')
      fc.pre(signature.length <= 255)
      const bytes = encode(
        signature,
        samples.map(each => each.value),
      )
      const { values, length } = decode(signature, Buffer.concat([bytes, Buffer.from('more')]))
      expect(values).toEqual(samples.map(each => each.value))
      expect(length).toBe(bytes.length)
    }),
  )
})

test('bytes that end too early are refused, wherever they end', () => {
  fc.assert(
    fc.property(sample, fc.nat(), ({ signature, value }, at) => {
      const bytes = encode(signature, [value])
      fc.pre(bytes.length > 0)
      expect(() => decode(signature, bytes.subarray(0, at % bytes.length))).toThrow(RangeError)
    }),
  )
})

test('whatever else comes is read or refused, and never runs on', () => {
  fc.assert(
    fc.property(sample, fc.uint8Array({ maxLength: 200 }), fc.boolean(), ({ signature }, bytes, little) => {
      try {
        decode(signature, Buffer.from(bytes), little)
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError)
      }
    }),
  )
})

describe('marshalling', () => {
  it('pads as the specification says', () => {
    // “Marshaling”, its own example of an array: the length doesn't count the padding before the first item.
    expect(encode('ax', [[5n]]).toString('hex')).toBe(`08000000${'00000000'}0500000000000000`)
    expect(encode('a(y)', [[]]).toString('hex')).toBe('0000000000000000')
    expect(encode('yu', [1, 2]).toString('hex')).toBe('0100000002000000')
    expect(encode('sg', ['foo', 'a{sv}']).toString('hex')).toBe(
      `${'03000000'}${'666f6f00'}05${'617b73767d'}00`,
    )
  })

  it('reads what a big-endian machine wrote', () => {
    expect(decode('uqs', Buffer.from('000000070102000000000002686900', 'hex'), false).values).toEqual([
      7,
      0x102,
      'hi',
    ])
  })

  test.each<[string, Value]>([
    ['y', 256],
    ['y', 1.5],
    ['b', 1],
    ['u', -1],
    ['t', -1n],
    ['t', 2n ** 64n],
    ['x', 2n ** 63n],
    ['x', 3],
    ['s', 'a\0b'],
    ['s', '\ud800'],
    ['s', 5],
    ['o', 'relative'],
    ['o', '/ends/'],
    ['g', 'a'],
    ['as', 'text'],
    ['(ss)', ['one']],
    ['a{ss}', ['one']],
    ['v', 'bare'],
    ['v', new Variant('ss', 'two types')],
  ])('refuses for %s the value %s', (signature, value) => {
    expect(() => encode(signature, [value])).toThrow()
  })

  test.each([
    ['a boolean of 2', 'b', '02000000'],
    ['a text without its NUL', 's', '0100000061ff'],
    ['a path that is none', 'o', '020000002f2f00'],
    ['an array that ends within an item', 'au', '020000000100'],
    ['an array of 65 MiB', 'ay', '00001004'],
    ['a variant of two values', 'v', `027373${'00'.repeat(20)}`],
    ['variants within variants without end', 'v', '017600'.repeat(100)],
  ])('refuses to read %s', (_, signature, hex) => {
    expect(() => decode(signature, Buffer.from(hex, 'hex'))).toThrow(RangeError)
  })
})

describe('a signature', () => {
  it('is split into its types', () => {
    expect(parseSignature('sa{sv}(ii)').map(type => type.kind)).toEqual(['basic', 'dictionary', 'struct'])
  })

  test.each([
    ['a', '('],
    ['()', '(i'],
    ['{sv}', 'a{vs}'],
    ['a{s}', 'a{sss}'],
    ['z', ')'],
    ['s'.repeat(256), `${'a'.repeat(33)}s`],
    [`${'('.repeat(33)}s${')'.repeat(33)}`, `${'a{s'.repeat(33)}s${'}'.repeat(33)}`],
  ])('is refused when it is %s or %s', (...signatures) => {
    for (const signature of signatures) expect(() => parseSignature(signature)).toThrow(RangeError)
  })

  it('may nest as deeply as the specification allows', () => {
    expect(parseSignature(`${'a'.repeat(32)}s`)).toHaveLength(1)
    expect(parseSignature(`${'('.repeat(32)}s${')'.repeat(32)}`)).toHaveLength(1)
  })
})
