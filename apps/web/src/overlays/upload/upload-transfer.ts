import { limits, type OverlayUpload } from '@left4me/contract'
import { isProblem } from '../../api/problem-error.ts'
import type { UploadApi } from './upload-api.ts'

type UploadPhase = 'waiting' | 'sending' | 'paused' | 'retrying' | 'failed' | 'taking'

/** An upload as it is shown. */
export interface UploadView {
  readonly key: number
  readonly overlayId: number
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Bytes that are there or on the wire. */
  readonly sent: number
  /** Bytes a second over the last seconds; null while that can't be said. */
  readonly rate: number | null
  readonly phase: UploadPhase
  /** Why it stopped, or waits to try again. */
  readonly error: Error | null
  /** The job that takes it into the draft. */
  readonly jobId: number | null
}

export interface UploadTransferDependencies {
  readonly api: UploadApi
  readonly key: number
  readonly overlayId: number
  readonly file: File
  /** Where a single file goes; null: its content says. */
  readonly path: string | null
  /** Uploads that other transfers are sending: not to be continued here. */
  readonly isTaken: (uploadId: number) => boolean
  /** Whether an unfinished upload was begun with another content under the same name and size. */
  readonly fingerprints: Fingerprints
  readonly onChange: () => void
  /** Resolves after that many milliseconds, or when the network comes back; rejects when it is given up. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>
  readonly now: () => number
}

/** What is remembered in this browser of the files that uploads were begun with. */
export interface Fingerprints {
  get(uploadId: number): string | null
  set(uploadId: number, fingerprint: string): void
  delete(uploadId: number): void
}

/** Bytes of a part: small enough that a broken connection costs seconds, large enough that its overhead doesn't show. */
export const partSize = Math.min(4 * 1024 * 1024, limits.uploadPart)
/** Waits before trying again, milliseconds; the last one is for all that follow. */
const backOff = [1000, 2000, 4000, 8000, 15_000, 30_000]
/** The rate is of this time, milliseconds. */
const rateWindow = 4000

/** Sends one file in parts, goes on where left4me has got to, and has it taken into the draft. */
export class UploadTransfer {
  readonly #needs: UploadTransferDependencies
  #control: AbortController | null = null
  #upload: OverlayUpload | null = null
  #samples: { at: number; sent: number }[] = []
  #view: UploadView
  /** Whether left4me said by itself how far the upload is since the last failure. */
  #known = false

  constructor(needs: UploadTransferDependencies) {
    this.#needs = needs
    const { key, overlayId, file } = needs
    this.#view = {
      key,
      overlayId,
      name: file.name,
      size: file.size,
      sent: 0,
      rate: null,
      phase: 'waiting',
      error: null,
      jobId: null,
    }
  }

  get view(): UploadView {
    return this.#view
  }

  get uploadId(): number | null {
    return this.#upload?.id ?? null
  }

  /** Sends until it is there, paused or failed; never rejects. Called again, it goes on. */
  async run(): Promise<void> {
    if (this.#control || this.#view.phase === 'taking') return
    const control = new AbortController()
    this.#control = control
    try {
      await this.#send(control.signal)
    } catch (error) {
      if (!control.signal.aborted) this.#show({ phase: 'failed', rate: null, error: asError(error) })
    } finally {
      if (this.#control === control) this.#control = null
    }
  }

  pause(): void {
    this.#stop()
    this.#show({ phase: 'paused', rate: null, error: null })
  }

  /** Gives up, and has left4me forget what is there. */
  async cancel(): Promise<void> {
    this.#stop()
    const id = this.uploadId
    if (id === null) return
    this.#needs.fingerprints.delete(id)
    await this.#needs.api.remove(this.#needs.overlayId, id)
  }

  #stop(): void {
    this.#control?.abort(new DOMException('stopped', 'AbortError'))
    this.#control = null
    this.#known = false
  }

  async #send(signal: AbortSignal): Promise<void> {
    const { file } = this.#needs
    for (let failures = 0; ; ) {
      try {
        this.#show({ phase: 'sending', error: null })
        const upload = this.#known && this.#upload ? this.#upload : await this.#find(signal)
        this.#upload = upload
        this.#known = true
        if (upload.received >= file.size) return await this.#take(signal)
        await this.#sendPart(upload, signal)
        failures = 0
      } catch (error) {
        signal.throwIfAborted()
        this.#known = false
        if (isProblem(error, 'upload-offset', 'not-found') && failures < 3) {
          // Another tab sent some of it, or left4me forgot it: ask how far it is.
          failures += 1
          if (isProblem(error, 'not-found')) this.#upload = null
          continue
        }
        if (!mayPass(error)) throw error
        this.#show({ phase: 'retrying', rate: null, error: asError(error) })
        this.#samples = []
        await this.#needs.wait(backOff[Math.min(failures, backOff.length - 1)] ?? 1000, signal)
        failures += 1
      }
    }
  }

