import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/**
 * A TCP port in front of another one of this machine's, which counts what goes through: so that a connection breaks at a
 * place that doesn't depend on how fast the machine is.
 */
export class Relay implements AsyncDisposable {
  readonly #server = createServer(near => this.#accept(near))
  readonly #target: () => number
  readonly #sockets = new Set<Socket>()
  #act: { readonly after: Readonly<Record<Direction, number>>; readonly act: () => void } | null = null
  #frozen = false
  /** Bytes so far, to be set back before what is counted. */
  readonly counted: Record<Direction, number> = { toTarget: 0, fromTarget: 0 }

  private constructor(target: () => number) {
    this.#target = target
  }

  static async open(target: () => number): Promise<Relay> {
    const relay = new Relay(target)
    relay.#server.listen(0, '127.0.0.1')
    await once(relay.#server, 'listening')
    return relay
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** Once so many bytes went through, `act`s; what goes over that is passed on only then, if it still can be. */
  after(bytes: Partial<Record<Direction, number>>, act: () => void): void {
    this.reset()
    this.#act = { after: { toTarget: Infinity, fromTarget: Infinity, ...bytes }, act }
  }

  /** Counts from nothing and acts no more. */
  reset(): void {
    this.#act = null
    this.#frozen = false
    this.counted.toTarget = 0
    this.counted.fromTarget = 0
  }

  /** Both ends learn that the connection is gone. */
  drop(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
    this.#sockets.clear()
  }

  /** Neither end learns anything: nothing gets through any more. */
  freeze(): void {
    this.#frozen = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #accept(near: Socket): void {
    const far = connect(this.#target(), '127.0.0.1')
    this.#pass(near, far, 'toTarget')
    this.#pass(far, near, 'fromTarget')
  }

  #pass(from: Socket, to: Socket, direction: Direction): void {
    this.#sockets.add(from)
    from.on('error', () => to.destroy())
    from.on('close', () => {
      this.#sockets.delete(from)
      if (!this.#frozen) to.destroy()
    })
    from.on('data', (chunk: Buffer) => {
      if (this.#frozen) return
      const left = Math.max(0, (this.#act?.after[direction] ?? Infinity) - this.counted[direction])
      this.counted[direction] += chunk.length
      if (chunk.length < left) {
        to.write(chunk)
        return
      }
      to.write(chunk.subarray(0, left))
      const act = this.#act
      this.#act = null
      act?.act()
      if (!to.destroyed && !this.#frozen) to.write(chunk.subarray(left))
    })
  }
}

type Direction = 'toTarget' | 'fromTarget'
