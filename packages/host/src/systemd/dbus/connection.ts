import { createConnection, type Socket } from 'node:net'
import { HostError } from '../../host-error.ts'
import { encodeMessage, type Message, MessageReader } from './message.ts'
import type { Value } from './value.ts'

/** Where every Debian has its system bus; dbus-daemon(1). */
export const systemBusPath = '/run/dbus/system_bus_socket'

export interface Call {
  readonly destination: string
  readonly path: string
  readonly interface: string
  readonly member: string
  /** Of `values`; none: no values. */
  readonly signature?: string
  readonly values?: readonly Value[]
}

export type Reply =
  | { readonly kind: 'return'; readonly message: Message }
  /** The other side's refusal, for example `org.freedesktop.systemd1.NoSuchUnit`. */
  | { readonly kind: 'error'; readonly name: string; readonly message: string }

export interface ConnectionOptions {
  readonly socket: string
  /** Milliseconds that connecting, and each call, may take. */
  readonly patience: number
  readonly onSignal: (message: Message) => void
  /** Once, when it is of no use any more, but not after `close`. Calls that wait have been rejected then. */
  readonly onLost: (reason: HostError) => void
}

const lineLimit = 16 * 1024

/**
 * One connection to a bus, as the user that we run as (SASL EXTERNAL: the daemon asks the kernel who that is). A timer
 * runs only while a call waits: while nothing happens it costs nothing. D-Bus specification, “Authentication Protocol”.
 */
export class Connection {
  readonly #socket: Socket
  readonly #options: ConnectionOptions
  readonly #reader = new MessageReader()
  readonly #waiting = new Map<number, { take: (reply: Reply) => void; reject: (error: HostError) => void }>()
  #serial = 0
  #ended = false

  private constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
  }

  /** Connects, says who we are, and says Hello. Rejects with `unavailable`. */
  static async open(options: ConnectionOptions, signal: AbortSignal): Promise<Connection> {
    const socket = createConnection(options.socket)
    try {
      const rest = await authenticate(
        socket,
        AbortSignal.any([signal, AbortSignal.timeout(options.patience)]),
      )
      const connection = new Connection(socket, options)
      connection.#listen(rest)
      await connection.callOrThrow({ ...bus, member: 'Hello' }, nothing)
      return connection
    } catch (cause) {
      socket.destroy()
      if (cause instanceof HostError) throw cause
      throw unavailable(`The system bus at ${options.socket} can't be used (${wordsOf(cause)}).`, cause)
    }
  }

  /**
   * `read` runs the moment the reply comes, in order with the signals before and after it, and its result is what is
   * resolved to. Rejects with `unavailable` when the connection is lost or nobody answers in time, and with what `read`
   * throws.
   */
  call<Result>(call: Call, read: (reply: Reply) => Result): Promise<Result> {
    if (this.#ended) return Promise.reject(unavailable('The connection to the system bus is gone.'))
    const { values = [], ...header } = call
    const serial = ++this.#serial
    const message = encodeMessage({ type: 'call', serial, ...header }, values)
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    const timer = setTimeout(
      () => reject(unavailable(`${call.destination} did not answer to ${call.member}.`)),
      this.#options.patience,
    )
    const take = (reply: Reply) => {
      try {
        resolve(read(reply))
      } catch (error) {
        reject(error)
      }
    }
    this.#waiting.set(serial, { take, reject })
    this.#socket.write(message)
    return promise.finally(() => {
      clearTimeout(timer)
      this.#waiting.delete(serial)
    })
  }

  /** The same for calls that nobody has a reason to refuse: an error reply rejects with `unavailable` too. */
  callOrThrow<Result>(call: Call, read: (message: Message) => Result): Promise<Result> {
    return this.call(call, reply => {
      if (reply.kind === 'return') return read(reply.message)
      throw unavailable(`${call.destination} refused ${call.member}: ${reply.message} (${reply.name})`)
    })
  }

  /** Asks the bus to send us signals that match: D-Bus specification, “Match Rules”. */
  async addMatch(rule: string): Promise<void> {
    await this.callOrThrow({ ...bus, member: 'AddMatch', signature: 's', values: [rule] }, nothing)
  }

  close(): void {
    this.#end(unavailable('The connection to the system bus was closed.'))
  }

  #listen(rest: Buffer): void {
    const socket = this.#socket
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', cause =>
      this.#lose(`The connection to the system bus broke (${wordsOf(cause)}).`, cause),
    )
    socket.on('close', () => this.#lose('The system bus closed the connection.'))
    this.#receive(rest)
    socket.resume()
  }

  #receive(chunk: Buffer): void {
    try {
      for (const message of this.#reader.push(chunk)) {
        if (this.#ended) return
        this.#take(message)
      }
    } catch (cause) {
      this.#lose(`The system bus sent what can't be read (${wordsOf(cause)}).`, cause)
    }
  }

  #take(message: Message): void {
    const { type, replySerial = 0 } = message.header
    if (type === 'signal') this.#options.onSignal(message)
    else if (type === 'return') this.#waiting.get(replySerial)?.take({ kind: 'return', message })
    else if (type === 'error') {
      const { errorName = '', signature = '' } = message.header
      const [words] = signature.startsWith('s') ? message.values(signature) : []
      this.#waiting
        .get(replySerial)
        ?.take({ kind: 'error', name: errorName, message: typeof words === 'string' ? words : '' })
    }
    // Nobody has a reason to call us.
  }

  #lose(what: string, cause?: unknown): void {
    if (this.#ended) return
    const reason = unavailable(what, cause)
    this.#end(reason)
    this.#options.onLost(reason)
  }

  #end(reason: HostError): void {
    if (this.#ended) return
    this.#ended = true
    this.#socket.destroy()
    for (const { reject } of this.#waiting.values()) reject(reason)
  }
}

const nothing = () => undefined

const bus = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
} as const

/** Resolves to what came behind the dialogue. */
async function authenticate(socket: Socket, signal: AbortSignal): Promise<Buffer> {
  const user = Buffer.from(String(process.getuid?.() ?? 0)).toString('hex')
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>()
  let received = Buffer.alloc(0)
  const onData = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    const end = received.indexOf('\r\n')
    if (end < 0) {
      if (received.length > lineLimit) reject(new RangeError('it sends no line'))
      return
    }
    const line = received.toString('latin1', 0, end)
    if (!line.startsWith('OK ')) {
      reject(new Error(`it said: ${line.slice(0, 200)}`))
      return
    }
    socket.pause()
    socket.write('BEGIN\r\n')
    resolve(received.subarray(end + 2))
  }
  const onClose = () => reject(new Error('it closed the connection'))
  const onAbort = () => reject(new Error('it took too long'))
  socket.on('data', onData)
  socket.once('error', reject)
  socket.once('close', onClose)
  socket.once('connect', () => socket.write(`\0AUTH EXTERNAL ${user}\r\n`))
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    return await promise
  } finally {
    socket.off('data', onData)
    socket.off('error', reject)
    socket.off('close', onClose)
    signal.removeEventListener('abort', onAbort)
  }
}

function unavailable(what: string, cause?: unknown): HostError {
  return new HostError('unavailable', what, {
    remedy: 'See whether dbus.service and systemd are well: “systemctl status dbus”.',
    ...(cause === undefined ? {} : { cause }),
  })
}

function wordsOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return (cause as NodeJS.ErrnoException).code ?? cause.message
}
