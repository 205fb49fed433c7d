import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProtocolError } from '../protocol-error.ts'
import { buildVpk, type VpkBuilderFile } from '../testing/vpk-builder.ts'
import { readVpkHeader } from './header.ts'
import { isSafeVpkPath, readVpkTree, type VpkTree } from './tree.ts'

function read(bytes: Uint8Array, fileBytes = bytes.length): VpkTree {
  const header = readVpkHeader(bytes.subarray(0, 28), fileBytes)
  return readVpkTree(
    bytes.subarray(header.treeOffset, header.treeOffset + header.treeBytes),
    header,
    fileBytes,
  )
}
const paths = (files: readonly VpkBuilderFile[]) =>
  read(buildVpk(files).directory).entries.map(entry => entry.path)
const file = (path: string, content = 'x') => ({ path, content })

describe('readVpkTree', () => {
  test.each([1, 2] as const)('lists files of version %d', version => {
    const { directory } = buildVpk(
      [
        file('addoninfo.txt', 'info'),
        { path: 'maps/a.bsp', content: 'abcdef', preload: 2 },
        file('maps/readme'),
      ],
      version,
    )
    expect(read(directory).entries).toMatchObject([
      {
        path: 'addoninfo.txt',
        size: 4,
        archive: null,
        preloadBytes: 0,
        offset: 0,
        length: 4,
        crc32: 0x12345678,
      },
      { path: 'maps/a.bsp', size: 6, preloadBytes: 2, offset: 4, length: 4 },
      { path: 'maps/readme', size: 1 },
    ])
  })

  test('lists an empty VPK', () => {
    expect(paths([])).toEqual([])
  })

  test('takes the first of two files with one path, whatever their letter case', () => {
    const tree = read(buildVpk([file('a/b.txt', '1'), file('A/B.txt', '22'), file('a/c.txt')]).directory)
    expect(tree.entries.map(entry => [entry.path, entry.size])).toEqual([
      ['a/b.txt', 1],
      ['a/c.txt', 1],
    ])
    expect(tree.duplicates).toBe(1)
  })

  test('lists hostile paths as they are, and tells which may become a path on a disk', () => {
    const hostile = [
      '../etc/x.txt',
      '/etc/x.txt',
      'a//b.txt',
      'a/./b.txt',
      'a\\b.txt',
      'c:/b.txt',
      'a/\u0001.txt',
      'a/b\n.txt',
    ]
    expect(paths(hostile.map(path => file(path))).sort()).toEqual([...hostile].sort())
    expect(hostile.filter(isSafeVpkPath)).toEqual([])
    expect(
      ['a.txt', 'maps/c1m1 hotel.bsp', 'материал/你好.vmt', '...', 'a/..b'].filter(isSafeVpkPath),
    ).toHaveLength(5)
    expect(isSafeVpkPath('')).toBe(false)
    expect(isSafeVpkPath('x'.repeat(256))).toBe(false)
  })

  test('reads names that are not ASCII', () => {
    expect(paths([file('地图/你好.txt')])).toEqual(['地图/你好.txt'])
  })

  test.each<[string, VpkBuilderFile]>([
    ['an entry without its terminator', { ...file('a.txt'), broken: { terminator: 0 } }],
    ['a file beyond the end', { ...file('a.txt'), broken: { length: 2 } }],
    ['a file at four gigabytes', { ...file('a.txt'), broken: { offset: 0xffff_ffff } }],
  ])('refuses %s', (_name, broken) => {
    expect(() => paths([broken])).toThrow(expect.objectContaining({ code: 'malformed' }))
  })

  test('can not check ranges in other archives of a set, and leaves them to reading', () => {
    const { directory } = buildVpk([{ path: 'a.txt', content: 'x', archive: 3, broken: { length: 99 } }])
    expect(read(directory).entries).toMatchObject([{ archive: 3, length: 99 }])
  })

  test('refuses a list that was cut anywhere', () => {
    const { directory } = buildVpk([{ path: 'maps/a.bsp', content: 'abcdef', preload: 2 }, file('b.txt')])
    for (let length = 0; length < directory.length; length += 1) {
      expect(() => read(directory.subarray(0, length)), `${length} bytes`).toThrow(ProtocolError)
    }
  })

  test('refuses more entries than the engine would mount', () => {
    const head = Buffer.alloc(18)
    head.writeUInt16LE(0x7fff, 6)
    head.writeUInt16LE(0xffff, 16)
    const tree = Buffer.concat([
      Buffer.from('txt\0a\0'),
      ...Array.from({ length: 300_001 }, (_value, index) => Buffer.concat([Buffer.from(`${index}\0`), head])),
      Buffer.from('\0\0\0'),
    ])
    const header = { version: 1, treeOffset: 12, treeBytes: tree.length, dataBytes: null } as const
    expect(() => readVpkTree(tree, header, 12 + tree.length)).toThrow(
      expect.objectContaining({ code: 'too-large' }),
    )
  })

  test('throws nothing but a ProtocolError for any tree, and lists no more than its bytes allow', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.constantFrom('txt\0', 'a\0', '\0').map(text => new Uint8Array(Buffer.from(text))),
      fc.constant(Uint8Array.from([...new Array(16).fill(0), 0xff, 0xff])),
    )
    fc.assert(
      fc.property(fc.array(piece), fc.nat(100), (pieces, data) => {
        const tree = Buffer.concat(pieces)
        const header = { version: 1, treeOffset: 12, treeBytes: tree.length, dataBytes: null } as const
        try {
          expect(readVpkTree(tree, header, 12 + tree.length + data).entries.length).toBeLessThanOrEqual(
            tree.length / 20,
          )
        } catch (error) {
          expect(error).toBeInstanceOf(ProtocolError)
        }
      }),
    )
  })
})

describe('readVpkHeader', () => {
  const start = (bytes: number[]) => Uint8Array.from([...bytes, ...new Array(28).fill(0)])
  const header = (version: number, treeBytes: number) => {
    const bytes = Buffer.alloc(28)
    bytes.writeUInt32LE(0x55aa1234, 0)
    bytes.writeUInt32LE(version, 4)
    bytes.writeUInt32LE(treeBytes, 8)
    return bytes
  }

  test.each([
    ['zip', [0x50, 0x4b, 3, 4]],
    ['zip', [0x50, 0x4b, 5, 6]],
    ['rar', [0x52, 0x61, 0x72, 0x21, 0x1a, 7]],
    ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ])('names a %s archive that is called a VPK', (kind, bytes) => {
    expect(() => readVpkHeader(start(bytes), 1000)).toThrow(
      expect.objectContaining({
        code: 'malformed',
        message: expect.stringContaining(`a ${kind} archive`),
        remedy: expect.stringContaining('Unpack'),
      }),
    )
  })

  test.each([
    ['nothing', new Uint8Array(), 0, 'malformed'],
    ['too little', header(1, 0).subarray(0, 11), 11, 'malformed'],
    ['something else', start([1, 2, 3, 4]), 1000, 'malformed'],
    ['version 3', header(3, 0), 1000, 'malformed'],
    ['a tree beyond the end', header(1, 989), 1000, 'malformed'],
    ['a tree of a gigabyte', header(1, 2 ** 30), 2 ** 31, 'too-large'],
  ])('refuses %s', (_name, bytes, fileBytes, code) => {
    expect(() => readVpkHeader(bytes, fileBytes)).toThrow(expect.objectContaining({ code }))
  })
})
