import { open } from 'node:fs/promises'

const headerBytes = 28
const entryBytes = 18
const perFolder = 100

/**
 * Writes a VPK of version 2 with so many files whose content is a hole: it has `bytes` bytes and takes hardly any room.
 * https://developer.valvesoftware.com/wiki/VPK_(file_format)
 */
export async function writeSparseVpk(path: string, entries: number, bytes: number): Promise<void> {
  const folders = Math.ceil(entries / perFolder)
  const parts: Buffer[] = [Buffer.from('vmt\0')]
  const each = Math.floor((bytes - entries * 100 - headerBytes) / entries)
  for (let folder = 0; folder < folders; folder += 1) {
    parts.push(Buffer.from(`materials/bench/folder_${folder}\0`))
    for (let index = folder * perFolder; index < Math.min(entries, (folder + 1) * perFolder); index += 1) {
      const entry = Buffer.alloc(entryBytes)
      entry.writeUInt32LE(index, 0)
      entry.writeUInt16LE(0x7fff, 6)
      entry.writeUInt32LE(index * each, 8)
      entry.writeUInt32LE(each, 12)
      entry.writeUInt16LE(0xffff, 16)
      parts.push(Buffer.from(`texture_with_some_name_${index}\0`), entry)
    }
    parts.push(Buffer.from('\0'))
  }
  parts.push(Buffer.from('\0\0'))
  const tree = Buffer.concat(parts)
  const header = Buffer.alloc(headerBytes)
  header.writeUInt32LE(0x55aa1234, 0)
  header.writeUInt32LE(2, 4)
  header.writeUInt32LE(tree.length, 8)
  header.writeUInt32LE(bytes - headerBytes - tree.length, 12)
  const file = await open(path, 'wx')
  try {
    await file.writev([header, tree])
    await file.truncate(bytes)
  } finally {
    await file.close()
  }
}
