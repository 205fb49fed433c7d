import { checkConsoleCommand } from '../console/command.ts'
import { ProtocolError } from '../protocol-error.ts'
import { maxRconAnswerBytes, RconAnswer } from '../rcon/answer.ts'
import { type RconFrame, rconTypes } from '../rcon/frame.ts'
import { type CallOptions, Deadline } from './deadline.ts'
import { RconConnection } from './rcon-connection.ts'
import { checkTarget } from './target.ts'

export interface RconClientOptions {
  readonly host: string
  readonly port: number
  readonly password: string
  /** Milliseconds for connecting, and for each command. 5000 unless said otherwise. */
  readonly timeoutMs?: number
}

const defaultTimeoutMs = 5000
const maxWaitingCommands = 256
/** How long a server may pause inside an answer before its end has to be asked for in another way. */
const idleWithinAnswerMs = 300
/** The same, before anything came. */
const idleBeforeAnswerMs = 2000
/** Commands after which a server ends the connection instead of answering. */
const endingCommands = new Set(['quit', 'exit', '_restart'])

/** How a server shows that an answer is whole; found out with the first answer. */
type EndMarker = 'unknown' | 'probe' | 'sentinel' | 'none'

export interface RconCommandOptions extends CallOptions {
  /** Of the answer, at most and unless said otherwise `maxRconAnswerBytes`. */
  readonly maxBytes?: number
}

interface Exchange {
  readonly command: string
  readonly maxBytes: number
  readonly deadline: Deadline<string>
  answer: RconAnswer | null
  idle: NodeJS.Timeout | undefined
}

/**
 * One RCON session. Commands are sent one at a time, in the order of the calls.
 *
 * A command that timed out or was aborted may still be executed, and is never sent again. After a refused password the
 * object stays refused: every later `connect` rejects without touching the network, because a server bans addresses
 * that keep trying.
 */
export class RconClient implements AsyncDisposable {
  readonly #options: RconClientOptions
  readonly #timeoutMs: number
  #connection: RconConnection | null = null
  #connecting: { readonly promise: Promise<void>; readonly abort: AbortController } | null = null
  #refusal: ProtocolError | null = null
  #endMarker: EndMarker = 'unknown'
  readonly #waiting: Exchange[] = []
  #current: Exchange | null = null

  constructor(options: RconClientOptions) {
    this.#options = options
    this.#timeoutMs = options.timeoutMs ?? defaultTimeoutMs
  }

  get connected(): boolean {
    return this.#connection !== null
  }

