import { crc32 } from 'node:zlib'
import type { FindingCode } from '../content/preflight/finding.ts'
import { type MemoryFiles, mission, vpk } from './memory-layer.ts'

export const addons = 'left4dead2/addons'
const cfg = 'left4dead2/cfg/a.cfg'
export const plain = (name: string) => ({ [`${addons}/${name}`]: vpk({ 'a.txt': 'x' }) })

/** The first bytes of a library. */
export function elf(bits: 32 | 64, machine: number, order: 1 | 2 = 1): Uint8Array {
  const bytes = Buffer.alloc(64)
  bytes.write('\x7fELF', 'latin1')
  bytes.writeUInt8(bits / 32, 4)
  bytes.writeUInt8(order, 5)
  if (order === 1) bytes.writeUInt16LE(machine, 18)
  else bytes.writeUInt16BE(machine, 18)
  return bytes
}
export const library = `${addons}/sourcemod/extensions/a.ext.so`
export const checked = (content: string, sum: number) => vpk([{ path: 'a.txt', content, crc32: sum }])
const manyEntries = (count: number) => {
  const head = Buffer.alloc(18)
  head.writeUInt16LE(0x7fff, 6)
  head.writeUInt16LE(0xffff, 16)
  const tree = Buffer.concat([
    Buffer.from('txt\0a\0'),
    ...Array.from({ length: count }, (_value, at) => Buffer.concat([Buffer.from(`${at}\0`), head])),
    Buffer.from('\0\0\0'),
  ])
  const header = Buffer.alloc(12)
  header.writeUInt32LE(0x55aa1234, 0)
  header.writeUInt32LE(1, 4)
  header.writeUInt32LE(tree.length, 8)
  return Buffer.concat([header, tree])
}
const manyFiles = (count: number): MemoryFiles =>
  Object.fromEntries(Array.from({ length: count }, (_value, at) => [`left4dead2/${at}`, '']))

/** For each kind of finding: layers with it, and those beside them that lack it. */
export const findingCases: Record<
  FindingCode,
  { readonly found: readonly MemoryFiles[]; readonly not: readonly MemoryFiles[] }
