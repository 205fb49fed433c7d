import { constants, copyFileSync, linkSync, lstatSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type ListedFile, readFileList } from './file-list.ts'
import type { PublishedTree } from './tree-work.ts'

/** The files of a published revision by their content, to be linked where the same is needed again. */
export class KnownFiles {
  readonly #root: string
  readonly #byPath: ReadonlyMap<string, ListedFile>
  readonly #byContent: ReadonlyMap<string, ListedFile>

  private constructor(root: string, files: readonly ListedFile[]) {
    this.#root = root
    this.#byPath = new Map(files.map(file => [file.path, file]))
    this.#byContent = new Map(files.map(file => [keyOf(file), file]))
  }

  /** Without a previous revision, or one whose manifest can't be read, nothing is known. */
  static of(previous: PublishedTree | null): KnownFiles {
    if (previous === null) return new KnownFiles('', [])
    try {
      return new KnownFiles(previous.root, readFileList(previous.manifest).files)
    } catch {
      return new KnownFiles('', [])
    }
  }

  /** Whether the previous revision has a file of this size there: whether it is worth to be hashed before it is copied. */
  hasLike(path: string, size: number): boolean {
    return this.#byPath.get(path)?.size === size
  }

  /** A second name for a known file; false when none is, or it can't be had. `to` must not exist. */
  link(file: Omit<ListedFile, 'path'>, to: string): boolean {
    const known = this.#byContent.get(keyOf(file))
    if (!known) return false
    const place = join(this.#root, known.path)
    try {
      const stats = lstatSync(place)
      if (!stats.isFile() || stats.size !== known.size || (stats.mode & 0o7777) !== known.mode) return false
      linkSync(place, to)
      return true
    } catch {
      // It has as many names as the file system allows, or is gone: a copy does as well.
      return false
    }
  }

  /** Puts a link to a known file in the place of an equal one; `temporary` is a free name of the same file system. */
  replace(file: Omit<ListedFile, 'path'>, place: string, temporary: string): void {
    if (!this.link(file, temporary)) return
    renameSync(temporary, place)
    // rename(2) does nothing when both are names of one file.
    rmSync(temporary, { force: true })
  }
}

function keyOf({ hash, size, mode }: Omit<ListedFile, 'path'>): string {
  return `${hash} ${size} ${mode}`
}

/** A copy of its own, sharing its blocks where the file system can. */
export function copyAlone(from: string, to: string): void {
  copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
}
