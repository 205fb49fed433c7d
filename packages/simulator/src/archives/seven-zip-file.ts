import { crc32 } from 'node:zlib'

/** Property ids of the format (7zFormat.txt of the LZMA SDK). */
const id = {
  end: 0x00,
  header: 0x01,
  mainStreamsInfo: 0x04,
  filesInfo: 0x05,
  packInfo: 0x06,
  unpackInfo: 0x07,
  subStreamsInfo: 0x08,
  size: 0x09,
  crc: 0x0a,
  folder: 0x0b,
  codersUnpackSize: 0x0c,
  numUnpackStream: 0x0d,
  names: 0x11,
} as const

/** A 7z archive whose files are stored without compression, the same for the same files. None may be empty. */
export function packSevenZip(
  files: readonly { readonly path: string; readonly content: Uint8Array }[],
): Buffer {
  const data = Buffer.concat(files.map(file => file.content))
  const names = Buffer.concat(files.map(file => Buffer.from(`${file.path}\0`, 'utf16le')))
  const header = Buffer.concat([
    bytes(id.header, id.mainStreamsInfo),
    bytes(id.packInfo, ...number(0), ...number(1), id.size, ...number(data.length), id.end),
    // One folder of one coder: Copy, whose id is a single 0.
    bytes(id.unpackInfo, id.folder, ...number(1), 0, ...number(1), 0x01, 0x00),
    bytes(id.codersUnpackSize, ...number(data.length), id.end),
    bytes(id.subStreamsInfo, id.numUnpackStream, ...number(files.length)),
    bytes(id.size, ...files.slice(0, -1).flatMap(file => number(file.content.length))),
    bytes(id.crc, 1),
    Buffer.concat(files.map(file => word(crc32(file.content)))),
    bytes(id.end, id.end),
    bytes(id.filesInfo, ...number(files.length), id.names, ...number(names.length + 1), 0),
    names,
    bytes(id.end, id.end),
  ])
  const start = Buffer.alloc(20)
  start.writeBigUInt64LE(BigInt(data.length), 0)
  start.writeBigUInt64LE(BigInt(header.length), 8)
  start.writeUInt32LE(crc32(header), 16)
  const signature = bytes(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c, 0, 4)
  return Buffer.concat([signature, word(crc32(start)), start, data, header])
}

/** As many leading ones in the first byte as bytes follow; the rest of it are the highest bits. */
function number(value: number): number[] {
  for (let following = 0; following < 4; following++) {
    if (value >= 2 ** (7 * (following + 1))) continue
    const mask = (0xff << (8 - following)) & 0xff
    const rest = Array.from({ length: following }, (_, at) => Math.floor(value / 2 ** (8 * at)) % 256)
    return [mask | Math.floor(value / 2 ** (8 * following)), ...rest]
  }
  throw new RangeError('too large for this writer')
}

function bytes(...values: number[]): Buffer {
  return Buffer.from(values)
}

function word(value: number): Buffer {
  const buffer = Buffer.alloc(4)
  buffer.writeUInt32LE(value)
  return buffer
}
