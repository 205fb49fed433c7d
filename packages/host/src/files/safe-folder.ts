import { isUtf8 } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises'
import { HostError } from '../host-error.ts'
import { isDiskFull } from './full-disk.ts'

const { O_CREAT, O_DIRECTORY, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_WRONLY } = constants

/** Folders that a game may have put something in our way in are tried so often before they are refused. */
const attempts = 5

/** `any`: for folders of ours, whose files are shared. Where a game can write, a second name may lead to anybody's file. */
export type FileNames = 'one' | 'any'

/**
 * A folder that somebody hostile may change at any moment, held by its descriptor. Each name below it is opened through
 * that descriptor (`/proc/self/fd/N/NAME`, what openat(2) is in C) without following links, so that no swap of a
 * component leads elsewhere; names are single components (`pathComponents`). Nothing is ever written through what is
 * there: files are replaced by rename.
 */
export class SafeFolder {
  readonly #handle: FileHandle
  /** For messages only. */
  readonly path: string

  private constructor(handle: FileHandle, path: string) {
    this.#handle = handle
    this.path = path
  }

  /** `place` is a folder of ours, or a link below /proc; `path` is what messages call it. */
  static async open(place: string, path = ''): Promise<SafeFolder> {
    return new SafeFolder(await open(place, O_RDONLY | O_DIRECTORY), path)
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** null when there is none. Rejects with `file-refused` when it is something else. */
  async folder(name: string): Promise<SafeFolder | null> {
    try {
      const handle = await open(this.#at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK)
      return new SafeFolder(handle, this.#pathOf(name))
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null
      if (isNoFolder(error)) throw this.#refused(name, 'is not a folder')
      throw this.#explained(name, error)
    }
  }

  /** Whatever else has the name (a link, a FIFO, a file) is deleted and a folder put in its place. */
  async folderAtAnyRate(name: string): Promise<SafeFolder> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      try {
        const handle = await open(this.#at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK)
        return new SafeFolder(handle, this.#pathOf(name))
      } catch (error) {
        if (isNoFolder(error)) await unlink(this.#at(name)).catch(ignoreSwapped)
        else if (codeOf(error) !== 'ENOENT') throw this.#explained(name, error)
      }
      try {
        await mkdir(this.#at(name), { mode: 0o755 })
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw this.#explained(name, error)
      }
    }
    throw this.#refused(name, 'is changed again and again while it is opened')
  }

  /**
   * null when there is none. Rejects with `file-refused` for anything but a regular file with at most `maxBytes`, and
   * with one name unless `names` says otherwise.
   */
  async read(name: string, maxBytes: number, names: FileNames = 'one'): Promise<Buffer | null> {
    const opened = await this.openFile(name, names)
    if (!opened) return null
    await using handle = opened.handle
    if (opened.stats.size > maxBytes) throw this.#refused(name, `has more than ${maxBytes} bytes`)
    // It may grow while it is read: the size above only spares the reading.
    const buffer = Buffer.alloc(Math.min(maxBytes, opened.stats.size) + 1)
    const chunks: Buffer[] = []
    let total = 0
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, total)
      if (bytesRead === 0) return Buffer.concat(chunks)
      total += bytesRead
      if (total > maxBytes) throw this.#refused(name, `has more than ${maxBytes} bytes`)
      chunks.push(Buffer.from(buffer.subarray(0, bytesRead)))
    }
  }

  /** A regular file, open for reading; null when there is none. The caller closes it. */
  async openFile(
    name: string,
    names: FileNames = 'one',
  ): Promise<{ handle: FileHandle; stats: Stats } | null> {
    let handle: FileHandle
    try {
      // Non-blocking: opening a FIFO would wait for a writer.
      handle = await open(this.#at(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    } catch (error) {
      const code = codeOf(error)
      if (code === 'ENOENT') return null
      if (code === 'ELOOP') throw this.#refused(name, 'is a link')
      if (code === 'ENXIO' || code === 'ENODEV') throw this.#refused(name, 'is not a regular file')
      throw this.#explained(name, error)
    }
    try {
      const stats = await handle.stat()
      if (!stats.isFile()) throw this.#refused(name, 'is not a regular file')
      if (names === 'one' && stats.nlink !== 1) throw this.#refused(name, 'has more than one name')
      return { handle, stats }
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /**
   * Puts a new file in the place of whatever has the name but a folder that isn't empty (`file-refused`). `write` fills
   * it; when that rejects nothing has changed.
   */
  async replace(name: string, write: (handle: FileHandle) => Promise<void>, mode = 0o644): Promise<void> {
    const temporary = this.#at(`.left4me-${randomBytes(9).toString('hex')}`)
    const handle = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode).catch(error => {
      throw this.#explained(name, error)
    })
    try {
      try {
        // Past the umask.
        await handle.chmod(mode)
        await write(handle)
      } finally {
        await handle.close()
      }
      await this.#moveOver(temporary, name)
    } catch (error) {
      await unlink(temporary).catch(() => undefined)
      throw error instanceof HostError ? error : this.#explained(name, error)
    }
  }

  async #moveOver(temporary: string, name: string): Promise<void> {
    for (let attempt = 0; attempt < attempts; attempt++) {
      try {
        await rename(temporary, this.#at(name))
        return
      } catch (error) {
        if (codeOf(error) !== 'EISDIR') throw error
        await rmdir(this.#at(name)).catch(failure => {
          if (codeOf(failure) === 'ENOTEMPTY' || codeOf(failure) === 'EEXIST')
            throw this.#refused(name, 'is a folder with files in it')
          throw failure
        })
      }
    }
    throw this.#refused(name, 'is changed again and again while it is replaced')
  }

  /** Deletes a file, a link or whatever else isn't a folder. Nothing happens when there is none. */
  async removeFile(name: string): Promise<void> {
    try {
      await unlink(this.#at(name))
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return
      if (codeOf(error) === 'EISDIR' || codeOf(error) === 'EPERM') throw this.#refused(name, 'is a folder')
      throw this.#explained(name, error)
    }
  }

  /** Deletes an empty folder; false when it isn't empty or none. */
  async removeEmptyFolder(name: string): Promise<boolean> {
    return rmdir(this.#at(name)).then(
      () => true,
      () => false,
    )
  }

  /** Sorted. Names that are no text are left out: no path leads to them. */
  async names(): Promise<string[]> {
    const names = await readdir(this.#at('.'), { encoding: 'buffer' })
    return names
      .filter(name => isUtf8(name))
      .map(name => name.toString())
      .sort()
  }

  /** Of the name itself, never of what a link leads to; null when there is none. */
  async stat(name: string): Promise<Stats | null> {
    return lstat(this.#at(name)).catch(error => {
      if (codeOf(error) === 'ENOENT') return null
      throw this.#explained(name, error)
    })
  }

  /** A path to `name` that stays below this folder as long as it is open, for programs and calls that take a path. */
  place(name: string): string {
    return this.#at(name)
  }

  #at(name: string): string {
    return `/proc/self/fd/${this.#handle.fd}/${name}`
  }

  #pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}/${name}`
  }

  #refused(name: string, why: string): HostError {
    return new HostError('file-refused', `${this.#pathOf(name)} ${why}.`, {
      remedy: 'Delete it, or reset the server: a plugin may have put it there.',
    })
  }

  #explained(name: string, error: unknown): HostError {
    if (isDiskFull(error))
      return new HostError('disk-full', `${this.#pathOf(name)} can't be written: the disk is full.`, {
        remedy: 'Free space on the disk of the data directory.',
        cause: error,
      })
    return new HostError(
      'file-refused',
      `${this.#pathOf(name)} can't be used (${codeOf(error) ?? String(error)}).`,
      {
        remedy: 'See to its permissions, or reset the server.',
        cause: error,
      },
    )
  }
}

function isNoFolder(error: unknown): boolean {
  return ['ENOTDIR', 'ELOOP', 'ENXIO', 'ENODEV'].includes(codeOf(error) ?? '')
}

/** It is gone, or a folder by now: either is looked at anew. */
function ignoreSwapped(error: unknown): void {
  if (!['ENOENT', 'EISDIR', 'EPERM'].includes(codeOf(error) ?? '')) throw error
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | null)?.code
}
