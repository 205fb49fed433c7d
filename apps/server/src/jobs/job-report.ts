import { limits } from '@left4me/contract'
import type { FastifyBaseLogger } from 'fastify'
import type { JobTransfer } from './job-definition.ts'
import type { JobRow, JobRows } from './job-rows.ts'

/** Milliseconds between two writes of the same job's progress and log. */
const writeInterval = 250
/** Newest lines of one job's log that are kept. */
const logCap = 5000
/** Lines that wait for one write at most; a flood beyond loses its oldest, and says so. */
const pendingCap = 5000

/**
 * What a running job says about itself, on its way into the database: gathered, and written at most four times a
 * second, in order.
 */
export class JobReport {
  readonly #jobId: number
  readonly #rows: JobRows
  readonly #log: FastifyBaseLogger
  readonly #onProgress: (row: JobRow) => void
  #sequence: number
  #progress: { fraction: number; activity: string; transfer: JobTransfer | null } | null = null
  #result: string | null = null
  #lines: { sequence: number; at: number; text: string }[] = []
  #timer: NodeJS.Timeout | null = null
  #writing: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: {
    jobId: number
    rows: JobRows
    log: FastifyBaseLogger
    /** Sequence of the last line that is in the log already. */
    lastSequence: number
    onProgress: (row: JobRow) => void
  }) {
    this.#jobId = options.jobId
    this.#rows = options.rows
    this.#log = options.log
    this.#sequence = options.lastSequence
    this.#onProgress = options.onProgress
  }

  progress(fraction: number, activity: string, transfer: JobTransfer | null = null): void {
    if (this.#closed) return
    const sound = Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0
    this.#progress = { fraction: sound, activity: activity.slice(0, 200), transfer }
    this.#schedule()
  }

  /** Written together with the end of the job, by whoever ends it. */
  setResult(sentence: string): void {
    this.#result = sentence.slice(0, 500)
  }

  get result(): string | null {
    return this.#result
  }

  log(text: string): void {
    if (this.#closed) return
    for (const line of text.split(/\r\n|[\n\r]/)) {
      this.#sequence += 1
      this.#lines.push({ sequence: this.#sequence, at: Date.now(), text: kept(line) })
    }
    if (this.#lines.length > pendingCap) this.#lines.splice(0, this.#lines.length - pendingCap)
    this.#schedule()
  }

  /** Writes what is left; nothing is taken any more. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
    await this.#write()
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null
      void this.#write()
    }, writeInterval)
  }

  #write(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      const lines = this.#lines
      const progress = this.#progress
      this.#lines = []
      this.#progress = null
      try {
        if (lines.length > 0) await this.#rows.appendLog(this.#jobId, lines, logCap)
        if (progress === null) return
        const row = await this.#rows.setProgress(this.#jobId, progress)
        if (row) this.#onProgress(row)
      } catch (error) {
        // The work itself goes on: a report that can't be written (full disk) is no reason to break it off.
        this.#log.warn({ err: error, jobId: this.#jobId }, 'the report of a job could not be written')
      }
    })
    return this.#writing
  }
}

/** Control characters would reach a terminal by `left4me jobs`; lines have a limit. */
function kept(line: string): string {
  const visible = line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '�')
  return visible.length > limits.logLineLength ? `${visible.slice(0, limits.logLineLength - 1)}…` : visible
}
