import { type FileHandle, mkdir, open, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import type { LogLine } from '../../host.ts'
import { formatLine, type LogFile, listLogFiles, logFileName, readTail } from './log-files.ts'

export interface LogLimits {
  /** Bytes of one file before the next is begun. */
  readonly fileBytes: number
  /** Files that are kept. */
  readonly files: number
}

export const defaultLogLimits: LogLimits = { fileBytes: 4 * 1024 * 1024, files: 5 }

/**
 * Numbers console lines, writes them to the instance's log files and then hands them on. A line is on its way to
 * listeners only after it was written: a line that somebody saw keeps its number also when the supervisor is killed.
 *
 * Lines that come while a write is under way go into the next one, so that a flood costs few writes. When the disk is
 * full lines still reach listeners, and the log says afterwards how many it lost.
 */
export class InstanceLog {
  readonly #folder: string
  readonly #limits: LogLimits
  readonly #onLines: (lines: LogLine[]) => void
  #files: LogFile[]
  #sequence: number
  #handle: FileHandle | null = null
  #handleBytes = 0
  #waiting: LogLine[] = []
  #waitingBytes = 0
  #writing: Promise<void> | null = null
  #unwritten = 0

  private constructor(
    folder: string,
    limits: LogLimits,
    onLines: (lines: LogLine[]) => void,
    files: LogFile[],
    sequence: number,
  ) {
    this.#folder = folder
    this.#limits = limits
    this.#onLines = onLines
    this.#files = files
    this.#sequence = sequence
  }

  /** Continues the numbering of what is there. A last line that was cut by a crash is removed. */
  static async open(
    folder: string,
    limits: LogLimits,
    onLines: (lines: LogLine[]) => void,
  ): Promise<InstanceLog> {
    const files = await listLogFiles(folder)
    const newest = files.at(-1)
    if (newest) await removeCutLine(newest.path)
    const last = (await readTail(folder, 1)).at(-1)?.sequence ?? 0
    return new InstanceLog(folder, limits, onLines, files, Math.max(last, (newest?.first ?? 1) - 1))
  }

  /** The sequence of the newest line, also when it is still being written. */
  get lastSequence(): number {
    return this.#sequence
  }

  /** Bytes that wait to be written: whoever feeds the log should pause above some measure. */
  get backlog(): number {
    return this.#waitingBytes
  }

  append(texts: readonly string[]): void {
    if (texts.length === 0) return
    const time = Date.now()
    for (const text of texts) {
      this.#waiting.push({ sequence: ++this.#sequence, time, text })
      this.#waitingBytes += text.length
    }
    this.#writing ??= this.#write()
  }

  /** Resolves when all that was appended so far has been written and handed on. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing
  }

  async close(): Promise<void> {
    await this.flush()
    await this.#handle?.close()
    this.#handle = null
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const lines = this.#waiting
      this.#waiting = []
      this.#waitingBytes = 0
      try {
        await this.#store(lines)
      } catch {
        this.#unwritten += lines.length
      }
      this.#onLines(lines)
    }
    this.#writing = null
  }

  async #store(lines: LogLine[]): Promise<void> {
    const first = lines[0]
    if (!first) return
    if (this.#unwritten > 0) {
      // In the place of the first line's text: numbers must not be given twice.
      lines[0] = {
        ...first,
        text: `left4me: ${this.#unwritten} lines before this one could not be written. ${first.text}`,
      }
    }
    if (!this.#handle || this.#handleBytes >= this.#limits.fileBytes) await this.#nextFile(first.sequence)
    const bytes = Buffer.from(lines.map(formatLine).join(''))
    const handle = this.#handle
    if (!handle) return
    const before = this.#handleBytes
    let written = 0
    try {
      while (written < bytes.length) {
        const { bytesWritten } = await handle.write(bytes, written)
        written += bytesWritten
      }
    } catch (error) {
      // Half a line would swallow the next one.
      await handle.truncate(before).catch(() => undefined)
      throw error
    }
    this.#handleBytes += bytes.length
    this.#unwritten = 0
  }

  async #nextFile(first: number): Promise<void> {
    const newest = this.#files.at(-1)
    if (!this.#handle && newest) {
      const handle = await open(newest.path, 'a', 0o600)
      const { size } = await handle.stat()
      if (size < this.#limits.fileBytes) {
        this.#handle = handle
        this.#handleBytes = size
        return
      }
      await handle.close()
    }
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const path = join(this.#folder, logFileName(first))
    const handle = await open(path, 'a', 0o600)
    await this.#handle?.close()
    this.#handle = handle
    this.#handleBytes = 0
    this.#files.push({ path, first })
    for (const old of this.#files.splice(0, this.#files.length - this.#limits.files))
      await rm(old.path, { force: true })
  }
}

async function removeCutLine(path: string): Promise<void> {
  await using handle = await open(path, 'r')
  const { size } = await handle.stat()
  const length = Math.min(size, 64 * 1024)
  const block = Buffer.alloc(length)
  await handle.read(block, 0, length, size - length)
  const end = block.lastIndexOf(10)
  if (end !== length - 1) await truncate(path, size - length + end + 1)
}
