import { ProtocolError } from '../protocol-error.ts'

export interface CallOptions {
  readonly signal?: AbortSignal
  /** Milliseconds from the call until it rejects with `timeout`. */
  readonly timeoutMs?: number
}

/** A promise that settles exactly once: by `resolve`, by `reject`, at its deadline, or when the signal fires. */
export class Deadline<T> {
  readonly promise: Promise<T>
  #resolve: (value: T) => void = () => {}
  #reject: (reason: unknown) => void = () => {}
  #timer: NodeJS.Timeout | undefined
  readonly #signal: AbortSignal | undefined
  readonly #onAbort: (() => void) | undefined
  readonly #end: number
  #settled = false
  #onSettled: (() => void) | undefined

  constructor(options: {
    readonly timeoutMs: number
    readonly signal: AbortSignal | undefined
    readonly timedOut: () => ProtocolError
  }) {
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
    this.#end = performance.now() + options.timeoutMs
    this.#signal = options.signal
    if (options.signal?.aborted) {
      this.reject(aborted(options.signal))
      return
    }
    if (options.signal !== undefined) {
      const signal = options.signal
      this.#onAbort = () => this.reject(aborted(signal))
      signal.addEventListener('abort', this.#onAbort, { once: true })
    }
    this.#timer = setTimeout(() => this.reject(options.timedOut()), options.timeoutMs)
  }

  get settled(): boolean {
    return this.#settled
  }

  /** Milliseconds until it times out. */
  get remainingMs(): number {
    return Math.max(0, this.#end - performance.now())
  }

  /** Calls back at the moment when it settles, before anybody who awaits it runs; at once when it has. */
  onSettled(callback: () => void): void {
    if (this.#settled) callback()
    else this.#onSettled = callback
  }

  resolve(value: T): void {
    if (this.#settle()) this.#resolve(value)
  }

  reject(reason: unknown): void {
    if (this.#settle()) this.#reject(reason)
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    clearTimeout(this.#timer)
    if (this.#onAbort !== undefined) this.#signal?.removeEventListener('abort', this.#onAbort)
    const onSettled = this.#onSettled
    this.#onSettled = undefined
    onSettled?.()
    return true
  }
}

function aborted(signal: AbortSignal): ProtocolError {
  return new ProtocolError('aborted', 'The call was aborted.', { cause: signal.reason })
}
