import type { Socket } from 'node:net'
import type { InstanceStatus, LogLine } from '../../host.ts'
import { HostError } from '../../host-error.ts'
import { JsonLineReader, jsonLine } from '../json-lines.ts'
import {
  type FromSupervisor,
  messageLimit,
  parseRequest,
  type RemoteError,
  type Request,
} from './protocol.ts'

/** Bytes that may wait for a slow reader before its log lines are dropped and it is told to read the files. */
const outputLimit = 4 * 1024 * 1024
/** Lines of one message. */
const batchSize = 500

export interface RequestHandler {
  handle(request: Request, connection: ClientConnection): Promise<unknown>
  closed(connection: ClientConnection): void
}

/** One client of the supervisor: requests in, answers and events out. */
export class ClientConnection {
  readonly #socket: Socket
  readonly #handler: RequestHandler
  readonly #reader = new JsonLineReader(messageLimit)
  /** Which follow (the client's number) reads which instance. */
  readonly #follows = new Map<number, number>()
  /** What ends with the connection, by the client's number. */
  readonly holds = new Map<number, () => void>()

  constructor(socket: Socket, handler: RequestHandler) {
    this.#socket = socket
    this.#handler = handler
    socket.on('data', (chunk: Buffer) => this.#read(chunk))
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      for (const release of this.holds.values()) release()
      handler.closed(this)
    })
  }

  get closed(): boolean {
    return this.#socket.destroyed
  }

  follow(follow: number, instanceId: number): void {
    this.#follows.set(follow, instanceId)
  }

  unfollow(follow: number): void {
    this.#follows.delete(follow)
  }

  sendStatus(status: InstanceStatus): void {
    this.#send({ kind: 'status', status })
  }

  sendRemoved(instanceId: number): void {
    this.#send({ kind: 'removed', instanceId })
  }

  sendLines(instanceId: number, lines: readonly LogLine[]): void {
    for (const [follow, followed] of this.#follows) {
      if (followed !== instanceId) continue
      if (this.#socket.writableLength > outputLimit) {
        this.#follows.delete(follow)
        this.#send({ kind: 'log-lost', follow })
        continue
      }
      for (let at = 0; at < lines.length; at += batchSize)
        this.#send({ kind: 'log', follow, lines: lines.slice(at, at + batchSize) })
    }
  }

  close(): void {
    this.#socket.end()
    this.#socket.destroySoon()
  }

  #read(chunk: Buffer): void {
    let values: unknown[]
    try {
      values = this.#reader.push(chunk)
    } catch {
      this.#socket.destroy()
      return
    }
    for (const value of values) void this.#answer(value)
  }

  async #answer(value: unknown): Promise<void> {
    let id = 0
    try {
      id = Number((value as { id?: unknown } | null)?.id) || 0
      const { request } = parseRequest(value)
      const result = await this.#handler.handle(request, this)
      this.#send({ kind: 'result', id, result: result ?? null })
    } catch (error) {
      this.#send({ kind: 'error', id, error: remoteError(error) })
    }
  }

  #send(message: FromSupervisor): void {
    if (!this.#socket.destroyed) this.#socket.write(jsonLine(message))
  }
}

function remoteError(error: unknown): RemoteError {
  if (error instanceof HostError) return { code: error.code, message: error.message, remedy: error.remedy }
  console.error(error)
  return { code: 'start-failed', message: String(error), remedy: null }
}
