import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** A UDP peer for tests: answers each datagram with whatever datagrams the script returns. */
export class UdpPeer implements AsyncDisposable {
  readonly received: Buffer[] = []
  readonly #socket: Socket
  #lastSender: RemoteInfo | null = null

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  static async start(script: (datagram: Buffer, count: number) => readonly Uint8Array[]): Promise<UdpPeer> {
    const socket = createSocket('udp4')
    const peer = new UdpPeer(socket)
    socket.on('message', (datagram, from) => {
      peer.received.push(datagram)
      peer.#lastSender = from
      for (const answer of script(datagram, peer.received.length))
        socket.send(answer, from.port, from.address)
    })
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return peer
  }

  get target(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.#socket.address().port }
  }

  /** Sends to whoever asked last, without being asked. */
  send(datagram: Uint8Array): void {
    if (this.#lastSender === null) throw new Error('Nobody asked yet.')
    this.#socket.send(datagram, this.#lastSender.port, this.#lastSender.address)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#socket, 'close')
    this.#socket.close()
    await closed
  }
}

/** Bytes out of hex digits; blanks don't matter. */
export function hex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.replace(/\s+/g, ''), 'hex'))
}
