/** One entry of an archive as 7-Zip lists it (`l -slt`). */
export interface ArchiveEntry {
  readonly path: string
  /** Bytes unpacked, as the archive says; null where it doesn't. */
  readonly size: number | null
  readonly folder: boolean
  readonly encrypted: boolean
  /** A symbolic or hard link, a device, a FIFO or a socket. */
  readonly special: boolean
}

export interface ArchiveListing {
  readonly entries: readonly ArchiveEntry[]
  /** Bytes that a decoder keeps in memory, as far as it is said. */
  readonly dictionaryBytes: number
}

const separator = '----------'

/**
 * Reads 7-Zip's listing line by line. Its names are what the archive says; line ends in them have become `_`, so that a
 * name can't begin another entry. Stops taking entries at `limit` plus one.
 */
export class ListingReader {
  readonly #entries: ArchiveEntry[] = []
  readonly #limit: number
  #begun = false
  #fields = new Map<string, string>()
  #dictionaryBytes = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get full(): boolean {
    return this.#entries.length > this.#limit
  }

  line(text: string): void {
    if (!this.#begun) {
      this.#begun = text === separator
      if (text.startsWith('Method = ')) this.#method(text.slice(9))
      return
    }
    const at = text.indexOf(' = ')
    const key = at < 0 ? text.replace(/ =$/, '') : text.slice(0, at)
    if (key === 'Path') this.#finish()
    if (key !== '') this.#fields.set(key, at < 0 ? '' : text.slice(at + 3))
  }

  end(): ArchiveListing {
    this.#finish()
    return { entries: this.#entries, dictionaryBytes: this.#dictionaryBytes }
  }

  #finish(): void {
    const path = this.#fields.get('Path')
    if (path !== undefined && !this.full) {
      const field = (key: string) => this.#fields.get(key) ?? ''
      const attributes = field('Attributes')
      this.#method(field('Method'))
      this.#entries.push({
        path,
        size: /^\d{1,15}$/.test(field('Size')) ? Number(field('Size')) : null,
        folder:
          field('Folder') === '+' || /(?:^| )[A-Z]*D/.test(attributes) || / d[-rwxsStT]{9}$/.test(attributes),
        encrypted: field('Encrypted') === '+',
        special:
          /(?:^| )[lpcbs][-rwxsStT]{9}$/.test(attributes) ||
          field('Symbolic Link') !== '' ||
          field('Hard Link') !== '',
      })
    }
    this.#fields = new Map()
  }

  /** `LZMA2:25` is 2^25 bytes, `LZMA:192m` is 192 MiB, `PPMD:o6:mem24` are 2^24. */
  #method(text: string): void {
    for (const [, power, number, unit] of text.matchAll(
      /(?:LZMA2?|mem)[:]?(?:(\d{1,2})(?![\dkmg])|(\d{1,10})([kmg]))/gi,
    )) {
      const scale = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 }[unit?.toLowerCase() ?? ''] ?? 1
      const bytes = power !== undefined ? 2 ** Number(power) : Number(number) * scale
      this.#dictionaryBytes = Math.max(this.#dictionaryBytes, bytes)
    }
  }
}
