import { constants } from 'node:fs'
import { type FileHandle, open, readdir } from 'node:fs/promises'

/** Where log files come from. The folder of a server is hostile: implementations open nothing but plain files. */
export interface LogFiles {
  /** Names of all log files, in any order. */
  list(): Promise<string[]>
  /** Up to `maxBytes` from `offset`, and the file's present size; null when it isn't there or isn't a plain file. */
  read(name: string, offset: number, maxBytes: number): Promise<{ bytes: Uint8Array; size: number } | null>
}

/**
 * A folder of log files (`left4dead2/logs`). The folder itself and the files are opened without following links, so that a
 * plugin can't have others read through it; the folders above have to be trusted.
 */
export class LogDirectory implements LogFiles {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  /** [] when the folder isn't there yet. */
  async list(): Promise<string[]> {
    const folder = await this.#openFolder()
    if (folder === null) return []
    try {
      return await readdir(`/proc/self/fd/${folder.fd}`)
    } finally {
      await folder.close()
    }
  }

  async read(
    name: string,
    offset: number,
    maxBytes: number,
  ): Promise<{ bytes: Uint8Array; size: number } | null> {
    const folder = await this.#openFolder()
    if (folder === null) return null
    try {
      // O_NONBLOCK: opening a FIFO would wait for a writer.
      const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
      const file = await openOrNull(`/proc/self/fd/${folder.fd}/${name}`, flags)
      return file === null ? null : await readPlainFile(file, offset, maxBytes)
    } finally {
      await folder.close()
    }
  }

  #openFolder(): Promise<FileHandle | null> {
    return openOrNull(this.#path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW)
  }
}

async function openOrNull(path: string, flags: number): Promise<FileHandle | null> {
  try {
    return await open(path, flags)
  } catch (error) {
    if (error instanceof Error && 'code' in error && missingCodes.has(String(error.code))) return null
    throw error
  }
}

/** Not there, or something else in its place. */
const missingCodes = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'])

async function readPlainFile(file: FileHandle, offset: number, maxBytes: number) {
  try {
    const found = await file.stat()
    // A second link may lead to a file of somebody else.
    if (!found.isFile() || found.nlink !== 1) return null
    const length = Math.max(0, Math.min(maxBytes, found.size - offset))
    const { bytesRead, buffer } = await file.read(new Uint8Array(length), 0, length, offset)
    return { bytes: buffer.subarray(0, bytesRead), size: found.size }
  } finally {
    await file.close()
  }
}
