import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../files/atomic-file.ts'
import { pathComponents } from '../files/relative-path.ts'

/** A file that an entry of an index became, below the game's root. */
export interface PlacedFile {
  readonly path: string
  readonly size: number
}

const mostFiles = 20_000

/**
 * What each archive that was fetched once became, by its size and checksum: which files of an earlier revision are whose.
 * Only a memory: what isn't here is fetched again.
 */
export class KnownContents {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** null when it isn't known, or can't be read. */
  async find(version: string): Promise<PlacedFile[] | null> {
    try {
      const read: unknown = JSON.parse(await readFile(this.#place(version), 'utf8'))
      if (!Array.isArray(read) || read.length === 0 || read.length > mostFiles) return null
      return read.map(placedFile)
    } catch {
      return null
    }
  }

  async remember(version: string, files: readonly PlacedFile[]): Promise<void> {
    if (files.length > mostFiles) return
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    await replaceFile(this.#place(version), JSON.stringify(files))
  }

  #place(version: string): string {
    return join(this.#folder, `${version}.json`)
  }
}

function placedFile(value: unknown): PlacedFile {
  if (typeof value !== 'object' || value === null || !('path' in value) || !('size' in value))
    throw new TypeError('no file')
  const { path, size } = value
  if (typeof path !== 'string' || typeof size !== 'number') throw new TypeError('no file')
  pathComponents(path)
  return { path, size }
}
