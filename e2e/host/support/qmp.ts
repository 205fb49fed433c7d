import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'

type Reply = (error: Error | null, value: Readonly<Record<string, unknown>>) => void

/**
 * QEMU's monitor: https://www.qemu.org/docs/master/interop/qmp-spec.html. One command at a time is answered in order;
 * events are passed over.
 */
export class Qmp implements Disposable {
  readonly #socket: Socket
  readonly #waiting: Reply[] = []

  private constructor(socket: Socket) {
    this.#socket = socket
    const end = (): void => {
      for (const reply of this.#waiting.splice(0)) reply(new Error('QEMU has ended'), {})
    }
    socket.on('error', end).on('close', end)
    createInterface(socket).on('line', line => this.#read(line))
  }

  /** Rejects while nothing listens at `path`. */
  static async open(path: string): Promise<Qmp> {
    const socket = connect(path)
    await once(socket, 'connect')
    const qmp = new Qmp(socket)
    await qmp.execute('qmp_capabilities')
    return qmp
  }

  async execute(
    command: string,
    values: Readonly<Record<string, unknown>> = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    const { promise, resolve, reject } = Promise.withResolvers<Readonly<Record<string, unknown>>>()
    this.#waiting.push((error, value) => (error === null ? resolve(value) : reject(error)))
    this.#socket.write(`${JSON.stringify({ execute: command, arguments: values })}\n`)
    return await promise
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #read(line: string): void {
    const message: unknown = JSON.parse(line)
    if (!isRecord(message)) return
    if (isRecord(message['return'])) this.#waiting.shift()?.(null, message['return'])
    else if (isRecord(message['error']))
      this.#waiting.shift()?.(new Error(`QEMU: ${String(message['error']['desc'])}`), {})
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
