import { crc32 } from 'node:zlib'

/** A file inside a VPK; `path` with forward slashes. */
export interface PackedFile {
  readonly path: string
  readonly content: Uint8Array
}

/** Directory entries whose data is in the same file have this archive number. */
const sameFile = 0x7fff
const endOfEntry = 0xffff

/** A file that comes behind the returned bytes: only what the directory says of it is written. */
interface TrailingFile {
  readonly path: string
  readonly bytes: number
  readonly checksum: number
}

/** A VPK of version 1 in one file, as Left 4 Dead 2's addons are (developer.valvesoftware.com/wiki/VPK). */
export function packVpk(files: readonly PackedFile[], trailing?: TrailingFile): Buffer {
  const stored = files.map(file => ({
    ...locate(file),
    bytes: file.content.length,
    checksum: crc32(file.content),
  }))
  const behind = trailing
    ? [{ ...locate({ path: trailing.path, content: new Uint8Array() }), ...trailing }]
    : []
  // Content is laid in the order of the directory, so the trailing file's extension comes last.
  const byExtension = Map.groupBy([...stored, ...behind], file => file.extension)
  const tree: Buffer[] = []
  const data: Buffer[] = []
  let offset = 0
  for (const [extension, ofExtension] of byExtension) {
    tree.push(cString(extension))
    for (const [folder, ofFolder] of Map.groupBy(ofExtension, file => file.folder)) {
      tree.push(cString(folder))
      for (const { name, content, bytes, checksum } of ofFolder) {
        const entry = Buffer.alloc(18)
        entry.writeUInt32LE(checksum, 0)
        entry.writeUInt16LE(0, 4)
        entry.writeUInt16LE(sameFile, 6)
        entry.writeUInt32LE(offset, 8)
        entry.writeUInt32LE(bytes, 12)
        entry.writeUInt16LE(endOfEntry, 16)
        tree.push(cString(name), entry)
        data.push(Buffer.from(content))
        offset += content.length
      }
      tree.push(Buffer.from([0]))
    }
    tree.push(Buffer.from([0]))
  }
  tree.push(Buffer.from([0]))
  const treeBytes = Buffer.concat(tree)
  const header = Buffer.alloc(12)
  header.writeUInt32LE(0x55aa1234, 0)
  header.writeUInt32LE(1, 4)
  header.writeUInt32LE(treeBytes.length, 8)
  return Buffer.concat([header, treeBytes, ...data])
}

/** A space stands for an empty folder or extension. */
function locate({ path, content }: PackedFile): {
  extension: string
  folder: string
  name: string
  content: Uint8Array
} {
  const slash = path.lastIndexOf('/')
  const file = path.slice(slash + 1)
  const dot = file.lastIndexOf('.')
  return {
    extension: dot === -1 ? ' ' : file.slice(dot + 1),
    folder: slash === -1 ? ' ' : path.slice(0, slash),
    name: dot === -1 ? file : file.slice(0, dot),
    content,
  }
}

function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`)
}
