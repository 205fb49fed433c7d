import { crc32 } from 'node:zlib'
import { Random } from '../random.ts'

const blockBytes = 1024 * 1024
let made: Buffer | null = null

/** Bytes that look like content and follow from nothing but their place: one block that repeats. */
function block(): Buffer {
  if (made) return made
  const random = new Random(550)
  made = Buffer.alloc(blockBytes)
  for (let at = 0; at < blockBytes; at += 4) made.writeUInt32LE((random.next() * 2 ** 32) >>> 0, at)
  return made
}

const checksums = new Map<number, number>()

export function ballastChecksum(bytes: number): number {
  const known = checksums.get(bytes)
  if (known !== undefined) return known
  const checksum = [...ballast(0, bytes)].reduce((sum, part) => crc32(part, sum), 0)
  checksums.set(bytes, checksum)
  return checksum
}

/** Bytes `from` (included) to `to` (excluded), in parts of up to a mebibyte. */
export function* ballast(from: number, to: number): Generator<Buffer> {
  for (let at = from; at < to; ) {
    const inBlock = at % blockBytes
    const end = Math.min(blockBytes, inBlock + to - at)
    yield block().subarray(inBlock, end)
    at += end - inBlock
  }
}
