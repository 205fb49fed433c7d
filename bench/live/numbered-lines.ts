import { readEvents } from '../../e2e/support/event-stream.ts'

export interface NumberedLine {
  readonly number: number
  /** ms since the epoch. */
  readonly printedAt: number
  readonly receivedAt: number
  readonly latency: number
}

/** The lines `PREFIX NUMBER TIME` of a server's log, as its event stream brings them. */
export class NumberedLines {
  readonly lines: NumberedLine[] = []
  /** Resolves when the stream has brought its first event: the present state. */
  readonly open: Promise<void>
  /** Resolves with the lines when the signal ends it; rejects when anything else does. */
  readonly ended: Promise<readonly NumberedLine[]>
  #lastAt = performance.now()

  private constructor(settings: ListenSettings) {
    const opened = Promise.withResolvers<void>()
    this.open = opened.promise
    this.ended = this.#read(settings, opened.resolve)
    this.ended.catch(opened.reject)
    opened.promise.catch(() => undefined)
  }

  static listen(settings: ListenSettings): NumberedLines {
    return new NumberedLines(settings)
  }

  /** Whether nothing has come for so long, ms. */
  quietFor(milliseconds: number): boolean {
    return performance.now() - this.#lastAt >= milliseconds
  }

  async #read({ url, cookie, prefix, signal }: ListenSettings, onOpen: () => void) {
    const pattern = new RegExp(`^${prefix} (\\d+) (\\d{13})$`)
    try {
      for await (const { name, data, receivedAt } of readEvents(url, { cookie }, signal)) {
        onOpen()
        if (name !== 'log') continue
        this.#lastAt = performance.now()
        const [, number, printed] = pattern.exec((data as { text: string }).text) ?? []
        if (number === undefined) continue
        const printedAt = Number(printed)
        this.lines.push({ number: Number(number), printedAt, receivedAt, latency: receivedAt - printedAt })
      }
    } catch (error) {
      if (!signal.aborted) throw error
    }
    return this.lines
  }
}

export interface ListenSettings {
  readonly url: string
  readonly cookie: string
  readonly prefix: string
  readonly signal: AbortSignal
}
