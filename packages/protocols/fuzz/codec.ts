/** Something that reads bytes of strangers. */
export interface FuzzCodec {
  readonly name: string
  readonly seeds: readonly Uint8Array[]
  /** What the format is made of: helps to get past its first checks. */
  readonly dictionary: readonly Uint8Array[]
  /**
   * Reads one input and checks what must hold for it. Returns a short description of what it was: inputs with a new one
   * become seeds themselves. Throws a ProtocolError for input that is refused, and anything else for a defect.
   */
  run(input: Uint8Array): string
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** A codec of text: the bytes are decoded as they would be from a file or socket. */
export function textCodec(
  name: string,
  seeds: readonly string[],
  dictionary: readonly string[],
  run: (text: string) => string,
): FuzzCodec {
  return {
    name,
    seeds: seeds.map(seed => encoder.encode(seed)),
    dictionary: dictionary.map(word => encoder.encode(word)),
    run: input => run(decoder.decode(input)),
  }
}

export function bytesCodec(
  name: string,
  seeds: readonly string[],
  dictionary: readonly string[],
  run: (bytes: Uint8Array) => string,
): FuzzCodec {
  return { name, seeds: seeds.map(bytesOf), dictionary: dictionary.map(bytesOf), run }
}

/** Hexadecimal digits, with `'text'` in between. */
function bytesOf(notation: string): Uint8Array {
  const parts = [...notation.matchAll(/'([^']*)'|([0-9a-f]{2})/g)].map(([, text, byte]) =>
    text === undefined ? Buffer.from(byte ?? '', 'hex') : Buffer.from(text),
  )
  return new Uint8Array(Buffer.concat(parts))
}

export function check(condition: boolean, what: string): void {
  if (!condition) throw new Error(what)
}

/** Counts as one of a few sizes, so that not every length is a new description. */
export function magnitude(count: number): string {
  return count < 3 ? String(count) : `2^${Math.floor(Math.log2(count))}`
}
