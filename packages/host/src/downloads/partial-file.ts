import { createHash, randomBytes } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { replaceFile } from '../files/atomic-file.ts'
import { removeTree } from '../files/remove-tree.ts'
import { isAlive, readProcess } from '../process/process-table.ts'

/** The server's word for exactly the bytes that are there. */
export interface PartialValidator {
  /** For `If-Range`: a strong ETag, or a date. */
  readonly value: string
  /** Bytes of the whole; null when the server doesn't say. */
  readonly total: number | null
}

/**
 * An unfinished download: a folder `KEY` with `content` and what the server said about it. Whoever works on it has
 * renamed it to `KEY.PID.START.RANDOM`, so that nobody else does; the folder of a dead process (kill -9) is free again.
 */
export class PartialFile implements AsyncDisposable {
  readonly #folder: string
  readonly #free: string
  readonly #handle: FileHandle
  /** null: what is there can't be continued. */
  validator: PartialValidator | null
  #bytes: number

  private constructor(
    folder: string,
    free: string,
    handle: FileHandle,
    bytes: number,
    validator: PartialValidator | null,
  ) {
    this.#folder = folder
    this.#free = free
    this.#handle = handle
    this.#bytes = bytes
    this.validator = validator
  }

  /** `identity` names the content (its URL and version): what was left of it is taken up, if there is some. */
  static async open(folder: string, identity: string): Promise<PartialFile> {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const key = createHash('sha256').update(identity).digest('hex').slice(0, 32)
    const owned = join(folder, `${key}.${ownIdentity()}.${randomBytes(6).toString('hex')}`)
    if (!(await takeOver(folder, key, owned))) await mkdir(owned, { mode: 0o700 })
    const handle = await open(join(owned, 'content'), 'a+', 0o644)
    const { size } = await handle.stat()
    const validator = size > 0 ? await readValidator(join(owned, 'validator.json')) : null
    return new PartialFile(owned, join(folder, key), handle, size, validator)
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Where the content is while this is open. */
  get path(): string {
    return join(this.#folder, 'content')
  }

  /** Throws away what is there and begins with another validator. */
  async restart(validator: PartialValidator | null): Promise<void> {
    await this.#handle.truncate(0)
    this.#bytes = 0
    this.validator = validator
    await replaceFile(join(this.#folder, 'validator.json'), JSON.stringify(validator))
  }

  async append(pieces: readonly Uint8Array[]): Promise<void> {
    for (let left = pieces; left.length > 0; ) {
      let { bytesWritten } = await this.#handle.writev(left)
      this.#bytes += bytesWritten
      const next: Uint8Array[] = []
      for (const piece of left) {
        if (bytesWritten < piece.length) next.push(piece.subarray(bytesWritten))
        bytesWritten = Math.max(0, bytesWritten - piece.length)
      }
      left = next
    }
  }

  /** Moves the whole content, durable, to `target` on the same file system. */
  async finish(target: string): Promise<void> {
    await this.#handle.sync()
    await rename(this.path, target)
  }

  /** Leaves what is there to the next attempt, or nothing once it was finished or can't be continued. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close()
    const left = await stat(this.path).catch(() => null)
    if (left && left.size > 0 && this.validator) {
      const freed = await rename(this.#folder, this.#free).then(
        () => true,
        () => false,
      )
      if (freed) return
    }
    await removeTree(this.#folder)
  }
}

async function takeOver(folder: string, key: string, owned: string): Promise<boolean> {
  for (const name of await readdir(folder)) {
    if ((name !== key && !name.startsWith(`${key}.`)) || !isFree(name)) continue
    const taken = await rename(join(folder, name), owned).then(
      () => true,
      () => false,
    )
    if (taken) return true
  }
  return false
}

/** Whether a name among the downloads is that of an unfinished one on which nobody works. */
export function isFreePartial(name: string): boolean {
  return /^[0-9a-f]{32}(?:\.|$)/.test(name) && isFree(name)
}

function isFree(name: string): boolean {
  const [, pid, start] = name.split('.')
  return pid === undefined || start === undefined || !isAlive({ pid: Number(pid), start })
}

function ownIdentity(): string {
  return `${process.pid}.${readProcess(process.pid)?.start ?? '0'}`
}

async function readValidator(path: string): Promise<PartialValidator | null> {
  try {
    const read: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (typeof read !== 'object' || read === null || !('value' in read) || !('total' in read)) return null
    const { value, total } = read
    if (typeof value !== 'string' || (total !== null && typeof total !== 'number')) return null
    return { value, total }
  } catch {
    return null
  }
}
