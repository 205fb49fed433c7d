import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { readLogDatagram } from '../logs/log-datagram.ts'
import type { LogLine } from '../logs/log-event.ts'
import { readLogLine } from '../logs/log-line.ts'
import { ProtocolError } from '../protocol-error.ts'
import { checkTarget, resolveHost, type Target } from './target.ts'

export interface LogSender extends Target {
  /** Its `sv_logsecret`. null where it has none: then everybody who can forge its address can forge its log. */
  readonly secret: string | null
}

/**
 * Takes the logs that servers send by UDP (`logaddress_add`). A datagram counts only when it comes from a known server's
 * address and port and carries that server's secret; everything else is dropped and counted.
 *
 * Servers don't send to loopback addresses, and datagrams may be lost: on the same machine, follow the files instead.
 */
export class LogListener implements AsyncDisposable {
  readonly #senders = new Map<
    string,
    { secret: string | null; listener: (lines: readonly LogLine[]) => void }
  >()
  #socket: Socket | null = null
  #dropped = 0

  /** Datagrams that were dropped since it was made. */
  get dropped(): number {
    return this.#dropped
  }

  /** Rejects with `refused` when the address is taken or isn't ours. Returns the port, which 0 leaves to the system. */
  async open(address: string, port: number): Promise<number> {
    if (this.#socket !== null) throw new ProtocolError('bad-input', 'The log listener is open already.')
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1024 * 1024 })
    await new Promise<void>((resolve, reject) => {
      socket.once('error', cause => {
        socket.close()
        reject(
          new ProtocolError('refused', `Logs can't be received at ${address}:${port}.`, {
            remedy: 'Choose an address of this machine and a port that nothing else uses.',
            cause,
          }),
        )
      })
      socket.bind(port, address, () => {
        socket.removeAllListeners('error')
        resolve()
      })
    })
    socket.on('message', (datagram, from) => this.#receive(datagram, from))
    // ICMP errors of nobody's datagrams: there is nothing to do about them.
    socket.on('error', () => {})
    this.#socket = socket
    return socket.address().port
  }

  /** Takes a server's log from now on, until the returned function is called. Throws `bad-input` for a bad secret. */
  async add(sender: LogSender, listener: (lines: readonly LogLine[]) => void): Promise<() => void> {
    checkTarget(sender)
    if (sender.secret !== null && !/^\d{1,20}$/.test(sender.secret)) {
      throw new ProtocolError('bad-input', 'A log secret is a number: sv_logsecret takes nothing else.')
    }
    const key = `${await resolveHost(sender.host)}:${sender.port}`
    const entry = { secret: sender.secret, listener }
    this.#senders.set(key, entry)
    return () => {
      if (this.#senders.get(key) === entry) this.#senders.delete(key)
    }
  }

  /** Idempotent. */
  async close(): Promise<void> {
    const socket = this.#socket
    this.#socket = null
    if (socket === null) return
    await new Promise<void>(resolve => {
      socket.close(() => resolve())
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #receive(datagram: Uint8Array, from: RemoteInfo): void {
    const sender = this.#senders.get(`${from.address}:${from.port}`)
    const text = sender === undefined ? null : readLogDatagram(datagram, sender.secret)
    if (sender === undefined || text === null) {
      this.#dropped += 1
      return
    }
    sender.listener(readLogLine(text))
  }
}
