import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProtocolError } from '../../protocol-error.ts'
import { indexOf, mission, vpk } from '../../testing/memory-layer.ts'
import { foldersOf, type LayerIndex } from './layer-index.ts'
import { decodeLayerIndex, encodeLayerIndex } from './layer-index-codec.ts'

const text = fc.string({ unit: 'binary', maxLength: 20 })
const textOrNull = fc.option(text)
const name = text.filter(value => !/^\.{0,2}$|\//.test(value))
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'))
const bytes = fc.nat(Number.MAX_SAFE_INTEGER)
const missions = fc.array(
  fc.record({
    path: text,
    name: text,
    version: textOrNull,
    author: textOrNull,
    website: textOrNull,
    title: textOrNull,
    description: textOrNull,
    image: textOrNull,
    survivorSet: fc.constantFrom(1 as const, 2 as const),
    modes: fc.array(
      fc.record({
        mode: text,
        chapters: fc.array(
          fc.record({
            number: fc.nat(),
            map: fc.stringMatching(/^\w{1,64}$/),
            title: textOrNull,
            image: textOrNull,
          }),
        ),
      }),
    ),
  }),
  { maxLength: 3 },
)
const files = fc.uniqueArray(fc.record({ path, size: bytes, mode: fc.nat(0o7777) }), {
  selector: file => file.path,
})
const index: fc.Arbitrary<LayerIndex> = fc.record({
  folders: fc.tuple(files, fc.array(path)).map(([list, empty]) => foldersOf(list, empty)),
  vpks: fc.array(
    fc.record({
      path,
      size: bytes,
      identity: textOrNull,
      title: textOrNull,
      author: textOrNull,
      version: textOrNull,
      image: fc.option(
        fc.record({
          path: text,
          size: bytes,
          type: fc.constantFrom('image/jpeg' as const, 'image/png' as const),
        }),
      ),
      contents: fc.array(fc.record({ path: text, names: fc.array(text) })),
      missions,
    }),
    { maxLength: 4 },
  ),
  missions,
})

const code = (value: string): unknown => {
  try {
    return decodeLayerIndex(value)
  } catch (error) {
    if (error instanceof ProtocolError) return error.code
    throw error
  }
}

describe('the codec of layer indexes', () => {
  test('reads any index as it was written', () => {
    fc.assert(
      fc.property(index, value => {
        expect(decodeLayerIndex(encodeLayerIndex(value))).toEqual(value)
      }),
    )
  })

  test('writes each folder once, and reads what an inspection made', async () => {
    const made = await indexOf({
      'left4dead2/addons/a.vpk': vpk({
        'materials/x/1.vmt': '',
        'materials/x/2.vmt': '',
        'missions/a.txt': mission('A', ['m1']),
      }),
      'left4dead2/missions/b.txt': mission('B', ['m2']),
    })
    const written = encodeLayerIndex(made)
    expect(decodeLayerIndex(written)).toEqual(made)
    expect(written.split('materials/x')).toHaveLength(2)
  })

  test('refuses other versions and formats, so that the index is made anew', () => {
    const written = encodeLayerIndex({ folders: [], vpks: [], missions: [] })
    expect(code(written)).toEqual({ folders: [], vpks: [], missions: [] })
    expect(code(written.replace('"version":1', '"version":2'))).toBe('malformed')
    expect(code(written.replace('left4me', 'other'))).toBe('malformed')
    expect(code('')).toBe('malformed')
  })

  test.each<[string, unknown]>([
    ['a path that leads out', ['../x', [], [], []]],
    ['an absolute path', ['/etc', [], [], []]],
    ['a name with a folder', ['a', ['b/c'], [1], [1]]],
    ['a name that leads out', ['a', ['..'], [1], [1]]],
    ['a name without a size', ['a', ['b'], [], [1]]],
    ['a size without a name', ['a', [], [1], [1]]],
    ['a negative size', ['a', ['b'], [-1], [1]]],
    ['a size that is no whole number', ['a', ['b'], [1.5], [1]]],
    ['a mode that is none', ['a', ['b'], [1], [0o10000]]],
    ['a text without an end', ['a'.repeat(5000), [], [], []]],
    ['an object', { path: 'a' }],
    ['null', null],
  ])('refuses %s', (_what, folder) => {
    const written = JSON.stringify({
      format: 'left4me-layer-index',
      version: 1,
      folders: [folder],
      vpks: [],
      missions: [],
    })
    expect(code(written)).toMatch(/^(?:malformed|too-large)$/)
    expect(code(written.replace(JSON.stringify([folder]), '[["a",["b"],[1],[1]]]'))).not.toBeTypeOf('string')
  })

  test('throws nothing but a ProtocolError for any JSON, and for a written index with a part exchanged', () => {
    fc.assert(fc.property(fc.json(), value => void code(value)))
    fc.assert(
      fc.property(index, fc.nat(), fc.json({ maxDepth: 1 }), (value, at, part) => {
        const written = encodeLayerIndex(value)
        const tokens = written.split(/(?<=[[\],:])/)
        tokens[at % tokens.length] = part
        code(tokens.join(''))
      }),
    )
  })
})
