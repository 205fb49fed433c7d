import type { IncomingMessage } from 'node:http'

/** Bytes that may wait here before the connection is made to wait. */
const queueBytes = 256 * 1024

/** Eight KiB of garbage. */
const youngNumbers = 1024

/**
 * Each piece comes in a buffer outside of V8's heap, which isn't freed before a collection. Those of young objects are
 * cheap and would do, but they come by what is allocated inside the heap, and a piece has next to nothing there: so full
 * ones come, every few dozen megabytes. Some garbage for each piece turns that round. Measured with 500 MB, collecting
 * as the web application does: 1.15 s of processor time instead of 1.8, 120 MB resident instead of 145, and faster by half.
 */
function hastenYoungCollection(): void {
  new Array<number>(youngNumbers).fill(0)
}

/**
 * The body of an answer, piece by piece. A stream that breaks throws away what it had received and nobody had read yet;
 * this one hands it out before it throws, so that a download can go on behind it.
 */
export class BodyReader {
  readonly #body: IncomingMessage
  #queue: Buffer[] = []
  #queued = 0
  #ended: { readonly error: Error | null } | null = null
  #wake: (() => void) | null = null

  /** Reads from now on. `onPiece` is called as soon as something has come. */
  constructor(body: IncomingMessage, onPiece: () => void) {
    this.#body = body
    body.on('data', (chunk: Buffer) => {
      onPiece()
      hastenYoungCollection()
      this.#queue.push(chunk)
      this.#queued += chunk.length
      if (this.#queued > queueBytes) body.pause()
      this.#wake?.()
    })
    body.once('end', () => this.#end(null))
    body.once('error', error => this.#end(error))
    body.once('close', () => this.#end(new Error('the connection was closed')))
  }

  /** Once: what has come since the last time. Throws what broke the connection, after everything that came before. */
  async *pieces(): AsyncGenerator<readonly Buffer[], void> {
    for (;;) {
      if (this.#queue.length > 0) {
        const pieces = this.#queue
        this.#queue = []
        this.#queued = 0
        if (this.#body.isPaused()) this.#body.resume()
        yield pieces
      } else if (this.#ended) {
        if (this.#ended.error) throw this.#ended.error
        return
      } else {
        const { promise, resolve } = Promise.withResolvers<void>()
        this.#wake = resolve
        await promise
        this.#wake = null
      }
    }
  }

  #end(error: Error | null): void {
    this.#ended ??= { error }
    this.#wake?.()
  }
}
