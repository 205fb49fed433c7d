import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { removeTree } from '../files/remove-tree.ts'

/** One version of an item in the cache. Never written to again. */
export interface CachedItem {
  readonly files: readonly { readonly path: string; readonly name: string; readonly size: number }[]
}

/**
 * `workshop_cache/ID/TIME_UPDATED/NAME.vpk`: each version written once, in a folder beside, and published by rename, so
 * that any number of builds and processes may do the same at the same time. Revisions hard-link what is here.
 */
export class WorkshopCache {
  readonly #root: string
  readonly #temporary: string

  /** `temporary` is on the same file system. */
  constructor(root: string, temporary: string) {
    this.#root = root
    this.#temporary = temporary
  }

  /** null when that version isn't there. */
  async find(id: string, updatedAt: number): Promise<CachedItem | null> {
    const folder = this.#folder(id, updatedAt)
    const names = await readdir(folder).catch(() => null)
    if (!names || names.length === 0) return null
    const files = await Promise.all(
      names.sort().map(async name => {
        const path = join(folder, name)
        return { path, name, size: (await stat(path)).size }
      }),
    )
    return { files }
  }

  /** A new folder beside, for what is to be published or thrown away. */
  async prepare(id: string): Promise<string> {
    const folder = join(this.#temporary, `item-${id}-${randomBytes(6).toString('hex')}`)
    await mkdir(folder, { recursive: true, mode: 0o755 })
    return folder
  }

  /** Makes a prepared folder this version. Another's that came first stays, and is the answer. */
  async publish(prepared: string, id: string, updatedAt: number): Promise<CachedItem> {
    await mkdir(join(this.#root, id), { recursive: true, mode: 0o755 })
    await rename(prepared, this.#folder(id, updatedAt)).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
      await removeTree(prepared)
    })
    const published = await this.find(id, updatedAt)
    if (!published) throw new Error(`item ${id} has vanished from the cache`)
    return published
  }

  #folder(id: string, updatedAt: number): string {
    return join(this.#root, id, String(updatedAt))
  }
}
