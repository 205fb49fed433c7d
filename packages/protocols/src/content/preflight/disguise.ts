/** What else is found under the name of a VPK, by its first bytes. */
const magics: readonly (readonly [string, readonly number[]])[] = [
  ['a zip archive', [0x50, 0x4b, 0x03, 0x04]],
  ['a zip archive', [0x50, 0x4b, 0x05, 0x06]],
  ['a rar archive', [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07]],
  ['a 7z archive', [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c]],
  ['a gzip file', [0x1f, 0x8b]],
  ['a bzip2 file', [0x42, 0x5a, 0x68]],
  ['an xz file', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
]

/** Bytes that `disguiseOf` looks at. */
export const disguiseBytes = 512

/** What the file really is; null for a VPK and for what can't be named. */
export function disguiseOf(start: Uint8Array): string | null {
  const found = magics.find(([, magic]) => magic.every((byte, at) => start[at] === byte))
  if (found !== undefined) return found[0]
  const text = Buffer.from(start.subarray(0, disguiseBytes))
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
  // What a download that needed a log-in, or failed, leaves behind.
  return /^\s*<(?:!doctype\s+html|html|head|body|\?xml)/i.test(text) ? 'a web page' : null
}