  /**
   * Connects and authenticates; idempotent while connected, and works again after the connection was lost. Rejects with
   * `refused`, `refused-before-auth`, `wrong-password`, `closed`, `timeout`, `malformed` or `bad-input`.
   */
  connect(): Promise<void> {
    if (this.#refusal !== null) return Promise.reject(this.#refusal)
    if (this.#connection !== null) return Promise.resolve()
    if (this.#connecting === null) {
      const abort = new AbortController()
      const promise = this.#open(abort.signal).finally(() => {
        if (this.#connecting?.abort === abort) this.#connecting = null
      })
      this.#connecting = { promise, abort }
    }
    return this.#connecting.promise
  }

  /**
   * The server's answer to one command, as it came, with its line ends. Rejects with `closed` (not connected, or the
   * connection ended first), `timeout`, `aborted`, `too-large`, `malformed`, or `bad-input` for a command that can't be
   * sent whole. `quit`, `exit` and `_restart` resolve when the server closes the connection.
   */
  async execute(command: string, options: RconCommandOptions = {}): Promise<string> {
    checkConsoleCommand(command)
    if (this.#connection === null) throw new ProtocolError('closed', 'There is no RCON connection.')
    if (this.#waiting.length >= maxWaitingCommands) {
      throw new ProtocolError('too-large', `${maxWaitingCommands} commands wait already.`)
    }
    const exchange: Exchange = {
      command,
      maxBytes: options.maxBytes ?? maxRconAnswerBytes,
      answer: null,
      idle: undefined,
      deadline: new Deadline<string>({
        timeoutMs: options.timeoutMs ?? this.#timeoutMs,
        signal: options.signal,
        timedOut: () =>
          new ProtocolError('timeout', 'The server did not answer the command in time.', {
            remedy: 'It may be changing the map, or hang. The command may have been executed all the same.',
          }),
      }),
    }
    exchange.deadline.onSettled(() => this.#settled(exchange))
    if (!exchange.deadline.settled) {
      this.#waiting.push(exchange)
      this.#next()
    }
    return exchange.deadline.promise
  }

  /** Rejects what is pending with `closed`. Idempotent; `connect` works again afterwards. */
  async close(): Promise<void> {
    this.#connecting?.abort.abort()
    this.#connection?.destroy()
    this.#disconnected(new ProtocolError('closed', 'The RCON client was closed.'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #open(signal: AbortSignal): Promise<void> {
    checkTarget(this.#options)
    try {
      const connection = await RconConnection.open(
        this.#options,
        this.#options.password,
        {
          frame: frame => this.#receive(frame),
          ended: error => this.#disconnected(error),
        },
        { timeoutMs: this.#timeoutMs, signal },
      )
      if (signal.aborted) {
        connection.destroy()
        throw new ProtocolError('closed', 'The RCON client was closed.')
      }
      if (connection.ended) {
        throw new ProtocolError('closed', 'The server ended the RCON session as soon as it had begun.')
      }
      this.#connection = connection
      this.#endMarker = 'unknown'
    } catch (error) {
      if (error instanceof ProtocolError && error.code === 'wrong-password') this.#refusal = error
      if (error instanceof ProtocolError && error.code === 'aborted') {
        throw new ProtocolError('closed', 'The RCON client was closed.', { cause: error })
      }
      throw error
    }
  }

  #next(): void {
    const connection = this.#connection
    if (this.#current !== null || connection === null) return
    const exchange = this.#waiting.shift()
    if (exchange === undefined) return
    this.#current = exchange
    const command = connection.nextId()
    const asksProbe = this.#endMarker === 'unknown' || this.#endMarker === 'probe'
    const probe = asksProbe ? connection.nextId() : null
    exchange.answer = new RconAnswer({ command, probe, maxBytes: exchange.maxBytes })
    connection.send(command, rconTypes.command, exchange.command)
    if (probe !== null) connection.send(probe, rconTypes.value, '')
    if (this.#endMarker === 'sentinel') this.#sendSentinel(connection, exchange.answer)
    this.#watchIdle(exchange)
  }

  #sendSentinel(connection: RconConnection, answer: RconAnswer): void {
    const id = connection.nextId()
    answer.awaitSentinel(id)
    connection.send(id, rconTypes.command, `echo left4me-${id}`)
  }

  #receive(frame: RconFrame): void {
    const exchange = this.#current
    if (exchange === null || exchange.answer === null) return
    try {
      if (!exchange.answer.push(frame)) return
    } catch (error) {
      exchange.deadline.reject(error)
      this.#connection?.destroy()
      this.#disconnected(
        new ProtocolError('closed', 'The RCON connection was closed after an answer without end.'),
      )
      return
    }
    if (exchange.answer.endedBy === null) {
      this.#watchIdle(exchange)
      return
    }
    this.#endMarker = exchange.answer.endedBy
    exchange.deadline.resolve(exchange.answer.text())
  }

  /** Where a server is known to mark the end, only the deadline counts: a map change holds answers back for long. */
  #watchIdle(exchange: Exchange): void {
    clearTimeout(exchange.idle)
    if (this.#endMarker === 'probe' || this.#endMarker === 'sentinel') return
    const patience = exchange.answer?.started === true ? idleWithinAnswerMs : idleBeforeAnswerMs
    exchange.idle = setTimeout(() => this.#idle(exchange), patience)
  }

  #idle(exchange: Exchange): void {
    const { answer } = exchange
    const connection = this.#connection
    if (answer === null || connection === null) return
    if (this.#endMarker === 'none') {
      exchange.deadline.resolve(answer.text())
      return
    }
    // The probe wasn't mirrored: ask in the other way. If that isn't answered either, an answer that has begun is
    // taken as whole; one that hasn't goes on to its deadline, since then the server is more likely busy.
    this.#sendSentinel(connection, answer)
    exchange.idle = setTimeout(() => {
      if (!answer.started) return
      this.#endMarker = 'none'
      exchange.deadline.resolve(answer.text())
    }, idleBeforeAnswerMs / 2)
  }

  #settled(exchange: Exchange): void {
    clearTimeout(exchange.idle)
    if (this.#current === exchange) {
      this.#current = null
      this.#next()
      return
    }
    const index = this.#waiting.indexOf(exchange)
    if (index >= 0) this.#waiting.splice(index, 1)
  }

  #disconnected(error: ProtocolError): void {
    this.#connection = null
    const current = this.#current
    if (current?.answer && endingCommands.has(firstWord(current.command))) {
      current.deadline.resolve(current.answer.text())
    }
    current?.deadline.reject(error)
    for (const exchange of this.#waiting.splice(0)) exchange.deadline.reject(error)
  }
}

function firstWord(command: string): string {
  return (command.trim().split(/[\s;]/, 1)[0] ?? '').toLowerCase()
}