> = {
  'config-byte-order-mark': {
    found: [{ [cfg]: '\ufeffsv_cheats 0' }],
    not: [{ [cfg]: 'sv_cheats 0' }, { 'left4dead2/a.cfg': '\ufeffx' }],
  },
  'config-non-ascii': {
    found: [{ [cfg]: 'sv_tags "Straße"' }, { [cfg]: Buffer.from('x\r\nsv_tags "é"', 'latin1') }],
    not: [{ [cfg]: '// Straße\nsv_cheats 0 // é\n' }, { [cfg]: '\ufeffsv_cheats 0' }],
  },
  'config-sets-host-name': {
    found: [{ [cfg]: 'hostname "x"' }, { [cfg]: 'sv_cheats 0; HostName x' }],
    not: [{ [cfg]: 'echo hostname' }, { [cfg]: '// hostname x' }, { [cfg]: 'sv_hostname x' }],
  },
  'config-sets-platform-setting': {
    found: [
      { [cfg]: 'rcon_password x' },
      { [cfg]: '"rcon_password" "x"' },
      { [cfg]: 'echo a ; sm_cvar sv_rcon_banpenalty 0' },
      { [cfg]: 'log off' },
      { [cfg]: 'logaddress_add 192.0.2.1:1' },
    ],
    not: [{ [cfg]: 'echo "a ; rcon_password x"' }, { [cfg]: 'x // ; rcon_password y' }, { [cfg]: 'logic 1' }],
  },
  'config-unreadable': {
    found: [
      { [cfg]: Buffer.from('\ufeffsv_cheats 0', 'utf16le') },
      { [cfg]: 'a\0b' },
      { [cfg]: 'x'.repeat(1024 * 1024 + 1) },
    ],
    not: [{ [cfg]: 'x'.repeat(1024 * 1024) }, { [cfg]: '' }],
  },
  'file-not-readable': {
    found: [{ a: { content: 'x', mode: 0o200 } }],
    not: [{ a: { content: 'x', mode: 0o400 } }],
  },
  'letter-case-twins': {
    found: [
      { 'left4dead2/A.txt': 'x', 'left4dead2/a.txt': 'x' },
      { 'X/1': 'x', 'x/2': 'x' },
    ],
    not: [
      { 'left4dead2/a.txt': 'x', 'a.txt': 'x' },
      { 'X/1': 'x', 'X/2': 'x' },
    ],
  },
  'map-name-unusable': {
    found: [{ 'left4dead2/maps/a b.bsp': 'x' }, { [`${addons}/a.vpk`]: vpk({ 'maps/a b.bsp': 'x' }) }],
    not: [{ 'left4dead2/maps/a_b.bsp': 'x' }, { 'left4dead2/maps/a b.nav': 'x' }],
  },
  'map-replaces-official': {
    found: [
      { 'left4dead2/maps/c1m1_hotel.bsp': 'x' },
      { 'update/maps/C1M1_Hotel.bsp': 'x' },
      { [`${addons}/a.vpk`]: vpk({ 'maps/c1m1_hotel.bsp': 'x' }) },
    ],
    not: [{ 'left4dead2/maps/c1m1_hotel.nav': 'x' }, { 'other/maps/c1m1_hotel.bsp': 'x' }],
  },
  'map-without-mission': {
    found: [{ 'left4dead2/maps/m1.bsp': 'x' }, { [`${addons}/a.vpk`]: vpk({ 'maps/m1.bsp': 'x' }) }],
    not: [
      { 'left4dead2/maps/m1.bsp': 'x', 'left4dead2/missions/a.txt': mission('a', ['M1']) },
      { [`${addons}/a.vpk`]: vpk({ 'maps/m1.bsp': 'x', 'missions/a.txt': mission('a', ['m1']) }) },
    ],
  },
  'metamod-64-bit': {
    found: [{ [`${addons}/metamod_x64.vdf`]: '' }],
    not: [{ [`${addons}/metamod/metamod_x64.vdf`]: '' }, { [`${addons}/metamod.vdf`]: '' }],
  },
  'mission-incomplete': {
    found: [{ 'left4dead2/missions/a.txt': `${mission('a', ['m1', '../m2', 'a b'])}` }],
    not: [{ 'left4dead2/missions/a.txt': mission('a', ['m1']) }],
  },
  'mission-map-missing': {
    found: [
      { 'left4dead2/missions/a.txt': mission('a', ['m1']) },
      { [`${addons}/a.vpk`]: vpk({ 'missions/a.txt': mission('a', ['m1', 'm2']), 'maps/m1.bsp': 'x' }) },
    ],
    not: [
      { 'left4dead2/missions/a.txt': mission('a', ['c1m1_hotel', 'm1']), 'left4dead2/maps/m1.bsp': 'x' },
      { 'left4dead2/missions/a.txt': mission('a', ['m1']), [`${addons}/a.vpk`]: vpk({ 'maps/M1.bsp': 'x' }) },
    ],
  },
  'mission-replaces-official': {
    found: [
      { 'left4dead2/missions/a.txt': mission('L4D2C9', []) },
      { [`${addons}/a.vpk`]: vpk({ 'missions/a.txt': mission('l4d2c9', []) }) },
    ],
    not: [{ 'left4dead2/missions/campaign9.txt': mission('L4D2C15', []) }],
  },
  'mission-unreadable': {
    found: [{ 'left4dead2/missions/a.txt': '{' }, { [`${addons}/a.vpk`]: vpk({ 'missions/a.txt': '{' }) }],
    not: [{ 'left4dead2/missions/a.txt': mission('a', []) }, { 'left4dead2/missions/sub/a.txt': '{' }],
  },
  'name-too-long': {
    found: [{ [`a/${'x'.repeat(256)}`]: '' }, { ['é'.repeat(128)]: '' }, { ['x/'.repeat(600)]: '' }],
    not: [{ [`a/${'x'.repeat(255)}`]: '' }, { ['é'.repeat(127)]: '' }],
  },
  'name-unusable': {
    found: [{ 'a\nb': '' }, { 'a\\b': '' }, { '\ud800': '' }],
    not: [{ 'ab (é) #1': '' }],
  },
  'native-64-bit': {
    found: [{ [library]: elf(64, 62) }, { [`${addons}/a.so`]: elf(64, 62) }],
    not: [
      { [library]: elf(32, 3) },
      { [`${addons}/sourcemod/extensions/x64/a.ext.so`]: elf(64, 62) },
      { [`${addons}/metamod/bin/linux64/server.so`]: elf(64, 62) },
    ],
  },
  'native-code': {
    found: [{ [library]: elf(32, 3) }],
    not: [{ [library]: elf(64, 62) }, { 'bin/a.so': elf(32, 3) }],
  },
  'native-unusable': {
    found: [
      { [library]: 'version https://git-lfs.github.com/spec/v1' },
      { [library]: elf(32, 40) },
      { [library]: elf(32, 3, 2) },
    ],
    not: [{ [library]: elf(32, 3) }, { [library]: elf(64, 62) }],
  },
  'official-file-replaced': {
    found: [
      { 'left4dead2/gameinfo.txt': '' },
      { 'left4dead2/steam.inf': '' },
      { srcds_run: { content: '', mode: 0o755 } },
      { 'bin/engine_srv.so': '' },
      { 'left4dead2/pak01_003.vpk': vpk({}) },
    ],
    not: [
      { 'left4dead2/cfg/gameinfo.txt': '' },
      { 'left4dead2/addons/steam.inf': '' },
      { 'left4dead2/motd.txt': '' },
    ],
  },
  'plugin-file-missing': {
    found: [
      { [`${addons}/a.vdf`]: '"Plugin" { "file" "addons/a/a" }' },
      { [`${addons}/a.vdf`]: '"Plugin" { "file" "../../a.so" }', 'a.so': '' },
    ],
    not: [
      { [`${addons}/a.vdf`]: '"Plugin" { "file" "addons/a/a" }', [`${addons}/a/a.so`]: elf(32, 3) },
      {
        [`${addons}/a.vdf`]: 'Plugin { file "../left4dead2/addons/a/a" }',
        [`${addons}/a/a_srv.so`]: elf(32, 3),
      },
      { [`${addons}/a.vdf`]: 'Plugin { file "addons\\a\\a.so" }', [`${addons}/a/a.so`]: elf(32, 3) },
    ],
  },
  'plugin-vdf-unreadable': {
    found: [
      { [`${addons}/a.vdf`]: '{' },
      { [`${addons}/a.vdf`]: '"Other" { }' },
      { [`${addons}/a.vdf`]: 'x'.repeat(100_000) },
    ],
    not: [{ [`${addons}/a.vdf`]: '"Plugin" { "file" "a" }' }, { [`${addons}/sub/a.vdf`]: '{' }],
  },
  'program-not-executable': {
    found: [{ 'tools/update.sh': 'x' }, { srcds_run: { content: 'x', mode: 0o644 } }],
    not: [{ 'tools/update.sh': { content: 'x', mode: 0o755 } }, { 'tools/update.txt': 'x' }],
  },
  'set-id-program': {
    found: [{ a: { content: 'x', mode: 0o4755 } }, { a: { content: 'x', mode: 0o2644 } }],
    not: [{ a: { content: 'x', mode: 0o1755 } }],
  },
  'sourcemod-plugin-disabled': {
    found: [{ [`${addons}/sourcemod/plugins/disabled/a.smx`]: '' }],
    not: [
      { [`${addons}/sourcemod/plugins/optional/a.smx`]: '' },
      { [`${addons}/sourcemod/plugins/a.smx`]: '' },
    ],
  },
  'too-many-files': { found: [manyFiles(220_001)], not: [manyFiles(220_000)] },
  'vpk-broken': {
    found: [
      { [`${addons}/a.vpk`]: 'nothing of the kind' },
      { [`${addons}/a.vpk`]: vpk({ 'a.txt': 'abc' }).subarray(0, -1) },
      { [`${addons}/a.vpk`]: vpk([{ path: 'a.txt', content: 'x', broken: { terminator: 0 } }]) },
    ],
    not: [plain('a.vpk')],
  },
  'vpk-checksum': {
    found: [{ [`${addons}/a.vpk`]: checked('abc', 1) }],
    not: [
      { [`${addons}/a.vpk`]: checked('abc', crc32('abc')) },
      { [`${addons}/a.vpk`]: checked('x'.repeat(6000), 1) },
    ],
  },
  'vpk-disguised': {
    found: [
      { [`${addons}/a.vpk`]: 'PK\u0003\u0004 and more' },
      { [`${addons}/a.vpk`]: 'Rar!\u001a\u0007 and more' },
      { [`${addons}/a.vpk`]: Buffer.from('377abcaf271c0004', 'hex') },
      { [`${addons}/a.vpk`]: '\n<!DOCTYPE html><title>Log in</title>' },
    ],
    not: [plain('a.vpk'), { [`${addons}/a.vpk`]: '' }],
  },
  'vpk-empty': { found: [{ [`${addons}/a.vpk`]: vpk({}) }], not: [plain('a.vpk')] },
  'vpk-name-has-dots': {
    found: [plain('a.1.vpk')],
    not: [plain('a_1.vpk'), { 'left4dead2/a.1.vpk': vpk({}) }],
  },
  'vpk-not-checked': {
    found: [{ [`${addons}/a.vpk`]: checked('x'.repeat(6000), 1) }],
    not: [{ [`${addons}/a.vpk`]: checked('abc', crc32('abc')) }],
  },
  'vpk-not-mounted': {
    found: [{ 'left4dead2/a.vpk': vpk({}) }, plain('workshop/123.vpk')],
    not: [plain('a.vpk'), plain('A.VPK')],
  },
  'vpk-of-another-game': {
    found: [{ [`${addons}/a.vpk`]: vpk({ 'addoninfo.txt': 'AddonInfo { addonSteamAppID 500 }' }) }],
    not: [
      { [`${addons}/a.vpk`]: vpk({ 'addoninfo.txt': 'AddonInfo { addonSteamAppID 550 }' }) },
      { [`${addons}/a.vpk`]: vpk({ 'addoninfo.txt': 'AddonInfo { addontitle x }' }) },
    ],
  },
  'vpk-set-incomplete': {
    found: [
      { [`${addons}/a_dir.vpk`]: vpk([{ path: 'a', content: 'x', archive: 1 }]) },
      { [`${addons}/a.vpk`]: vpk([{ path: 'a', content: 'x', archive: 1 }]) },
    ],
    not: [
      {
        [`${addons}/a_dir.vpk`]: vpk([{ path: 'a', content: '', archive: 1 }]),
        [`${addons}/a_001.vpk`]: 'x',
      },
    ],
  },
  'vpk-too-many-files': {
    found: [{ [`${addons}/a.vpk`]: manyEntries(220_001) }],
    not: [{ [`${addons}/a.vpk`]: manyEntries(220_000) }],
  },
  'vpk-unreadable-info': {
    found: [{ [`${addons}/a.vpk`]: vpk({ 'addoninfo.txt': '{' }) }],
    not: [{ [`${addons}/a.vpk`]: vpk({ 'addoninfo.txt': 'x { }' }) }, plain('a.vpk')],
  },
  'vpk-unsafe-paths': {
    found: [
      { [`${addons}/a.vpk`]: vpk({ '../../a.txt': 'x' }) },
      { [`${addons}/a.vpk`]: vpk({ '/etc/a.txt': 'x' }) },
    ],
    not: [{ [`${addons}/a.vpk`]: vpk({ 'a/..b.txt': 'x' }) }],
  },
}
