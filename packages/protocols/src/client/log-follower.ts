import { type ByteLine, LineSplitter } from '../bytes/line-splitter.ts'
import type { LogFiles } from './log-directory.ts'

/** Where to go on: everything before it was delivered. */
export interface LogPosition {
  readonly file: string
  /** Bytes; the beginning of a line. */
  readonly offset: number
}

export interface LogFollowerOptions {
  readonly files: LogFiles
  /** Called with the lines in their order, never two calls at a time. A rejection ends the following: see `start`. */
  readonly onLines: (lines: readonly ByteLine[], position: LogPosition) => void | Promise<void>
  /** The first file there is, the end of the last, or where an earlier follower was. A lost position is the start. */
  readonly from: 'start' | 'end' | LogPosition
  /** Milliseconds between two looks. Files in other mount namespaces tell nobody that they were changed. */
  readonly intervalMs?: number
}

const chunkBytes = 256 * 1024
const maxLineBytes = 64 * 1024

/**
 * Follows a server's log files, across the new file that each map begins. A file that was made shorter is read anew. What
 * has no end when the next file begins counts as a line.
 */
export class LogFollower {
  readonly #options: LogFollowerOptions
  readonly #stop = new AbortController()
  #splitter = new LineSplitter(maxLineBytes)
  #file: string | null = null
  #offset = 0

  constructor(options: LogFollowerOptions) {
    this.#options = options
  }

  /** Follows until `stop`; rejects with what `onLines` or the files rejected with. To be called once. */
  async start(): Promise<void> {
    const { signal } = this.#stop
    await this.#begin()
    while (!signal.aborted) {
      await this.#look()
      await pause(this.#options.intervalMs ?? 500, signal)
    }
  }

  /** Ends after the lines that are just being delivered. Idempotent. */
  stop(): void {
    this.#stop.abort()
  }

  async #begin(): Promise<void> {
    const { from, files } = this.#options
    if (from === 'start') return
    if (from !== 'end') {
      this.#file = from.file
      this.#offset = from.offset
      return
    }
    const last = (await files.list()).filter(isLogFile).sort(byTime).at(-1)
    const found = last === undefined ? null : await files.read(last, 0, 0)
    if (last === undefined || found === null) return
    this.#file = last
    this.#offset = found.size
  }

  /** The list comes first: the server ends a file before it begins the next, so that what is listed behind it is proof. */
  async #look(): Promise<void> {
    const names = (await this.#options.files.list()).filter(isLogFile).sort(byTime)
    if (this.#file === null || !names.includes(this.#file)) this.#switchTo(nextAfter(names, this.#file))
    for (;;) {
      const file = this.#file
      if (file === null || this.#stop.signal.aborted) return
      await this.#readToEnd(file)
      const next = names[names.indexOf(file) + 1]
      if (next === undefined || this.#stop.signal.aborted) return
      const unfinished = this.#splitter.finish()
      if (unfinished !== null) await this.#deliver([unfinished], file)
      this.#switchTo(next)
    }
  }

  #switchTo(file: string | null): void {
    if (file === null) return
    this.#file = file
    this.#offset = 0
    this.#splitter = new LineSplitter(maxLineBytes)
  }

  async #readToEnd(file: string): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const read = await this.#options.files.read(file, this.#offset, chunkBytes)
      if (read === null) return
      if (read.size < this.#offset) {
        this.#switchTo(file)
        continue
      }
      if (read.bytes.length === 0) return
      this.#offset += read.bytes.length
      const lines = this.#splitter.push(read.bytes)
      if (lines.length > 0) await this.#deliver(lines, file)
    }
  }

  async #deliver(lines: readonly ByteLine[], file: string): Promise<void> {
    await this.#options.onLines(lines, { file, offset: this.#offset - this.#splitter.pendingBytes })
  }
}

/** `L000_000_000_000_27015_201112260214_000.log`: address, port, minute of the start, number within the minute. */
const fileName = /^L[\d_]{1,40}_(\d{12}_\d{3,6})\.log$/

function isLogFile(name: string): boolean {
  return fileName.test(name)
}

function byTime(a: string, b: string): number {
  const [timeA, timeB] = [fileName.exec(a)?.[1] ?? '', fileName.exec(b)?.[1] ?? '']
  if (timeA === timeB) return a < b ? -1 : 1
  return timeA < timeB ? -1 : 1
}

/** The file that follows one that is gone; the first when there was none. null when there is no later one. */
function nextAfter(names: readonly string[], gone: string | null): string | null {
  return names.find(name => gone === null || byTime(name, gone) > 0) ?? null
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    if (signal.aborted) end()
    else signal.addEventListener('abort', end)
  })
}
