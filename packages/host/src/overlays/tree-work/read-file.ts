import { createHash } from 'node:crypto'
import { closeSync, constants, openSync, readSync } from 'node:fs'

const { O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants
const buffer = Buffer.allocUnsafe(1024 * 1024)
const startBytes = 8

export interface FileDigest {
  /** SHA-256, hexadecimal digits. */
  readonly hash: string
  readonly bytes: number
  readonly start: Buffer
}

/** `take` gets each part; it is gone after the call. */
export function digestFile(place: string, take: (part: Buffer) => void): FileDigest {
  const descriptor = openSync(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  try {
    return digestOpen(descriptor, take)
  } finally {
    closeSync(descriptor)
  }
}

/** Of an open file, from where it stands to its end. */
export function digestOpen(descriptor: number, take: (part: Buffer) => void): FileDigest {
  const digest = createHash('sha256')
  let bytes = 0
  let start = Buffer.alloc(0)
  for (;;) {
    const count = readSync(descriptor, buffer, 0, buffer.length, null)
    const part = buffer.subarray(0, count)
    if (bytes === 0) start = Buffer.from(part.subarray(0, startBytes))
    if (count > 0) {
      digest.update(part)
      take(part)
      bytes += count
    }
    // A short read of a file is its end.
    if (count < buffer.length) return { hash: digest.digest('hex'), bytes, start }
  }
}
