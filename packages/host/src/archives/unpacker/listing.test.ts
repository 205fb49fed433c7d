import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judgeListing, mostBytes } from './judge-listing.ts'
import { type ArchiveEntry, ListingReader } from './listing.ts'

const limits = { files: 10, bytes: 1e9, ratio: 100 }

function read(lines: readonly string[], limit = 100) {
  const reader = new ListingReader(limit)
  for (const line of lines) reader.line(line)
  return reader.end()
}

const entry = (path: string, more: Partial<ArchiveEntry> = {}): ArchiveEntry => ({
  path,
  size: 1,
  folder: false,
  encrypted: false,
  special: false,
  ...more,
})
const judge = (...entries: ArchiveEntry[]) =>
  judgeListing({ entries, dictionaryBytes: 0 }, 1000, limits)?.message ?? null

describe('a listing of 7-Zip', () => {
  // Lines as 7-Zip 24.09 printed them.
  it('is read entry by entry', () => {
    const { entries, dictionaryBytes } = read([
      'Path = big.7z',
      'Method = LZMA2:25',
      '----------',
      'Path = in',
      'Size = 0',
      'Attributes = D drwxr-xr-x',
      'Encrypted = -',
      '',
      'Path = in/text.txt',
      'Size = 170000397',
      'Packed Size = ',
      'Attributes = A -rw-r--r--',
      'Encrypted = -',
      'Method = LZMA2:192m',
      '',
      'Path = lnk',
      'Folder = -',
      'Size = 11',
      'Attributes =  lrwxrwxrwx',
      'Encrypted = +',
      '',
      'Path = plain',
      'Folder = -',
      'Size = 2',
      'Attributes = V 01800000 0rw-------',
    ])
    expect(entries).toEqual([
      entry('in', { folder: true, size: 0 }),
      entry('in/text.txt', { size: 170_000_397 }),
      entry('lnk', { size: 11, special: true, encrypted: true }),
      entry('plain', { size: 2 }),
    ])
    expect(dictionaryBytes).toBe(192 * 1024 * 1024)
  })

  it('keeps no more entries than it was told to', () => {
    const lines = Array.from({ length: 50 }, (_, at) => [`Path = ${at}`, 'Size = 1', '']).flat()
    expect(read(['----------', ...lines], 5).entries).toHaveLength(6)
  })

  it('throws nothing, whatever is in it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.string(),
            fc.constantFrom('Path = a', 'Size = x', '----------', 'Method = LZMA2:99', ''),
          ),
        ),
        lines => {
          expect(judgeListing(read(lines), 100, limits)).toSatisfy(
            value => value === null || typeof value === 'object',
          )
        },
      ),
    )
  })
})

describe('what a listing says', () => {
  it('is all right for ordinary archives', () => {
    expect(judge(entry('a/b.vpk'), entry('a', { folder: true }), entry('…/ä b'), entry('a..b'))).toBe(null)
  })

  it.each([
    ['../a', 'leads out'],
    ['a/../../b', 'leads out'],
    ['..\\a', 'leads out'],
    ['/etc/a', 'absolute'],
    ['C:/a', 'absolute'],
    ['a\\b', 'backslash'],
    ['a\u0001', 'control'],
    ['a\ufffd', 'Unicode'],
  ])('is refused for the name %j', (path, message) => {
    expect(judge(entry(path))).toContain(message)
  })

  it('is refused for links, passwords, twins, too many files, too much content and too much memory', () => {
    expect(judge(entry('a', { special: true }))).toContain('link')
    expect(judge(entry('a', { encrypted: true }))).toContain('encrypted')
    expect(judge(entry('a'), entry('A'))).toContain('twice')
    expect(judge(...Array.from({ length: 11 }, (_, at) => entry(`${at}`)))).toContain('more than 10 files')
    expect(judge(entry('a', { size: 2e9 }))).toContain('more than')
    expect(judgeListing({ entries: [], dictionaryBytes: 2 ** 30 }, 1, limits)?.message).toContain('memory')
  })

  it('limits what may come out by the ratio, but not for small archives', () => {
    expect(mostBytes(1000, limits)).toBe(16 * 1024 * 1024)
    expect(mostBytes(1_000_000, limits)).toBe(100_000_000)
    expect(mostBytes(100_000_000, limits)).toBe(1e9)
  })
})
