import { crc32, deflateRawSync } from 'node:zlib'

/** An entry of a zip. Everything beyond path and content is for archives that are wrong on purpose. */
export interface ZipEntry {
  /** As it is stored; bytes for names that are no text. */
  readonly path: string | Uint8Array
  readonly content: Uint8Array
  readonly deflated?: boolean
  /** Type and permissions as of stat(2); default 0o100644. */
  readonly mode?: number
  /** Says that it is encrypted, which it isn't. */
  readonly encrypted?: boolean
  /** What the headers say of its unpacked size. */
  readonly claimedBytes?: number
}

const utf8Flag = 0x800
const encryptedFlag = 1
const madeOnUnix = 3 << 8

/** A zip archive (APPNOTE.TXT of PKWARE), the same for the same entries. */
export function packZip(entries: readonly ZipEntry[]): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let offset = 0
  for (const entry of entries) {
    const name = Buffer.from(entry.path)
    const data = entry.deflated ? deflateRawSync(entry.content) : Buffer.from(entry.content)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt16LE(utf8Flag | (entry.encrypted ? encryptedFlag : 0), 2)
    common.writeUInt16LE(entry.deflated ? 8 : 0, 4)
    // 1 January 2010.
    common.writeUInt16LE(0x3c21, 8)
    common.writeUInt32LE(crc32(entry.content), 10)
    common.writeUInt32LE(data.length, 14)
    common.writeUInt32LE(entry.claimedBytes ?? entry.content.length, 18)
    common.writeUInt16LE(name.length, 22)
    const head = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name])
    const rest = Buffer.alloc(14)
    rest.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6)
    rest.writeUInt32LE(offset, 10)
    const version = Buffer.alloc(2)
    version.writeUInt16LE(madeOnUnix | 20)
    central.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), version, common, rest, name]))
    local.push(head, data)
    offset += head.length + data.length
  }
  const directory = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.write('PK\x05\x06', 'latin1')
  end.writeUInt16LE(entries.length, 8)
  end.writeUInt16LE(entries.length, 10)
  end.writeUInt32LE(directory.length, 12)
  end.writeUInt32LE(offset, 16)
  return Buffer.concat([...local, directory, end])
}
