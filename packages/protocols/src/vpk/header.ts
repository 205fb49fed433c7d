import { ByteReader } from '../bytes/byte-reader.ts'
import { ProtocolError } from '../protocol-error.ts'

/**
 * The first bytes of a VPK.
 * Authority: https://developer.valvesoftware.com/wiki/VPK_(file_format)
 */
export interface VpkHeader {
  readonly version: 1 | 2
  /** Where the tree begins: 12 for version 1, 28 for version 2. */
  readonly treeOffset: number
  readonly treeBytes: number
  /** Version 2: bytes of files in this very file, behind the tree. null for version 1, where it goes to the end. */
  readonly dataBytes: number | null
}

/** What a header needs at most. */
export const vpkHeaderBytes = 28
/** A tree with 220,000 entries has about 15 MiB. */
const maxVpkTreeBytes = 64 * 1024 * 1024

const signature = 0x55aa_1234

/** What else is uploaded under the name of a VPK, by its first bytes. */
const disguises: readonly (readonly [string, readonly number[]])[] = [
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
  ['rar', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['gzip', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
]

/**
 * Reads the header out of the first bytes of a file that has `fileBytes`. Throws `malformed` (also for archives of other
 * kinds, which it names) and `too-large`.
 */
export function readVpkHeader(start: Uint8Array, fileBytes: number): VpkHeader {
  const disguise = disguises.find(([, bytes]) => bytes.every((byte, index) => start[index] === byte))
  if (disguise !== undefined) {
    throw new ProtocolError('malformed', `This is a ${disguise[0]} archive, not a VPK.`, {
      remedy: 'Unpack it first and take the VPK out of it.',
    })
  }
  const reader = new ByteReader(start, 'VPK header')
  if (reader.remaining < 12 || reader.u32() !== signature)
    throw new ProtocolError('malformed', 'This is no VPK.')
  const version = reader.u32()
  if (version !== 1 && version !== 2) {
    throw new ProtocolError('malformed', `This is a VPK of version ${version}; only 1 and 2 are known.`)
  }
  const treeBytes = reader.u32()
  const treeOffset = version === 1 ? 12 : 28
  const dataBytes = version === 1 ? null : reader.u32()
  if (treeOffset + treeBytes > fileBytes) {
    throw new ProtocolError('malformed', 'The VPK is cut off: its list of files goes beyond its end.', {
      remedy: 'Fetch it again.',
    })
  }
  if (treeBytes > maxVpkTreeBytes) {
    throw new ProtocolError(
      'too-large',
      `The list of files has ${treeBytes} bytes; ${maxVpkTreeBytes} are read at most.`,
    )
  }
  return { version, treeOffset, treeBytes, dataBytes }
}
