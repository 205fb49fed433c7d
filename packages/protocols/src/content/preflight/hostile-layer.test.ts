import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { memoryLayer, vpk } from '../../testing/memory-layer.ts'
import { findConflicts } from '../conflicts/find-conflicts.ts'
import { decodeLayerIndex, encodeLayerIndex } from '../layers/layer-index-codec.ts'
import { readServerContent } from '../layers/server-content.ts'
import { campaignLibrary } from '../library/campaign-library.ts'
import { inspectLayer } from './inspect-layer.ts'

const paths = [
  'left4dead2/cfg/a.cfg',
  'left4dead2/addons/a.vdf',
  'left4dead2/addons/a.so',
  'left4dead2/addons/a.vpk',
  'left4dead2/addons/b_dir.vpk',
  'left4dead2/missions/a.txt',
  'left4dead2/maps/a.bsp',
  'update/missions/b.txt',
  '\u0000/\\..',
] as const
const content = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .array(
      fc.constantFrom(
        '"',
        '{',
        '}',
        'mission',
        'Name',
        'modes',
        'coop',
        '1',
        'Map',
        ' ',
        '\n',
        ';',
        'log',
        'é',
      ),
    )
    .map(words => Buffer.from(words.join(' '))),
  fc
    .dictionary(
      fc.constantFrom(
        'addoninfo.txt',
        'missions/a.txt',
        'maps/a b.bsp',
        '../x',
        'addonimage.jpg',
        '__proto__/x',
      ),
      fc.string({ maxLength: 60 }),
    )
    .chain(files =>
      fc.tuple(fc.constant(vpk(files)), fc.nat(300), fc.nat(255)).map(([bytes, at, byte]) => {
        const broken = Uint8Array.from(bytes)
        if (at < broken.length) broken[at] = byte
        return broken
      }),
    ),
)

test('whatever is in a layer, it is inspected, kept and compared', async () => {
  const files = fc.dictionary(fc.constantFrom(...paths), content)
  await fc.assert(
    fc.asyncProperty(files, async made => {
      const { index, findings } = await inspectLayer(memoryLayer(made), {
        kind: 'overlay',
        checksumBytes: 1000,
      })
      for (const { message, path } of findings) expect(message + path).not.toMatch(/[\0-\x1f\x7f]/)
      const kept = decodeLayerIndex(encodeLayerIndex(index))
      expect(kept).toEqual(index)
      const layers = [kept, kept].map(each => ({ name: 'x', index: each }))
      const server = readServerContent(layers)
      campaignLibrary(server, layers)
      for (const { places, winner } of findConflicts(layers, { content: server }).conflicts)
        expect(winner === null || places[winner] !== undefined).toBe(true)
    }),
    { numRuns: 300 },
  )
})

describe('a config of the greatest size is read to its end', () => {
  const size = 1024 * 1024
  test.each(['a', '"', ';', ' ', '/ ', 'a"b;', '"a', '\n', 'alias ', 'é'])('of %j', async unit => {
    const text = `${unit.repeat(size / Buffer.byteLength(unit) - 20)}\nrcon_password x`
    const { findings } = await inspectLayer(memoryLayer({ 'left4dead2/cfg/a.cfg': text }), {
      kind: 'overlay',
    })
    expect(findings.map(({ code }) => code)).toContain('config-sets-platform-setting')
  })
})
