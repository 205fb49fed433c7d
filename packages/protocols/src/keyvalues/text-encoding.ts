export type TextEncodingName = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gbk' | 'windows-1252'

/**
 * Text of a file that says nothing about its encoding: by its byte order mark; else UTF-8 when it is valid; else GBK when
 * every run of non-ASCII bytes can be one, which western text hardly ever is; else Windows-1252, which anything can be.
 */
export function decodeUnknownText(bytes: Uint8Array): {
  readonly text: string
  readonly encoding: TextEncodingName
} {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decoded(bytes.subarray(2), 'utf-16le')
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decoded(bytes.subarray(2), 'utf-16be')
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return decoded(bytes.subarray(3), 'utf-8')
  const strict = tryStrictly(bytes, 'utf-8')
  if (strict !== null) return { text: strict, encoding: 'utf-8' }
  const gbk = looksLikeGbk(bytes) ? tryStrictly(bytes, 'gbk') : null
  if (gbk !== null) return { text: gbk, encoding: 'gbk' }
  return decoded(bytes, 'windows-1252')
}

function decoded(bytes: Uint8Array, encoding: TextEncodingName) {
  return { text: new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes), encoding }
}

function tryStrictly(bytes: Uint8Array, encoding: TextEncodingName): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/** Both bytes of a usual GBK character are high, so that runs of high bytes are even and longer than one. */
function looksLikeGbk(bytes: Uint8Array): boolean {
  let run = 0
  for (const byte of bytes) {
    if (byte >= 0x80) run += 1
    else if (run % 2 === 1) return false
    else run = 0
  }
  return run % 2 === 0
}
