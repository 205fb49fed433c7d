import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { packVpk } from './vpk-file.ts'

describe('a VPK', () => {
  it('is, byte by byte, what the format says', () => {
    const content = Buffer.from('hello')
    const bytes = packVpk([{ path: 'maps/a.bsp', content }])
    const checksum = Buffer.alloc(4)
    checksum.writeUInt32LE(crc32(content))
    const tree = `62737000 6d61707300 6100 ${checksum.toString('hex')} 0000 ff7f 00000000 05000000 ffff 00 00 00`
    const treeBytes = Buffer.from(tree.replaceAll(' ', ''), 'hex')
    expect(bytes.toString('hex')).toBe(
      `3412aa5501000000${treeBytes.length.toString(16).padStart(2, '0')}000000${treeBytes.toString('hex')}${content.toString('hex')}`,
    )
  })

  it('writes a blank for a folder or an extension that is not there', () => {
    expect(
      packVpk([{ path: 'readme', content: Buffer.from('') }])
        .subarray(12, 24)
        .toString(),
    ).toMatch(/^ \0 \0readme\0/)
  })

  it('groups by extension and folder, and puts data in the order of the entries', () => {
    const bytes = packVpk([
      { path: 'b.txt', content: Buffer.from('B') },
      { path: 'maps/x.bsp', content: Buffer.from('X') },
      { path: 'a.txt', content: Buffer.from('A') },
    ])
    expect(bytes.subarray(-3).toString()).toBe('BAX')
    expect(bytes.readUInt32LE(8)).toBe(bytes.length - 12 - 3)
  })
})
