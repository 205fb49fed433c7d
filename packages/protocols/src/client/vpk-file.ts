import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { ProtocolError } from '../protocol-error.ts'
import { readVpkHeader, type VpkHeader, vpkHeaderBytes } from '../vpk/header.ts'
import { readVpkTree, type VpkEntry } from '../vpk/tree.ts'

/** Bytes that `read` gives at most unless said otherwise. */
const defaultMaxBytes = 16 * 1024 * 1024

/**
 * A VPK on disk: header and list of files are read once, content only where it is asked for. Opens nothing but regular
 * files. A `NAME_dir.vpk` finds its `NAME_NNN.vpk` beside itself.
 */
export class VpkFile implements AsyncDisposable {
  readonly path: string
  readonly header: VpkHeader
  readonly entries: readonly VpkEntry[]
  /** Entries with the path of an earlier one, left out. */
  readonly duplicates: number
  readonly #file: FileHandle
  readonly #archives = new Map<number, FileHandle>()
  #byPath: Map<string, VpkEntry> | null = null

  private constructor(
    path: string,
    file: FileHandle,
    header: VpkHeader,
    tree: { entries: readonly VpkEntry[]; duplicates: number },
  ) {
    this.path = path
    this.#file = file
    this.header = header
    this.entries = tree.entries
    this.duplicates = tree.duplicates
  }

  /** Rejects with `malformed` or `too-large` for what is no VPK, with the system's error when it can't be opened. */
  static async open(path: string): Promise<VpkFile> {
    const file = await openRegular(path)
    try {
      const { size } = await file.stat()
      const start = await readExactly(file, 0, Math.min(vpkHeaderBytes, size))
      const header = readVpkHeader(start, size)
      const tree = readVpkTree(await readExactly(file, header.treeOffset, header.treeBytes), header, size)
      return new VpkFile(path, file, header, tree)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Letter case doesn't count. null when it isn't in there. */
  find(path: string): VpkEntry | null {
    this.#byPath ??= new Map(this.entries.map(entry => [entry.path.toLowerCase(), entry]))
    return this.#byPath.get(path.toLowerCase()) ?? null
  }

  /**
   * The bytes of a file, or `length` of them from `from`. Rejects with `too-large` when that is more than `maxBytes`, with
   * `malformed` when an archive of a set is missing or too short.
   */
  async read(
    entry: VpkEntry,
    range: { readonly from?: number; readonly length?: number; readonly maxBytes?: number } = {},
  ): Promise<Uint8Array> {
    const from = Math.min(Math.max(range.from ?? 0, 0), entry.size)
    const length = Math.min(Math.max(range.length ?? entry.size, 0), entry.size - from)
    const maxBytes = range.maxBytes ?? defaultMaxBytes
    if (length > maxBytes) {
      throw new ProtocolError(
        'too-large',
        `“${entry.path}” has ${length} bytes; ${maxBytes} are read at most.`,
      )
    }
    const preloaded = Math.max(0, Math.min(length, entry.preloadBytes - from))
    const parts = [
      await readExactly(this.#file, this.header.treeOffset + entry.preloadOffset + from, preloaded),
      await this.#readArchive(entry, Math.max(0, from - entry.preloadBytes), length - preloaded),
    ]
    return Buffer.concat(parts)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const handles = [this.#file, ...this.#archives.values()]
    this.#archives.clear()
    await Promise.all(handles.map(handle => handle.close()))
  }

  async #readArchive(entry: VpkEntry, from: number, length: number): Promise<Uint8Array> {
    if (length === 0) return new Uint8Array()
    if (entry.archive === null) {
      const dataStart = this.header.treeOffset + this.header.treeBytes
      return readExactly(this.#file, dataStart + entry.offset + from, length)
    }
    return readExactly(await this.#archive(entry.archive), entry.offset + from, length)
  }

  async #archive(number: number): Promise<FileHandle> {
    const known = this.#archives.get(number)
    if (known !== undefined) return known
    if (!this.path.endsWith('_dir.vpk')) {
      throw new ProtocolError(
        'malformed',
        `The VPK says that content is in archive ${number}, but is no set.`,
      )
    }
    const path = `${this.path.slice(0, -'dir.vpk'.length)}${String(number).padStart(3, '0')}.vpk`
    const handle = await openRegular(path).catch((cause: unknown) => {
      throw new ProtocolError('malformed', `Archive ${number} of the set can't be opened.`, {
        remedy: `Put ${path.slice(path.lastIndexOf('/') + 1)} beside it.`,
        cause,
      })
    })
    const raced = this.#archives.get(number)
    if (raced !== undefined) {
      await handle.close()
      return raced
    }
    this.#archives.set(number, handle)
    return handle
  }
}

/** O_NONBLOCK, so that a FIFO in the place of the file doesn't block for ever. */
async function openRegular(path: string): Promise<FileHandle> {
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw new ProtocolError('malformed', 'This is no regular file.')
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done)
    if (bytesRead === 0)
      throw new ProtocolError('malformed', 'The file ends too early.', { remedy: 'Fetch it again.' })
    done += bytesRead
  }
  return bytes
}
