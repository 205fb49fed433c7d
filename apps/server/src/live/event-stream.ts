import type { ServerResponse } from 'node:http'
import type { LeftEvent } from '@left4me/contract'
import type { LogLine } from '@left4me/host'
import { formatEventId, type StreamPosition } from './stream-position.ts'

/** Bytes that may wait for a client. One that is slower is cut off; it comes back and continues where it was. */
const longestBacklog = 4 * 1024 * 1024

/**
 * One response of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). What is sent
 * within one turn of the event loop leaves in one write.
 */
export class EventStream {
  readonly #response: ServerResponse
  readonly #position: StreamPosition
  #pending = ''
  #closed = false

  constructor(response: ServerResponse, position: StreamPosition) {
    this.#response = response
    this.#position = position
  }

  get closed(): boolean {
    return this.#closed || this.#response.destroyed
  }

  open(headers: Record<string, number | string | string[] | undefined>): void {
    this.#response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // nginx would gather what is to arrive at once.
      'x-accel-buffering': 'no',
    })
    this.#response.flushHeaders()
    // Milliseconds until a browser connects again.
    this.#write('retry: 1000\n\n')
  }

  /**
   * Part of the present state that a stream begins with: without an id, so that a client that is cut off in the middle
   * of it begins anew.
   */
  sendPresent(event: LeftEvent): void {
    this.#write(`event: ${event.name}\ndata: ${textOf(event)}\n\n`)
  }

  /** `sequence` is the hub's. */
  send(event: LeftEvent, sequence: number): void {
    this.#position.sequence = sequence
    this.#write(`id: ${formatEventId(this.#position)}\nevent: ${event.name}\ndata: ${textOf(event)}\n\n`)
  }

  sendLog(serverId: number, lines: readonly LogLine[]): void {
    let text = ''
    for (const line of lines) {
      this.#position.log = line.sequence
      const time = new Date(line.time).toISOString()
      const data = JSON.stringify({ serverId, sequence: line.sequence, time, text: line.text })
      text += `id: ${formatEventId(this.#position)}\nevent: log\ndata: ${data}\n\n`
    }
    this.#write(text)
  }

  /** Tells the client how far it is without an event: after the present state, and as a sign of life. */
  sendPosition(sequence: number): void {
    this.#position.sequence = sequence
    this.#write(`id: ${formatEventId(this.#position)}\n\n`)
  }

  /** What is written still leaves. */
  end(): void {
    if (this.#closed) return
    this.#flush()
    this.#closed = true
    this.#response.end()
  }

  #write(text: string): void {
    if (this.closed) return
    if (this.#pending === '') queueMicrotask(() => this.#flush())
    this.#pending += text
  }

  #flush(): void {
    const text = this.#pending
    this.#pending = ''
    if (text === '' || this.closed) return
    this.#response.write(text)
    if (this.#response.writableLength > longestBacklog) {
      this.#closed = true
      this.#response.destroy()
    }
  }
}

const texts = new WeakMap<LeftEvent['data'], string>()

/** The same event goes to many clients. */
function textOf(event: LeftEvent): string {
  const known = texts.get(event.data)
  if (known !== undefined) return known
  const text = JSON.stringify(event.data)
  texts.set(event.data, text)
  return text
}
