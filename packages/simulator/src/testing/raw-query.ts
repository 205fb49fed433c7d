import { createSocket, type Socket } from 'node:dgram'

/** A UDP client that sends the bytes it is given and keeps what comes back. */
export class RawQuery implements AsyncDisposable {
  readonly #socket: Socket
  readonly #target: { host: string; port: number }
  readonly #received: Buffer[] = []
  #wake: () => void = () => {}

  private constructor(socket: Socket, target: { host: string; port: number }) {
    this.#socket = socket
    this.#target = target
    socket.on('message', message => {
      this.#received.push(message)
      this.#wake()
    })
  }

  static async open(target: { host: string; port: number }, from = '127.0.0.1'): Promise<RawQuery> {
    const socket = createSocket('udp4')
    await new Promise<void>(resolve => {
      socket.bind({ address: from, port: 0 }, resolve)
    })
    return new RawQuery(socket, target)
  }

  send(bytes: Uint8Array): void {
    this.#socket.send(bytes, this.#target.port, this.#target.host)
  }

  /** The next datagram; null when none came in `waitMs`. */
  async receive(waitMs = 60_000): Promise<Buffer | null> {
    const first = this.#received.shift()
    if (first !== undefined) return first
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, waitMs)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
    return this.#received.shift() ?? null
  }

  async exchange(bytes: Uint8Array, waitMs = 60_000): Promise<Buffer | null> {
    this.send(bytes)
    return this.receive(waitMs)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise(resolve => this.#socket.close(() => resolve()))
  }
}

export const infoRequest = Buffer.from('ffffffff54536f7572636520456e67696e6520517565727900', 'hex')
export const playerRequest = Buffer.from('ffffffff55', 'hex')
export const rulesRequest = Buffer.from('ffffffff56', 'hex')

/** Asks as the facts say: once for the challenge, then with its four bytes appended. */
export async function ask(client: RawQuery, request: Uint8Array): Promise<Buffer> {
  const challenge = await client.exchange(
    request.length === 5 ? Buffer.concat([request, Buffer.alloc(4, 0xff)]) : request,
  )
  if (challenge?.[4] !== 0x41) throw new Error(`no challenge but ${challenge?.toString('hex') ?? 'nothing'}`)
  const reply = await client.exchange(Buffer.concat([request, challenge.subarray(5)]))
  if (reply === null) throw new Error('no reply')
  return reply
}
