import { type IncomingMessage, request } from 'node:http'

export interface ReadEvent {
  readonly id: string | null
  readonly name: string
  readonly data: unknown
}

/** A client of server-sent events as the standard describes it, which a test reads from. */
export class EventReader implements Disposable {
  readonly response: IncomingMessage
  readonly events: ReadEvent[] = []
  /** What a browser would send as Last-Event-ID. */
  lastEventId: string | null = null
  /** How often something arrived. */
  chunks = 0
  readonly ended: Promise<void>
  #buffer = ''
  #wake: () => void = () => {}
  #taken = 0

  private constructor(response: IncomingMessage) {
    this.response = response
    response.setEncoding('utf8')
    response.on('data', (text: string) => this.#receive(text))
    this.ended = new Promise(resolve => {
      response.on('close', resolve)
      response.on('error', () => resolve())
    })
    void this.ended.then(() => this.#wake())
  }

  static open(url: string, headers: Record<string, string>): Promise<EventReader> {
    return new Promise((resolve, reject) => {
      const sent = request(url, { headers: { accept: 'text/event-stream', ...headers } }, response =>
        resolve(new EventReader(response)),
      )
      sent.on('error', reject)
      sent.end()
    })
  }

  /** The next event; rejects when the stream ends before. */
  async next(): Promise<ReadEvent> {
    for (;;) {
      const event = this.events[this.#taken]
      if (event) {
        this.#taken += 1
        return event
      }
      if (this.response.closed) throw new Error('The stream has ended')
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }

  async take(count: number): Promise<ReadEvent[]> {
    const events: ReadEvent[] = []
    while (events.length < count) events.push(await this.next())
    return events
  }

  [Symbol.dispose](): void {
    this.response.destroy()
  }

  #receive(text: string): void {
    this.chunks += 1
    this.#buffer += text
    for (;;) {
      const end = this.#buffer.indexOf('\n\n')
      if (end === -1) break
      this.#dispatch(this.#buffer.slice(0, end))
      this.#buffer = this.#buffer.slice(end + 2)
    }
    this.#wake()
  }

  #dispatch(block: string): void {
    let id: string | null = null
    let name = 'message'
    const data: string[] = []
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':')
      const value = line.slice(colon + 1).replace(/^ /, '')
      if (line.startsWith('id:')) id = value
      if (line.startsWith('event:')) name = value
      if (line.startsWith('data:')) data.push(value)
    }
    if (id !== null) this.lastEventId = id
    if (data.length > 0) this.events.push({ id, name, data: JSON.parse(data.join('\n')) as unknown })
  }
}
