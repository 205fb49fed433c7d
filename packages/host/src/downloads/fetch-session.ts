import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { requireRoomFor } from '../files/disk-reserve.ts'
import { isDiskFull } from '../files/full-disk.ts'
import { HostError } from '../host-error.ts'
import { Gate } from '../turns/gate.ts'
import { downloadFile, type FileDownload } from './download-file.ts'
import { type DownloadTimings, defaultDownloadTimings } from './download-timings.ts'
import type { FetchContext } from './fetch-context.ts'
import { HttpClient } from './http-client.ts'
import { TransferMeter } from './transfer-meter.ts'

/** Downloads at once, of one build. */
const parallelDownloads = 4
/** Items at once: some of them are made durable, checked or unpacked while others are downloaded. */
export const parallelItems = 2 * parallelDownloads
const progressIntervalMs = 200

/** One build's downloads: connections are shared, bytes and rate added up, the build's limit kept over all of them. */
export class FetchSession implements Disposable {
  readonly #context: FetchContext
  readonly #timings: DownloadTimings
  readonly #client: HttpClient
  readonly #meter = new TransferMeter()
  readonly #gate = new Gate(parallelDownloads)
  /** Bytes of what is fetched in all; null when nobody said. */
  #total: number | null = null
  #activity = 'downloading'
  #toldAt = 0
  #diskFull = false
  #bytes = new Map<string, number>()

  constructor(context: FetchContext) {
    this.#context = context
    this.#timings = context.timings ?? defaultDownloadTimings
    this.#client = new HttpClient(context.allow, { idleMs: this.#timings.idleMs })
  }

  /** What is to come, in bytes; null where nobody said. Rejects with `disk-full` when it has no room. */
  async expect(sizes: readonly (number | null)[]): Promise<void> {
    const known = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
    this.#total = sizes.includes(null) ? null : known
    const { temporary } = this.#context
    await mkdir(temporary, { recursive: true, mode: 0o700 })
    if (sizes.length > 0) requireRoomFor(temporary, known, `${sizes.length} downloads are to come`)
  }

  /** For a person: what happens now. `fraction` where no bytes can tell. */
  tell(activity: string, fraction?: number): void {
    this.#activity = activity
    this.#report(Date.now(), fraction)
  }

  /** See `downloadFile`. Rejects with `build-too-large` when all of them together exceed the build's limit. */
  download(file: Omit<FileDownload, 'maxBytes'>, signal: AbortSignal): Promise<number> {
    const { temporary, maxBytes, onOutput } = this.#context
    let first = true
    return downloadFile(
      { ...file, maxBytes },
      {
        client: this.#client,
        temporary,
        timings: this.#timings,
        gate: this.#gate,
        onOutput,
        signal,
        onBytes: bytes => {
          const now = Date.now()
          this.#meter.set(file.identity, bytes, now, !first)
          first = false
          this.count(file.identity, bytes)
          if (now - this.#toldAt < progressIntervalMs) return
          this.#report(now)
          requireRoomFor(temporary, 0, `The download of ${file.name} goes on no further`)
        },
        keepsPart: error => this.#keepsPart(error),
      },
    )
  }

  /** A small file as bytes; neither continued nor counted. */
  async read(
    file: Pick<FileDownload, 'name' | 'url' | 'purpose' | 'maxBytes'>,
    signal: AbortSignal,
  ): Promise<Buffer> {
    const { temporary, onOutput } = this.#context
    const identity = randomBytes(9).toString('hex')
    const target = join(temporary, `small-${identity}`)
    try {
      await downloadFile(
        { ...file, identity, version: '', size: null, target },
        {
          client: this.#client,
          temporary,
          timings: this.#timings,
          gate: this.#gate,
          onOutput,
          signal,
          onBytes: () => undefined,
          keepsPart: () => false,
        },
      )
      return await readFile(target)
    } finally {
      await rm(target, { force: true })
    }
  }

  /** Counts bytes of the result that `key` stands for. Throws `build-too-large`. */
  count(key: string, bytes: number): void {
    this.#bytes.set(key, bytes)
    const sum = this.#bytes.values().reduce((total, part) => total + part, 0)
    if (sum > this.#context.maxBytes)
      throw new HostError('build-too-large', `The result has more than ${this.#context.maxBytes} bytes.`, {
        remedy: 'Take something out, or have the limit raised.',
      })
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]()
  }

  /**
   * On a full disk nothing is kept, neither of the others: servers need the room more than the next attempt needs a part.
   */
  #keepsPart(error: unknown): boolean {
    this.#diskFull ||= isDiskFull(error) || (error instanceof HostError && error.code === 'disk-full')
    return !this.#diskFull
  }

  #report(now: number, fraction?: number): void {
    this.#toldAt = now
    const transfer = this.#meter.transfer(this.#total, now)
    const byBytes = this.#total ? Math.min(1, transfer.bytes / this.#total) : 0
    this.#context.onProgress({ fraction: fraction ?? byBytes, activity: this.#activity, transfer })
  }
}
