import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { pathComponents } from '../../files/relative-path.ts'
import { HostError } from '../../host-error.ts'

/** One file of a revision, as it was published. */
export interface ListedFile {
  readonly path: string
  readonly size: number
  /** Permission bits. */
  readonly mode: number
  /** SHA-256, hexadecimal digits. */
  readonly hash: string
}

export interface FileList {
  /** By path. */
  readonly files: readonly ListedFile[]
  readonly emptyFolders: readonly string[]
}

const format = 'left4me-revision-files'
const version = 1

/** JSON text with one row for each file, so that two revisions can be compared with diff(1). */
export function encodeFileList({ files, emptyFolders }: FileList): string {
  const rows = files.map(({ path, size, mode, hash }) => JSON.stringify([path, size, mode, hash]))
  return `{"format":"${format}","version":${version},"emptyFolders":${JSON.stringify(emptyFolders)},"files":[\n${rows.join(',\n')}\n]}\n`
}

/** Throws `build-failed` when it can't be read or isn't one. */
export function readFileList(path: string): FileList {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return parse(value)
  } catch (cause) {
    throw new HostError('build-failed', `The manifest ${path} can't be read.`, {
      remedy: 'Build the overlay anew.',
      cause,
    })
  }
}

function parse(value: unknown): FileList {
  if (typeof value !== 'object' || value === null) throw new TypeError('no object')
  const record = value as Readonly<Record<string, unknown>>
  const { files, emptyFolders } = record
  if (record['format'] !== format || record['version'] !== version) throw new TypeError('another format')
  if (!Array.isArray(files) || !Array.isArray(emptyFolders)) throw new TypeError('no lists')
  return { files: files.map(parseRow), emptyFolders: emptyFolders.map(parsePath) }
}

function parseRow(row: unknown): ListedFile {
  if (!Array.isArray(row)) throw new TypeError('no row')
  const [path, size, mode, hash] = row as unknown[]
  if (!Number.isSafeInteger(size) || !Number.isSafeInteger(mode)) throw new TypeError('no numbers')
  if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash)) throw new TypeError('no hash')
  return { path: parsePath(path), size: Number(size), mode: Number(mode), hash }
}

function parsePath(path: unknown): string {
  if (typeof path !== 'string') throw new TypeError('no path')
  pathComponents(path)
  return path
}

/** SHA-256 over paths, modes and hashes: equal for equal content. */
export function digestOf({ files, emptyFolders }: FileList): string {
  const digest = createHash('sha256')
  for (const { path, mode, hash } of files) digest.update(`${mode.toString(8)} ${hash} ${path}\0`)
  for (const path of emptyFolders) digest.update(`folder ${path}\0`)
  return digest.digest('hex')
}
