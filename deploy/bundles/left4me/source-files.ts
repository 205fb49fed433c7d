import { gunzipSync } from 'node:zlib'
import { DeployError } from '../../src/deploy-error.ts'

/** Files of a tar archive by their path, without the folders. */
export type SourceFiles = ReadonlyMap<string, Uint8Array>

const block = 512
const largest = 64 * 1024 * 1024

/**
 * Reads a tar archive, by gzip, as `git archive` writes it (ustar, with pax headers for long names):
 * https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06. Links and folders are passed over.
 * Throws `DeployError` (`bad-source`) for what isn't one.
 */
export function sourceFiles(archive: Uint8Array): SourceFiles {
  const bytes = unpacked(archive)
  const files = new Map<string, Uint8Array>()
  let longName: string | null = null
  for (let at = 0; at + block <= bytes.length; ) {
    const header = bytes.subarray(at, at + block)
    if (header.every(byte => byte === 0)) return files
    const size = octal(header, 124, 12)
    const content = bytes.subarray(at + block, at + block + size)
    if (text(header, 257, 5) !== 'ustar' || content.length < size) throw unreadable()
    const kind = text(header, 156, 1)
    const prefix = text(header, 345, 155)
    const short = `${prefix === '' ? '' : `${prefix}/`}${text(header, 0, 100)}`
    if (kind === 'x') longName = paxPath(content)
    else if (kind !== 'g') {
      if (kind === '0' || kind === '') files.set(longName ?? short, content)
      longName = null
    }
    at += block + Math.ceil(size / block) * block
  }
  throw unreadable()
}

/** A file's text. Throws `DeployError` (`bad-source`) when the source hasn't got it. */
export function sourceText(files: SourceFiles, path: string): string {
  const content = files.get(path)
  if (content === undefined) {
    throw new DeployError('bad-source', `The source that is to be deployed has no ${path}.`, {
      remedy: 'Deploy a branch of left4me that has it: left4me/git_branch.',
    })
  }
  return Buffer.from(content).toString('utf8')
}

/** Paths of the files in a folder, sorted; with `below`, in its folders too. */
export function sourcePaths(files: SourceFiles, folder: string): string[] {
  return [...files.keys()].filter(path => path.startsWith(`${folder}/`)).sort()
}

function text(header: Buffer, start: number, length: number): string {
  const field = header.subarray(start, start + length)
  const end = field.indexOf(0)
  return field.subarray(0, end === -1 ? length : end).toString('utf8')
}

function octal(header: Buffer, start: number, length: number): number {
  const digits = text(header, start, length).trim()
  if (!/^[0-7]+$/.test(digits)) throw unreadable()
  return Number.parseInt(digits, 8)
}

/** A record is `LENGTH path=VALUE`, the length being that of the whole record with its newline. */
function paxPath(content: Buffer): string | null {
  for (let at = 0; at < content.length; ) {
    const length = Number(/^\d+/.exec(content.subarray(at, at + 12).toString('latin1'))?.[0])
    if (!Number.isSafeInteger(length) || length < 5) throw unreadable()
    const record = content.subarray(at, at + length - 1).toString('utf8')
    const path = /^\d+ path=(.*)$/s.exec(record)?.[1]
    if (path !== undefined) return path
    at += length
  }
  return null
}

function unpacked(archive: Uint8Array): Buffer {
  try {
    return gunzipSync(archive, { maxOutputLength: largest })
  } catch (cause) {
    throw unreadable(cause)
  }
}

function unreadable(cause?: unknown): DeployError {
  return new DeployError('bad-source', 'The archive of the source is no tar archive.', {
    remedy: 'Make it by git archive.',
    cause,
  })
}
