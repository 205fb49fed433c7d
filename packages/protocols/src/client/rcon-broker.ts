import { checkConsoleCommand } from '../console/command.ts'
import { ProtocolError } from '../protocol-error.ts'
import { stripLogEcho } from '../rcon/log-echo.ts'
import { type CallOptions, Deadline } from './deadline.ts'
import { RconClient } from './rcon-client.ts'
import { checkTarget, type Target } from './target.ts'

export interface RconServer extends Target {
  readonly password: string
}

export interface RconBrokerOptions {
  /** Milliseconds for connecting, and for a command unless it says otherwise. 5000. */
  readonly timeoutMs?: number
  /** Milliseconds without a command after which a session is closed. Ten minutes. */
  readonly idleMs?: number
}

/** Commands of one server that may wait. */
const maxWaiting = 256
/** A session in which this many commands in a row timed out is given up: the server may be gone without a word. */
const maxTimeouts = 2
/** A server that hangs up before authentication has perhaps banned us: it is left alone, longer each time. */
const firstHoldMs = 10_000
const maxHoldMs = 300_000

interface Session {
  readonly server: RconServer
  readonly client: RconClient
  /** Settles when the last command that was asked for is done. Never rejects. */
  tail: Promise<void>
  waiting: number
  timeouts: number
  hold: { readonly until: number; readonly lengthMs: number; readonly error: ProtocolError } | null
  idle: NodeJS.Timeout | undefined
}

/**
 * One authenticated RCON session for each server, shared by everybody who asks it something, and kept open. It connects
 * when it is needed, and again after the connection was lost, as it is at some map changes.
 *
 * A command is sent at most once, whatever happens. A refused password is not tried again until another one is given or
 * `forget` is called: whoever keeps trying is banned.
 */
export class RconBroker implements AsyncDisposable {
  readonly #timeoutMs: number
  readonly #idleMs: number
  readonly #sessions = new Map<string, Session>()

  constructor(options: RconBrokerOptions = {}) {
    this.#timeoutMs = options.timeoutMs ?? 5000
    this.#idleMs = options.idleMs ?? 600_000
  }

  /**
   * The answer to a command, without the server's own log echo of it. The deadline counts from the call and includes
   * waiting and connecting. Rejects with every code of RconClient: `refused`, `refused-before-auth` (perhaps banned),
   * `wrong-password`, `timeout`, `closed` (also in the middle of the answer), `too-large`, `malformed`, `aborted`,
   * `bad-input`.
   */
  async execute(server: RconServer, command: string, options: CallOptions = {}): Promise<string> {
    checkTarget(server)
    checkConsoleCommand(command)
    const session = this.#session(server)
    if (session.waiting >= maxWaiting) {
      throw new ProtocolError(
        'too-large',
        `${maxWaiting} commands wait for ${server.host}:${server.port} already.`,
      )
    }
    const deadline = new Deadline<string>({
      timeoutMs: options.timeoutMs ?? this.#timeoutMs,
      signal: options.signal,
      timedOut: () =>
        new ProtocolError('timeout', 'The server did not answer the command in time.', {
          remedy: 'It may be changing the map, or hang. The command may have been executed all the same.',
        }),
    })
    session.waiting += 1
    clearTimeout(session.idle)
    session.tail = session.tail.then(() => this.#turn(session, command, deadline, options.signal))
    return deadline.promise
  }

  /**
   * Closes the session of a server and forgets a refusal. For a server that was started anew: its password may have come
   * into force since. Idempotent.
   */
  async forget(target: Target): Promise<void> {
    const key = keyOf(target)
    const session = this.#sessions.get(key)
    this.#sessions.delete(key)
    if (session === undefined) return
    clearTimeout(session.idle)
    await session.client.close()
  }

  /** Rejects what is pending with `closed`. Idempotent. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map(session => this.forget(session.server)))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #session(server: RconServer): Session {
    const key = keyOf(server)
    const known = this.#sessions.get(key)
    if (known?.server.password === server.password) return known
    void this.forget(server)
    const session: Session = {
      server,
      client: new RconClient({ ...server, timeoutMs: this.#timeoutMs }),
      tail: Promise.resolve(),
      waiting: 0,
      timeouts: 0,
      hold: null,
      idle: undefined,
    }
    this.#sessions.set(key, session)
    return session
  }

  async #turn(
    session: Session,
    command: string,
    deadline: Deadline<string>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    try {
      if (!deadline.settled) await this.#run(session, command, deadline, signal)
    } catch (error) {
      deadline.reject(error)
    }
    session.waiting -= 1
    if (session.waiting === 0 && this.#sessions.get(keyOf(session.server)) === session) {
      session.idle = setTimeout(() => void session.client.close(), this.#idleMs)
      session.idle.unref()
    }
  }

  async #run(
    session: Session,
    command: string,
    deadline: Deadline<string>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    if (this.#sessions.get(keyOf(session.server)) !== session) {
      throw new ProtocolError('closed', 'The RCON session was closed.')
    }
    await this.#connect(session, deadline)
    if (deadline.settled) return
    try {
      const options = { timeoutMs: deadline.remainingMs, ...(signal === undefined ? {} : { signal }) }
      const answer = await session.client.execute(command, options)
      session.timeouts = 0
      deadline.resolve(stripLogEcho(answer, command))
    } catch (error) {
      await this.#failed(session, error)
      throw error
    }
  }

  async #connect(session: Session, deadline: Deadline<string>): Promise<void> {
    if (session.client.connected) return
    if (session.hold !== null && performance.now() < session.hold.until) throw session.hold.error
    try {
      // Others wait for the same connection, so that it goes on when this command's own time is over.
      await Promise.race([session.client.connect(), deadline.promise])
      session.hold = null
      session.timeouts = 0
    } catch (error) {
      if (error instanceof ProtocolError && error.code === 'refused-before-auth') {
        const lengthMs = Math.min(maxHoldMs, (session.hold?.lengthMs ?? firstHoldMs / 2) * 2)
        session.hold = { until: performance.now() + lengthMs, lengthMs, error }
      }
      throw error
    }
  }

  async #failed(session: Session, error: unknown): Promise<void> {
    if (!(error instanceof ProtocolError) || error.code !== 'timeout') return
    session.timeouts += 1
    if (session.timeouts >= maxTimeouts) await session.client.close()
  }
}

function keyOf(target: Target): string {
  return `${target.host}:${target.port}`
}