  /** The unfinished upload of this file, or a new one. */
  async #find(signal: AbortSignal): Promise<OverlayUpload> {
    const { api, overlayId, file, fingerprints, isTaken } = this.#needs
    const fingerprint = `${file.size}-${file.lastModified}`
    const known = await api.list(overlayId, signal)
    const own = this.#upload && known.find(({ id }) => id === this.#upload?.id)
    if (own) return own
    const begun = known.find(
      ({ id, name, size }) =>
        name === file.name &&
        size === file.size &&
        !isTaken(id) &&
        // Begun in another browser, nobody knows better than name and size.
        (fingerprints.get(id) ?? fingerprint) === fingerprint,
    )
    if (begun) return begun
    const made = await api.create(overlayId, { name: file.name, size: file.size }, signal)
    fingerprints.set(made.id, fingerprint)
    return made
  }

  async #sendPart(upload: OverlayUpload, signal: AbortSignal): Promise<void> {
    const { api, overlayId, file } = this.#needs
    const part = file.slice(upload.received, upload.received + partSize)
    // A file that was changed meanwhile can't be read any more; sending it would look like a broken connection.
    await part
      .slice(0, 1)
      .arrayBuffer()
      .catch((cause: unknown) => {
        throw new FileChanged(cause)
      })
    this.#count(upload.received)
    this.#upload = await api.sendPart(overlayId, upload, part, {
      signal,
      onSent: bytes => this.#count(upload.received + bytes),
    })
    this.#count(this.#upload.received)
  }

  async #take(signal: AbortSignal): Promise<void> {
    const { api, overlayId, path, fingerprints } = this.#needs
    const upload = this.#upload
    if (!upload) return
    const job = await api.take(overlayId, upload.id, path, signal)
    fingerprints.delete(upload.id)
    this.#show({ phase: 'taking', sent: upload.size, rate: null, error: null, jobId: job.id })
  }

  #count(sent: number): void {
    const at = this.#needs.now()
    this.#samples.push({ at, sent })
    while (this.#samples.length > 2 && at - (this.#samples[0]?.at ?? at) > rateWindow) this.#samples.shift()
    const first = this.#samples[0]
    const seconds = first ? (at - first.at) / 1000 : 0
    this.#show({ sent, rate: first && seconds > 0.5 ? (sent - first.sent) / seconds : this.#view.rate })
  }

  #show(change: Partial<UploadView>): void {
    this.#view = { ...this.#view, ...change }
    this.#needs.onChange()
  }
}

/** The file on the disk isn't the one that was chosen any more. */
export class FileChanged extends Error {
  constructor(cause: unknown) {
    super('the file was changed', { cause })
    this.name = 'FileChanged'
  }
}

/** Whether trying again later can help. */
function mayPass(error: unknown): boolean {
  if (!isProblem(error)) return false
  return (
    ['unreachable', 'unreadable', 'not-ready', 'host-unavailable', 'too-many-requests'].includes(
      error.code,
    ) && error.status !== 413
  )
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
