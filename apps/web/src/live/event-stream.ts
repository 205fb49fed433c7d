import type { EventData, EventName } from '@left4me/contract'

export type LiveState =
  /** Opened for the first time, nothing heard yet. */
  | 'connecting'
  | 'live'
  /** Interrupted; it is being tried again by itself. */
  | 'broken'
  /** Nobody looks: let go of until somebody does. */
  | 'paused'
  /** The server says that nobody is logged in, or that there is no such thing: trying again is pointless. */
  | 'refused'

/** What is used of the browser's EventSource. */
export interface Source extends EventTarget {
  readonly readyState: number
  close(): void
}

export interface EventStreamOptions {
  readonly url: string
  /** Called for each event, in order. */
  readonly onEvent: (event: StreamEvent) => void
  readonly onState: (state: LiveState) => void
  /** Each time the stream begins, the first time and after an interruption. */
  readonly onOpen: () => void
  /** Whether to try again after the stream was refused, which EventSource doesn't say the reason of. */
  readonly mayRetry: () => Promise<boolean>
  readonly open: (url: string) => Source
}

export type StreamEvent = { [Name in EventName]: { name: Name; data: EventData[Name] } }[EventName]

const names: readonly EventName[] = ['server', 'log', 'players', 'job', 'host', 'overlay']
/** EventSource.CLOSED, which doesn't exist outside a browser. */
const closed = 2

/** How long to wait before the n-th try (from 0) of a stream that was refused, milliseconds: 1 s, doubled, at most 30 s. */
export function retryDelay(attempt: number): number {
  return Math.min(30_000, 1000 * 2 ** Math.min(attempt, 10))
}

/**
 * One stream of server-sent events. Where the connection is lost, EventSource reconnects by itself and continues by
 * Last-Event-ID; where it gave up (an HTTP error, for example while the server restarts behind a proxy), it is opened
 * anew with growing delays. `stop` ends it for good.
 */
export class EventStream {
  readonly #options: EventStreamOptions
  #source: Source | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #attempt = 0
  #paused = false
  #stopped = false

  constructor(options: EventStreamOptions) {
    this.#options = options
  }

  start(): void {
    this.#connect('connecting')
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#source?.close()
    this.#source = null
  }

  /**
   * Closes the stream until `resume`. A browser keeps six connections to a server of HTTP/1.1: tabs that nobody looks
   * at must not hold them all.
   */
  pause(): void {
    if (this.#stopped || this.#paused) return
    clearTimeout(this.#timer)
    this.#source?.close()
    this.#source = null
    this.#paused = true
    this.#options.onState('paused')
  }

  resume(): void {
    if (!this.#paused || this.#stopped) return
    this.#paused = false
    this.#connect('broken')
  }

  /** Tries at once instead of after the delay; does nothing while the stream is open. */
  retryNow(): void {
    if (this.#stopped || this.#paused || (this.#source && this.#source.readyState !== closed)) return
    clearTimeout(this.#timer)
    this.#connect('broken')
  }

  #connect(state: LiveState): void {
    this.#options.onState(state)
    this.#source?.close()
    const source = this.#options.open(this.#options.url)
    this.#source = source
    source.addEventListener('open', () => {
      if (this.#source !== source) return
      this.#attempt = 0
      this.#options.onState('live')
      this.#options.onOpen()
    })
    source.addEventListener('error', () => {
      if (this.#source !== source) return
      if (source.readyState !== closed) this.#options.onState('broken')
      else void this.#retry()
    })
    for (const name of names) {
      source.addEventListener(name, event => {
        if (this.#source === source && 'data' in event) this.#receive(name, event.data)
      })
    }
  }

  #receive(name: EventName, text: unknown): void {
    let data: unknown
    try {
      data = JSON.parse(String(text))
    } catch {
      // A line that isn't whole: the next event of the same thing carries all of it again.
      return
    }
    if (typeof data === 'object' && data !== null) this.#options.onEvent({ name, data } as StreamEvent)
  }

  async #retry(): Promise<void> {
    this.#options.onState('broken')
    const may = await this.#options.mayRetry().catch(() => true)
    if (this.#stopped || this.#paused) return
    if (!may) {
      this.#options.onState('refused')
      return
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#connect('broken'), retryDelay(this.#attempt))
    this.#attempt += 1
  }
}
