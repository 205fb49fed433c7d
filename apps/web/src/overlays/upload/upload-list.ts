import { givenUp, uploadApi } from './upload-api.ts'
import { type Fingerprints, UploadTransfer, type UploadView } from './upload-transfer.ts'

/** Uploads of this tab. They go on while one looks at other pages, one after the other. */
class UploadList {
  #transfers: UploadTransfer[] = []
  #views: readonly UploadView[] = []
  #listeners = new Set<() => void>()
  #lastKey = 0

  /** For `useSyncExternalStore`. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  snapshot = (): readonly UploadView[] => this.#views

  add(overlayId: number, files: readonly { file: File; path: string | null }[]): void {
    for (const { file, path } of files) {
      this.#lastKey += 1
      this.#transfers.push(
        new UploadTransfer({
          api: uploadApi,
          key: this.#lastKey,
          overlayId,
          file,
          path,
          isTaken: id => this.#transfers.some(({ uploadId }) => uploadId === id),
          fingerprints,
          onChange: this.#changed,
          wait: waitOrOnline,
          now: () => performance.now(),
        }),
      )
    }
    this.#changed()
    this.#next()
  }

  pause(key: number): void {
    this.#find(key)?.pause()
    this.#next()
  }

  resume(key: number): void {
    void this.#find(key)
      ?.run()
      .then(() => this.#next())
  }

  /** Stops it and takes it from the list; rejects when left4me couldn't be told to forget it. */
  async cancel(key: number): Promise<void> {
    const transfer = this.#find(key)
    this.dismiss(key)
    if (transfer && transfer.view.phase !== 'taking') await transfer.cancel()
  }

  /** Takes one that has ended from the list. */
  dismiss(key: number): void {
    this.#transfers = this.#transfers.filter(({ view }) => view.key !== key)
    this.#changed()
    this.#next()
  }

  /** For the end of a session. */
  stopAll(): void {
    for (const transfer of this.#transfers) if (transfer.view.phase !== 'taking') transfer.pause()
    this.#transfers = []
    this.#changed()
  }

  #find(key: number): UploadTransfer | undefined {
    return this.#transfers.find(({ view }) => view.key === key)
  }

  /** Begins with the next that waits, unless one is being sent. */
  #next(): void {
    if (this.#transfers.some(({ view: { phase } }) => phase === 'sending' || phase === 'retrying')) return
    const waiting = this.#transfers.find(({ view }) => view.phase === 'waiting')
    if (waiting) void waiting.run().then(() => this.#next())
  }

  #changed = (): void => {
    this.#views = this.#transfers.map(({ view }) => view)
    for (const listener of this.#listeners) listener()
  }
}

export const uploads = new UploadList()

/** In this browser, so that a page that was loaded anew can tell the same file from another one of its name. */
const fingerprints: Fingerprints = {
  get: id => stored(storage => storage.getItem(keyOf(id))),
  set: (id, fingerprint) => stored(storage => storage.setItem(keyOf(id), fingerprint)),
  delete: id => stored(storage => storage.removeItem(keyOf(id))),
}
const keyOf = (id: number) => `left4me.upload.${id}`

function stored<Value>(act: (storage: Storage) => Value): Value | null {
  try {
    return act(localStorage)
  } catch {
    // Storage is forbidden: name and size have to do.
    return null
  }
}

function waitOrOnline(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => () => {
      clearTimeout(timer)
      removeEventListener('online', onOnline)
      signal.removeEventListener('abort', onAbort)
      settle()
    }
    const onOnline = end(resolve)
    const onAbort = end(() => reject(givenUp()))
    const timer = setTimeout(onOnline, ms)
    addEventListener('online', onOnline)
    signal.addEventListener('abort', onAbort)
  })
}

// Whoever leaves the page while something is sent is asked first.
globalThis.addEventListener?.('beforeunload', event => {
  if (uploads.snapshot().some(({ phase }) => phase === 'sending' || phase === 'retrying'))
    event.preventDefault()
})
