import { crc32, deflateSync } from 'node:zlib'

/** A PNG of one colour that follows from `seed`: stands for a picture that only Steam has. `side` in pixels. */
export function plainImage(seed: number, side: number): Buffer {
  const colour = [96 + (seed % 128), 96 + ((seed >> 7) % 128), 96 + ((seed >> 14) % 128)]
  return pngOf(side, side, () => colour)
}

/** A PNG whose pixels (red, green, blue, each 0 to 255) are asked for row by row. */
export function pngOf(
  width: number,
  height: number,
  pixel: (column: number, row: number) => readonly number[],
): Buffer {
  const rows = Array.from({ length: height }, (_, row) =>
    Buffer.from([0, ...Array.from({ length: width }, (_pixel, column) => pixel(column, row)).flat()]),
  )
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  // 8 bits a channel, red, green and blue.
  header.writeUInt8(8, 8)
  header.writeUInt8(2, 9)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const checksum = Buffer.alloc(4)
  checksum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, checksum])
}
