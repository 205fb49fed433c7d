import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs'
import { serviceUserId } from '../host-paths.ts'

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants

/** What stands in the way, said of the thing as the end of a sentence: “is a link”. */
export class HostileFileError extends Error {
  override readonly name = 'HostileFileError'
  /** It, or a folder on the way to it, isn't there. */
  readonly missing: boolean

  constructor(path: string, why: string, missing = false) {
    super(`${path} ${why}`)
    this.missing = missing
  }
}

/**
 * An open folder that the service user may have made, held by its descriptor: whatever is renamed meanwhile, it stays
 * this one. Everything in it is opened through the descriptor, one component at a time and never through a link
 * (openat(2), which Node lacks, by way of /proc/self/fd: proc_pid_fd(5)).
 */
export class HostileFolder implements Disposable {
  readonly descriptor: number
  /** For messages only. */
  readonly path: string
  #open = true

  private constructor(descriptor: number, path: string) {
    this.descriptor = descriptor
    this.path = path
  }

  /** `path` must be below folders that only root may write. */
  static openTrusted(path: string): HostileFolder {
    return new HostileFolder(open(path, path, O_DIRECTORY), path)
  }

  /** The folder `components` below this one, which stays open. Each must belong to root or to the service user. */
  open(components: readonly string[]): HostileFolder {
    let folder: HostileFolder | null = null
    for (const component of components) {
      const outer: HostileFolder = folder ?? this
      try {
        folder = outer.#openOne(component)
      } finally {
        if (outer !== this) outer[Symbol.dispose]()
      }
    }
    if (!folder) throw new RangeError('no component')
    return folder
  }

  #openOne(component: string): HostileFolder {
    const path = `${this.path}/${component}`
    const folder = new HostileFolder(open(this.#inside(component), path, O_DIRECTORY), path)
    try {
      requireOwner(fstatSync(folder.descriptor), path)
      return folder
    } catch (error) {
      folder[Symbol.dispose]()
      throw error
    }
  }

  /**
   * Opens a plain file: no link, no FIFO (which would block), no device, one name only (a second one could be that of a
   * file which the service user may not read), of root or the service user. The caller closes the descriptor.
   */
  openFile(name: string): { readonly descriptor: number; readonly stats: Stats } {
    const path = `${this.path}/${name}`
    const descriptor = open(this.#inside(name), path, 0)
    try {
      const stats = fstatSync(descriptor)
      if (!stats.isFile()) throw new HostileFileError(path, "isn't a plain file")
      if (stats.nlink !== 1) throw new HostileFileError(path, 'has more than one name')
      requireOwner(stats, path)
      return { descriptor, stats }
    } catch (error) {
      closeSync(descriptor)
      throw error
    }
  }

  [Symbol.dispose](): void {
    if (!this.#open) return
    this.#open = false
    closeSync(this.descriptor)
  }

  #inside(name: string): string {
    if (name === '' || name === '.' || name === '..' || name.includes('/'))
      throw new RangeError(`not a name in a folder: ${JSON.stringify(name)}`)
    return `/proc/self/fd/${this.descriptor}/${name}`
  }
}

function open(place: string, path: string, flags: number): number {
  try {
    return openSync(place, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | flags)
  } catch (error) {
    throw explain(error, path)
  }
}

function requireOwner(stats: Stats, path: string): void {
  if (stats.uid !== 0 && stats.uid !== serviceUserId)
    throw new HostileFileError(path, 'belongs neither to root nor to the service user')
}

function explain(error: unknown, path: string): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return new HostileFileError(path, "isn't there", true)
    case 'ELOOP':
      return new HostileFileError(path, 'is a link')
    case 'ENOTDIR':
      return new HostileFileError(path, 'is a link, or no folder')
    case 'ENXIO':
      return new HostileFileError(path, "isn't a plain file")
    default:
      return error
  }
}
