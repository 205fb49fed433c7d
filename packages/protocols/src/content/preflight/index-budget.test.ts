import { expect, test } from 'vitest'
import { memoryLayer, mission, vpk } from '../../testing/memory-layer.ts'
import { decodeLayerIndex, encodeLayerIndex } from '../layers/layer-index-codec.ts'
import { inspectLayer } from './inspect-layer.ts'

const addons = 'left4dead2/addons'

/** A VPK of so many empty files in one folder. */
function emptyFiles(count: number, extension = 'txt'): Uint8Array {
  const entry = Buffer.from('000000000000ff7f0000000000000000ffff', 'hex')
  const names = Array.from({ length: count }, (_, at) => Buffer.concat([Buffer.from(`${at}\0`), entry]))
  const tree = Buffer.concat([Buffer.from(`${extension}\0folder\0`), ...names, Buffer.from('\0\0\0')])
  const header = Buffer.alloc(12)
  header.writeUInt32LE(0x55aa1234, 0)
  header.writeUInt32LE(1, 4)
  header.writeUInt32LE(tree.length, 8)
  return Buffer.concat([header, tree])
}

async function inspect(files: Readonly<Record<string, string | Uint8Array>>) {
  const { index, findings } = await inspectLayer(memoryLayer(files), { kind: 'overlay' })
  const listed = index.vpks.flatMap(({ contents }) => contents.flatMap(({ names }) => names)).length
  return { index, findings, listed }
}

test('VPKs that list more together than an index takes are kept by name, and the index can be read', async () => {
  const large = emptyFiles(299_000)
  const files = Object.fromEntries(Array.from({ length: 15 }, (_, at) => [`${addons}/${at}.vpk`, large]))
  const { index, findings, listed } = await inspect({ ...files, [`${addons}/z.vpk`]: vpk({ a: 'x' }) })
  expect(listed).toBe(3 * 299_000)
  expect(index.vpks).toHaveLength(16)
  const unlisted = findings.filter(({ code }) => code === 'too-many-files')
  expect(unlisted).toHaveLength(13)
  expect(unlisted.at(-1)).toMatchObject({ severity: 'error', path: `${addons}/z.vpk` })
  expect(decodeLayerIndex(encodeLayerIndex(index))).toEqual(index)
})

test('names that are long and many are as limited', async () => {
  const large = emptyFiles(40_000, 'x'.repeat(1000))
  const { listed, findings } = await inspect({ [`${addons}/a.vpk`]: large, [`${addons}/b.vpk`]: large })
  expect(listed).toBe(40_000)
  expect(findings).toContainEqual(
    expect.objectContaining({ code: 'too-many-files', path: `${addons}/b.vpk` }),
  )
  const larger = await inspect({ [`${addons}/a.vpk`]: emptyFiles(100, 'x'.repeat(1_000_000)) })
  expect(larger.listed).toBe(0)
  expect(larger.findings.map(({ code }) => code)).toContain('vpk-broken')
})

test('missions that are long and many are as limited', async () => {
  const maps = Array.from({ length: 100 }, (_, at) => `map${at}`)
  const chapters = maps.map((map, at) => `"${at + 1}" { "Map" "${map}" "Image" "${'x'.repeat(290)}" }`)
  const modes = Array.from({ length: 30 }, (_, at) => `"mode${at}" { ${chapters.join(' ')} }`)
  const long = `"mission" { "Name" "long" "modes" { ${modes.join(' ')} } }`
  const files = Object.fromEntries(
    Array.from({ length: 100 }, (_, at) => [`left4dead2/missions/${at}.txt`, long]),
  )
  const { index, findings } = await inspect({ ...files, 'left4dead2/missions/z.txt': mission('z', ['z']) })
  expect(encodeLayerIndex(index).length).toBeLessThan(70 * 1024 * 1024)
  expect(findings.map(({ code }) => code)).toContain('too-many-files')
})
