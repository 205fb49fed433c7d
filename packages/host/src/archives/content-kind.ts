import { open } from 'node:fs/promises'

export const contentKinds = ['vpk', 'zip', '7z', 'rar', 'gzip', 'web-page', 'other'] as const
export type ContentKind = (typeof contentKinds)[number]

const firstBytes: readonly (readonly [ContentKind, readonly number[]])[] = [
  ['vpk', [0x34, 0x12, 0xaa, 0x55]],
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  // An empty archive, and the first of several parts.
  ['zip', [0x50, 0x4b, 0x05, 0x06]],
  ['zip', [0x50, 0x4b, 0x07, 0x08]],
  ['7z', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['rar', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ['gzip', [0x1f, 0x8b]],
]
const bytesRead = 512

/** What a file of ours is by its first bytes, whatever it is called. */
export async function contentKindOf(path: string): Promise<ContentKind> {
  await using file = await open(path, 'r')
  const start = Buffer.alloc(bytesRead)
  const { bytesRead: length } = await file.read(start, 0, bytesRead, 0)
  return contentKindOfBytes(start.subarray(0, length))
}

function contentKindOfBytes(start: Uint8Array): ContentKind {
  const found = firstBytes.find(([, magic]) => magic.every((byte, at) => start[at] === byte))
  if (found) return found[0]
  const text = Buffer.from(start.subarray(0, bytesRead))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
  return /^\s*<(?:!doctype\s+html|html|head|body|\?xml)/i.test(text) ? 'web-page' : 'other'
}
