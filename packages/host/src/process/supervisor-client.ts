import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { InstanceStatus, LogLine } from '../host.ts'
import { HostError } from '../host-error.ts'
import { objectOf, textOf } from '../json-value.ts'
import { JsonLineReader, jsonLine } from './json-lines.ts'
import {
  messageLimit,
  parseFromSupervisor,
  protocolVersion,
  type Request,
  type RequestMethod,
  type Results,
} from './supervisor/protocol.ts'

interface Pending {
  readonly request: Request
  readonly resolve: (result: unknown) => void
  readonly reject: (error: Error) => void
}

export interface FollowListener {
  lines(lines: LogLine[]): void
  /** Lines were lost to this listener: the connection broke or it was too slow. */
  lost(): void
}

export interface SupervisorClientOptions {
  /** Opens a connection, starting the supervisor if need be. */
  readonly connect: (signal: AbortSignal) => Promise<Socket>
  /** As JSON: a supervisor with another one is replaced when the client opens. */
  readonly configuration: string
  readonly onStatus: (status: InstanceStatus) => void
  readonly onRemoved: (instanceId: number) => void
}

/**
 * The driver's end of the socket. While it is open it comes back by itself, starts the supervisor anew when that is
 * gone, and asks again what wasn't answered: every request may be repeated.
 */
export class SupervisorClient {
  readonly #options: SupervisorClientOptions
  readonly #pending = new Map<number, Pending>()
  readonly #follows = new Map<number, FollowListener>()
  #nextId = 1
  #socket: Socket | null = null
  #closing: AbortController | null = null
  #connecting: Promise<void> | null = null

  constructor(options: SupervisorClientOptions) {
    this.#options = options
  }

  async open(): Promise<void> {
    if (this.#closing) return
    const closing = new AbortController()
    this.#closing = closing
    try {
      await this.#connect(closing.signal)
      const hello = await this.request({ method: 'hello', protocol: protocolVersion })
      const { protocol, configuration } = parseHello(hello)
      if (protocol !== protocolVersion || configuration !== this.#options.configuration) {
        await this.request({ method: 'leave' }).catch(() => undefined)
        await this.#disconnected()
        await this.#connect(closing.signal)
      }
    } catch (error) {
      this.close()
      throw error
    }
  }

  close(): void {
    this.#closing?.abort()
    this.#closing = null
    this.#socket?.destroy()
    this.#socket = null
    for (const { reject } of this.#pending.values()) reject(notOpen())
    this.#pending.clear()
    for (const listener of this.#follows.values()) listener.lost()
    this.#follows.clear()
  }

  request<Method extends RequestMethod>(
    request: Extract<Request, { method: Method }>,
  ): Promise<Results[Method]> {
    if (!this.#closing) return Promise.reject(notOpen())
    const id = this.#nextId++
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    this.#pending.set(id, { request, resolve, reject })
    this.#socket?.write(jsonLine({ id, ...request }))
    return promise as Promise<Results[Method]>
  }

  /** Lines after the returned `lastSequence` go to `listener`, until `unfollow`. */
  async follow(
    instanceId: number,
    listener: FollowListener,
  ): Promise<{ follow: number; lastSequence: number }> {
    const follow = this.#nextId++
    this.#follows.set(follow, listener)
    try {
      const { lastSequence } = await this.request({ method: 'follow', instanceId, follow })
      return { follow, lastSequence }
    } catch (error) {
      this.#follows.delete(follow)
      throw error
    }
  }

  unfollow(follow: number): void {
    if (this.#follows.delete(follow)) this.request({ method: 'unfollow', follow }).catch(() => undefined)
  }

  /** Runs `action` while the instance can't start; with `held` false when it runs already. */
  async whileHeld<Result>(instanceId: number, action: (held: boolean) => Promise<Result>): Promise<Result> {
    const hold = this.#nextId++
    const { held } = await this.request({ method: 'hold', instanceId, hold })
    try {
      return await action(held)
    } finally {
      if (held) this.request({ method: 'release', hold }).catch(() => undefined)
    }
  }

  async #connect(signal: AbortSignal): Promise<void> {
    const socket = await this.#options.connect(signal)
    if (signal.aborted) {
      socket.destroy()
      throw notOpen()
    }
    const reader = new JsonLineReader(messageLimit)
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const value of reader.push(chunk)) this.#receive(value)
      } catch {
        socket.destroy()
      }
    })
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      if (this.#socket === socket) this.#lost(signal)
    })
    this.#socket = socket
    for (const [id, { request }] of this.#pending) socket.write(jsonLine({ id, ...request }))
  }

  #lost(signal: AbortSignal): void {
    this.#socket = null
    const follows = [...this.#follows.values()]
    this.#follows.clear()
    for (const listener of follows) listener.lost()
    // A follow belongs to its connection; everything else may be asked again.
    for (const [id, { request, reject }] of this.#pending) {
      if (request.method !== 'follow') continue
      this.#pending.delete(id)
      reject(new HostError('unavailable', 'The connection to the supervisor broke.'))
    }
    if (signal.aborted || this.#connecting) return
    this.#connecting = this.#reconnect(signal).finally(() => {
      this.#connecting = null
    })
  }

  async #reconnect(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Not at once: whatever ended the connection may end the next one too.
      await delay(50, undefined, { signal }).catch(() => undefined)
      try {
        await this.#connect(signal)
        return
      } catch (error) {
        if (signal.aborted) return
        const pending = [...this.#pending.values()]
        this.#pending.clear()
        for (const { reject } of pending) reject(error instanceof Error ? error : new Error(String(error)))
        await delay(1000, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  /** After `leave`: resolves when the old supervisor has closed the connection, without connecting anew. */
  async #disconnected(): Promise<void> {
    const socket = this.#socket
    this.#socket = null
    if (!socket || socket.closed) return
    await new Promise(resolve => socket.once('close', resolve))
  }

  #receive(value: unknown): void {
    const message = parseFromSupervisor(value)
    switch (message.kind) {
      case 'result':
        this.#take(message.id)?.resolve(message.result)
        return
      case 'error': {
        const { code, message: text, remedy } = message.error
        this.#take(message.id)?.reject(new HostError(code, text, remedy === null ? {} : { remedy }))
        return
      }
      case 'status':
        this.#options.onStatus(message.status)
        return
      case 'removed':
        this.#options.onRemoved(message.instanceId)
        return
      case 'log':
        this.#follows.get(message.follow)?.lines(message.lines)
        return
      case 'log-lost': {
        const listener = this.#follows.get(message.follow)
        this.#follows.delete(message.follow)
        listener?.lost()
        return
      }
    }
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id)
    this.#pending.delete(id)
    return pending
  }
}

function parseHello(value: unknown): { protocol: number; configuration: string } {
  const hello = objectOf(value, 'hello')
  return {
    protocol: Number(hello['protocol']),
    configuration: textOf(hello['configuration'], 'configuration', 100_000),
  }
}

function notOpen(): HostError {
  return new HostError('unavailable', "The host isn't open.", { remedy: 'Start left4me again.' })
}
