import { createConnection, type Socket } from 'node:net'
import { ProtocolError } from '../protocol-error.ts'
import { encodeRconFrame, type RconFrame, RconFrameReader, rconTypes } from '../rcon/frame.ts'
import { type CallOptions, Deadline } from './deadline.ts'
import { resolveHost, type Target } from './target.ts'

/** What an authenticated connection tells its owner. After `ended`, nothing more comes. */
export interface RconConnectionListener {
  frame(frame: RconFrame): void
  ended(error: ProtocolError): void
}

/** One TCP connection, authenticated once. It never connects again. */
export class RconConnection {
  readonly #socket: Socket
  readonly #target: Target
  readonly #listener: RconConnectionListener
  readonly #reader = new RconFrameReader()
  #authentication: { readonly id: number; readonly deadline: Deadline<void> } | null = null
  #received = false
  #ended = false
  #lastId = 0

  private constructor(socket: Socket, target: Target, listener: RconConnectionListener) {
    this.#socket = socket
    this.#target = target
    this.#listener = listener
  }

  /**
   * Connects and authenticates. Rejects with `refused` (nothing listens), `refused-before-auth` (closed without a byte),
   * `wrong-password`, `closed`, `timeout`, `aborted`, `malformed`, `too-large`; no socket is left then.
   */
  static async open(
    target: Target,
    password: string,
    listener: RconConnectionListener,
    options: CallOptions & { readonly timeoutMs: number },
  ): Promise<RconConnection> {
    let connection: RconConnection | null = null
    const deadline = new Deadline<void>({
      timeoutMs: options.timeoutMs,
      signal: options.signal,
      timedOut: () =>
        new ProtocolError('timeout', `RCON at ${target.host}:${target.port} didn't answer in time.`, {
          remedy: 'The server may be starting, changing the map or hanging; look at its log.',
        }),
    })
    try {
      const host = await Promise.race([resolveHost(target.host), deadline.promise])
      if (typeof host !== 'string') throw new ProtocolError('closed', 'The connection was given up.')
      const socket = createConnection({ host, port: target.port, noDelay: true })
      connection = new RconConnection(socket, target, listener)
      connection.#authenticate(password, deadline)
      await deadline.promise
      return connection
    } catch (error) {
      deadline.reject(error)
      connection?.destroy()
      throw error
    }
  }

  /** It can no longer be used: it was lost, refused or destroyed. */
  get ended(): boolean {
    return this.#ended
  }

  /** A new id, never used on this connection before. */
  nextId(): number {
    this.#lastId = this.#lastId >= 0x7fff_fffe ? 1 : this.#lastId + 1
    return this.#lastId
  }

  send(id: number, type: number, body: string): void {
    this.#socket.write(encodeRconFrame(id, type, body))
  }

  /** Closes without telling the listener. Idempotent. */
  destroy(): void {
    this.#ended = true
    this.#socket.destroy()
  }

  #authenticate(password: string, deadline: Deadline<void>): void {
    const id = this.nextId()
    this.#authentication = { id, deadline }
    const socket = this.#socket
    const request = encodeRconFrame(id, rconTypes.auth, password)
    socket.once('connect', () => socket.write(request))
    socket.on('data', chunk => this.#receive(chunk))
    socket.on('error', cause => this.#end(this.#lost(cause)))
    socket.on('close', () => this.#end(this.#lost(undefined)))
  }

  #receive(chunk: Uint8Array): void {
    this.#received = true
    try {
      for (const frame of this.#reader.push(chunk)) {
        if (this.#ended) return
        this.#dispatch(frame)
      }
    } catch (error) {
      this.#end(
        error instanceof ProtocolError
          ? error
          : new ProtocolError('malformed', 'RCON failed.', { cause: error }),
      )
    }
  }

  #dispatch(frame: RconFrame): void {
    const refused = frame.type === rconTypes.authResult && frame.id === -1
    const authentication = this.#authentication
    if (authentication === null) {
      if (!refused) this.#listener.frame(frame)
      else {
        this.#end(
          new ProtocolError('closed', 'The server ended the RCON session.', {
            remedy: 'Its rcon_password was probably changed.',
          }),
        )
      }
      return
    }
    // The empty value before the verdict is optional, so only the verdict counts.
    if (refused) this.#end(wrongPassword())
    else if (frame.type === rconTypes.authResult && frame.id === authentication.id) {
      this.#authentication = null
      authentication.deadline.resolve()
    }
  }

  #lost(cause: Error | undefined): ProtocolError {
    const where = `${this.#target.host}:${this.#target.port}`
    if (this.#socket.connecting || isConnectError(cause)) {
      return new ProtocolError('refused', `Nothing accepts RCON connections at ${where}.`, {
        remedy:
          'Check that the server runs. Without -ip, a Linux server listens for RCON only on the address of its host name (127.0.1.1 on Debian): start it with -ip 0.0.0.0.',
        cause,
      })
    }
    if (this.#authentication !== null && !this.#received) {
      return new ProtocolError(
        'refused-before-auth',
        `The server at ${where} closed the RCON connection before it looked at the password.`,
        {
          remedy:
            'Perhaps it has banned this address (sv_rcon_banpenalty): lift the ban with removeip in its console, then try again.',
          cause,
        },
      )
    }
    return new ProtocolError('closed', `The server at ${where} closed the RCON connection.`, { cause })
  }

  #end(error: ProtocolError): void {
    if (this.#ended) return
    this.destroy()
    if (this.#authentication === null) this.#listener.ended(error)
    else this.#authentication.deadline.reject(error)
  }
}

function isConnectError(error: Error | undefined): boolean {
  return error !== undefined && 'syscall' in error && error.syscall === 'connect'
}

function wrongPassword(): ProtocolError {
  return new ProtocolError('wrong-password', 'The server refused the RCON password.', {
    remedy: 'Set the right password. It is not tried again, since the server bans addresses that do.',
  })
}
