import { pathComponents } from '../files/relative-path.ts'
import { HostError } from '../host-error.ts'

/** A line of a map index: one archive or VPK to fetch. */
export interface IndexEntry {
  /** 1 for the first. */
  readonly line: number
  readonly name: string
  /** Bytes of what the link leads to. */
  readonly size: number
  /** 32 hexadecimal digits, small letters. */
  readonly md5: string
  readonly link: string
}

/** Bytes of an index. */
export const maxIndexBytes = 4 * 1024 * 1024
const maxEntries = 5000
const maxLineLength = 4096
const maxFileBytes = 64 * 1024 ** 3

/**
 * Reads `name;size;md5;link`, a line for each file. Empty lines, lines that begin with `#`, a byte order mark and a heading
 * as the first line are passed over. Throws `index-refused`, which names the line.
 */
export function parseIndex(bytes: Uint8Array): IndexEntry[] {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new HostError('index-refused', 'The index isn’t text in UTF-8.', {
      remedy: 'Save it as UTF-8.',
      cause,
    })
  }
  if (/^\s*</.test(text))
    throw new HostError('index-refused', 'The index is a web page.', {
      remedy: 'Give the address of the CSV file itself, which needs no log-in.',
    })
  const entries: IndexEntry[] = []
  const names = new Map<string, number>()
  for (const [at, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = at + 1
    const row = raw.trim()
    if (row === '' || row.startsWith('#') || (entries.length === 0 && isHeading(row))) continue
    const entry = parseLine(row, line)
    const key = entry.name.toLowerCase()
    const twin = names.get(key)
    if (twin !== undefined) throw wrong(line, `has the name of line ${twin}`)
    names.set(key, line)
    entries.push(entry)
    if (entries.length > maxEntries)
      throw new HostError('index-refused', `The index has more than ${maxEntries} files.`, {
        remedy: 'Divide it.',
      })
  }
  if (entries.length === 0)
    throw new HostError('index-refused', 'The index lists nothing.', {
      remedy: 'It needs a line name;size;md5;link for each file.',
    })
  return entries
}

/** Equal for an unchanged entry: the link may move. */
export function entryVersion(entry: IndexEntry): string {
  return `${entry.size}-${entry.md5}`
}

function isHeading(row: string): boolean {
  return /^"?name"?\s*;/i.test(row) && !/\d/.test(row.split(';')[1] ?? '')
}

function parseLine(row: string, line: number): IndexEntry {
  if (row.length > maxLineLength) throw wrong(line, `has more than ${maxLineLength} characters`)
  const fields = row.split(';').map(field => field.trim().replace(/^"(.*)"$/, '$1'))
  // A link may hold semicolons.
  const [name = '', size = '', md5 = '', ...link] = fields
  if (fields.length < 4) throw wrong(line, 'has fewer than four fields')
  checkName(name, line)
  if (!/^\d{1,15}$/.test(size) || Number(size) < 1 || Number(size) > maxFileBytes)
    throw wrong(line, `has no size in bytes (${JSON.stringify(size.slice(0, 40))})`)
  if (!/^[0-9a-f]{32}$/i.test(md5)) throw wrong(line, 'has no MD5 of 32 hexadecimal digits')
  const url = link.join(';')
  if (!URL.canParse(url)) throw wrong(line, 'has no link')
  return { line, name, size: Number(size), md5: md5.toLowerCase(), link: url }
}

function checkName(name: string, line: number): void {
  try {
    if (pathComponents(name).length === 1 && !name.startsWith('.')) return
  } catch {
    // Said below.
  }
  throw wrong(line, `has a name that no file can have (${JSON.stringify(name.slice(0, 80))})`)
}

function wrong(line: number, why: string): HostError {
  return new HostError('index-refused', `Line ${line} of the index ${why}.`, {
    remedy: 'Each line is name;size;md5;link: have it corrected. The last good revision stays.',
  })
}
