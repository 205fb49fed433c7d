import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isDiskFull } from '../files/full-disk.ts'
import { removeTree } from '../files/remove-tree.ts'
import { HostError } from '../host-error.ts'

const receivedPrefix = '.received-'
const { O_CREAT, O_NOFOLLOW, O_WRONLY } = constants

/** The unfinished uploads of one overlay: what arrived stays, whatever becomes of the connection or of us. */
export class UploadFiles {
  readonly #folder: string
  readonly #writing: Set<string>

  /** `writing`: of all overlays, the files that somebody writes to at the moment. */
  constructor(folder: string, writing: Set<string>) {
    this.#folder = folder
    this.#writing = writing
  }

  place(uploadId: number): string {
    return join(this.#folder, String(uploadId))
  }

  /** Where an archive is unpacked. */
  workPlace(uploadId: number): string {
    return join(this.#folder, `${uploadId}.unpacking`)
  }

  async size(uploadId: number): Promise<number> {
    return stat(this.place(uploadId)).then(
      ({ size }) => size,
      () => 0,
    )
  }

  async append(
    uploadId: number,
    offset: number,
    content: AsyncIterable<Uint8Array>,
    size: number,
  ): Promise<number> {
    const place = this.place(uploadId)
    if (this.#writing.has(place)) throw wrongOffset(`Upload ${uploadId} is being written to already.`)
    this.#writing.add(place)
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      const there = await this.size(uploadId)
      if (there !== offset) throw wrongOffset(`Upload ${uploadId} has ${there} bytes, not ${offset}.`)
      return await write(place, offset, content, size)
    } finally {
      this.#writing.delete(place)
    }
  }

  /** Receives one file whole, for `use` to move away. Nothing of it stays here, whatever happens. */
  async receive<Result>(
    content: AsyncIterable<Uint8Array>,
    { path, maxBytes }: { readonly path: string; readonly maxBytes: number },
    use: (place: string, size: number) => Promise<Result>,
  ): Promise<Result> {
    const place = join(this.#folder, `${receivedPrefix}${randomBytes(9).toString('hex')}`)
    this.#writing.add(place)
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 })
      return await use(place, await writeWhole(place, content, path, maxBytes))
    } finally {
      await rm(place, { force: true })
      this.#writing.delete(place)
    }
  }

  /** Places of received files that nobody writes to any more: whoever did was killed. */
  async leftFiles(): Promise<string[]> {
    const names = await readdir(this.#folder).catch(() => [])
    return names
      .filter(name => name.startsWith(receivedPrefix))
      .map(name => join(this.#folder, name))
      .filter(place => !this.#writing.has(place))
  }

  async discard(uploadId: number): Promise<void> {
    await rm(this.place(uploadId), { force: true })
    await removeTree(this.workPlace(uploadId))
  }
}

async function write(
  place: string,
  offset: number,
  content: AsyncIterable<Uint8Array>,
  size: number,
): Promise<number> {
  await using file = await open(place, O_WRONLY | O_CREAT | O_NOFOLLOW, 0o600)
  let end = offset
  try {
    for await (const chunk of content) {
      if (end + chunk.byteLength > size) {
        await file.truncate(offset)
        throw new HostError('file-too-large', `More than the announced ${size} bytes came.`, {
          remedy: 'Upload the file again.',
        })
      }
      let done = 0
      while (done < chunk.byteLength) {
        const { bytesWritten } = await file.write(chunk, done, chunk.byteLength - done, end)
        done += bytesWritten
        end += bytesWritten
      }
    }
    await file.sync()
    return end
  } catch (error) {
    // What came before a broken connection is kept.
    await file.sync().catch(() => undefined)
    if (isDiskFull(error))
      throw new HostError('disk-full', 'The upload stopped: the disk is full.', {
        remedy: 'Free space on the disk of the data directory, then go on with the upload.',
        cause: error,
      })
    throw error
  }
}

/** Resolves to its bytes. */
async function writeWhole(
  place: string,
  content: AsyncIterable<Uint8Array>,
  path: string,
  maxBytes: number,
): Promise<number> {
  await using file = await open(place, 'wx', 0o644)
  let size = 0
  try {
    // Past the umask.
    await file.chmod(0o644)
    for await (const chunk of content) {
      size += chunk.byteLength
      if (size > maxBytes)
        throw new HostError('file-too-large', `${path} has more than ${maxBytes} bytes.`, {
          remedy: 'Upload a smaller file.',
        })
      await file.writeFile(chunk)
    }
    return size
  } catch (error) {
    if (isDiskFull(error))
      throw new HostError('disk-full', `${path} can't be written: the disk is full.`, {
        remedy: 'Free space on the disk of the data directory.',
        cause: error,
      })
    throw error
  }
}

function wrongOffset(message: string): HostError {
  return new HostError('upload-offset', message, {
    remedy: 'Ask how much it has, and go on from there.',
  })
}
