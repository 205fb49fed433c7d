import { readAddonList } from '../../src/content/addon/addon-list.ts'
import type { LayerIndex } from '../../src/content/layers/layer-index.ts'
import { decodeLayerIndex, encodeLayerIndex } from '../../src/content/layers/layer-index-codec.ts'
import { MergedTree } from '../../src/content/layers/merged-tree.ts'
import { disguiseOf } from '../../src/content/preflight/disguise.ts'
import { readElfHeader } from '../../src/content/preflight/elf.ts'
import { bytesCodec, check, type FuzzCodec, magnitude, textCodec } from '../codec.ts'

const vpk = {
  path: 'left4dead2/addons/1.vpk',
  size: 10,
  identity: 'abc',
  title: 'x',
  author: null,
  version: '1',
  image: { path: 'addonimage.jpg', size: 3, type: 'image/jpeg' },
  contents: [{ path: 'maps', names: ['m1.bsp'] }],
  missions: [
    {
      path: 'missions/a.txt',
      name: 'A',
      version: null,
      author: null,
      website: null,
      title: '#x',
      description: null,
      image: null,
      survivorSet: 2,
      modes: [{ mode: 'coop', chapters: [{ number: 1, map: 'm1', title: null, image: null }] }],
    },
  ],
} as const
const index: LayerIndex = {
  folders: [
    { path: '', files: [{ name: 'srcds_run', size: 1, mode: 0o755 }] },
    { path: 'left4dead2/addons', files: [{ name: '1.vpk', size: 10, mode: 0o644 }] },
  ],
  vpks: [vpk],
  missions: vpk.missions,
}

const layerIndex = textCodec(
  'layer-index',
  [encodeLayerIndex(index), encodeLayerIndex({ folders: [], vpks: [], missions: [] })],
  [
    '[',
    ']',
    '{',
    '}',
    ',',
    '"',
    '..',
    '/',
    'null',
    '-1',
    '1e999',
    '"__proto__"',
    '"version":2',
    '[["a",["b"],[1],[1]]]',
  ],
  text => {
    const read = decodeLayerIndex(text)
    const again = decodeLayerIndex(encodeLayerIndex(read))
    check(JSON.stringify(again) === JSON.stringify(read), 'Written and read again, it is something else.')
    const tree = MergedTree.of([read, read])
    for (const { path } of tree.entries())
      check(!/(?:^|\/)\.\.?(?:\/|$)|^\//.test(path), 'An entry leads out of its layer.')
    return `${magnitude(tree.files)} ${read.vpks.length} ${read.missions.length}`
  },
)

const magic = bytesCodec(
  'file-starts',
  [
    `7f'ELF' 01010100000000000000000000 000000 0300 0300`,
    `7f'ELF' 02010100000000000000000000 000000 0300 3e00`,
    "504b0304 '<!DOCTYPE html>'",
    "efbbbf '<html>'",
  ],
  ["7f'ELF'", '01', '02', '3e00', '504b0304', "'<html'", "' '", '1f8b'],
  bytes => {
    const elf = readElfHeader(bytes)
    check(elf === null || !elf.loadable || elf.bits === 32, 'A 64-bit library counts as loadable.')
    return `${elf?.bits} ${elf?.machine.replace(/\d+/, 'N')} ${disguiseOf(bytes)}`
  },
)

const addonList = textCodec(
  'addon-list',
  ['"AddonList"\n{\n\t"a.vpk"\t\t"0"\n\t"workshop\\1.vpk"\t"1"\n}\n'],
  ['"', '{', '}', '"0"', '\\', '/', '.vpk', 'AddonList', '[$X360]'],
  text => {
    const off = readAddonList(text)
    for (const name of off) check(!/[\\/]/.test(name), 'A name leads into a folder.')
    return magnitude(off.size)
  },
)

export const contentCodecs: readonly FuzzCodec[] = [layerIndex, magic, addonList]
