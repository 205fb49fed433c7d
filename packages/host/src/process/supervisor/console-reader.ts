import { constants, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { LineSplitter, plainText } from '../log/line-splitter.ts'

/**
 * Reads a running server's console from its FIFO: by readiness, without a thread per server. The end of the stream
 * means that every process that could write to it is gone.
 */
export class ConsoleReader {
  readonly #socket: Socket
  readonly #splitter = new LineSplitter()
  readonly #marker: string
  readonly #onStarted: () => void
  readonly #onLines: (lines: string[]) => void
  /** Resolves at the end of the stream, after the last line was handed on. */
  readonly ended: Promise<void>

  /** `nonce`: the stage script announces by a line of it that it executes the program. */
  constructor(options: {
    readonly path: string
    readonly nonce: string
    readonly onStarted: () => void
    readonly onLines: (lines: string[]) => void
  }) {
    this.#marker = `\u001e${options.nonce}`
    this.#onStarted = options.onStarted
    this.#onLines = options.onLines
    // Non-blocking: opens at once although nobody writes yet.
    const fd = openSync(options.path, constants.O_RDONLY | constants.O_NONBLOCK)
    this.#socket = new Socket({ fd, readable: true, writable: false })
    this.ended = new Promise(resolve => {
      this.#socket.once('close', () => {
        const last = this.#splitter.finish()
        if (last !== null) this.#hand([last])
        resolve()
      })
    })
    this.#socket.on('error', () => this.#socket.destroy())
    this.#socket.on('data', (chunk: Buffer) => this.#hand(this.#splitter.push(chunk)))
  }

  /** Lets the server wait when its output can't be written away as fast as it comes. */
  pause(): void {
    this.#socket.pause()
  }

  resume(): void {
    this.#socket.resume()
  }

  /** For a stream whose end doesn't come. */
  close(): void {
    this.#socket.destroy()
  }

  #hand(lines: string[]): void {
    const kept = lines.filter(line => line !== this.#marker)
    if (kept.length < lines.length) this.#onStarted()
    if (kept.length > 0) this.#onLines(kept.map(plainText))
  }
}
