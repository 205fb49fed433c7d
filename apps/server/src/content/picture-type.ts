const magics: readonly (readonly [string, (start: Buffer) => boolean])[] = [
  ['image/jpeg', start => start.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))],
  ['image/png', start => start.subarray(0, 8).equals(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))],
  ['image/gif', start => /^GIF8[79]a/.test(start.toString('latin1'))],
  ['image/webp', start => /^RIFF[\s\S]{4}WEBP/.test(start.toString('latin1'))],
]

/** By its first bytes, whatever it is called; null for what is no picture. SVG, which may hold scripts, is none. */
export function pictureTypeOf(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.subarray(0, 16))
  return magics.find(([, matches]) => matches(start))?.[0] ?? null
}
