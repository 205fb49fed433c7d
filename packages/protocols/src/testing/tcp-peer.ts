import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'

/** A TCP peer for tests: hands every connection to a script that reads and writes bytes. */
export class TcpPeer implements AsyncDisposable {
  connections = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
  }

  static async start(script: (socket: Socket, connection: number) => void): Promise<TcpPeer> {
    const server = createServer({ noDelay: true })
    const peer = new TcpPeer(server)
    server.on('connection', socket => {
      peer.connections += 1
      peer.#sockets.add(socket)
      socket.on('close', () => peer.#sockets.delete(socket))
      socket.on('error', () => {})
      script(socket, peer.connections)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return peer
  }

  get port(): number {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('The peer does not listen.')
    return address.port
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    const closed = once(this.#server, 'close')
    this.#server.close()
    await closed
  }
}
