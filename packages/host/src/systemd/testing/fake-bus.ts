import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeMessage, type Message, type MessageHeader, MessageReader } from '../dbus/message.ts'
import type { Value } from '../dbus/value.ts'

export type Answer =
  | { readonly signature: string; readonly values: readonly Value[] }
  | { readonly error: string }
  /** Nobody ever answers. */
  | 'silence'

/** A bus that can misbehave: what is between the two ends of a connection is D-Bus, byte for byte. */
export class FakeBus {
  readonly #folder: string
  readonly #server: Server
  readonly #clients = new Set<Socket>()
  /** Calls that came, as `Member` or `Member(first argument)`. */
  readonly calls: string[] = []
  answer: (member: string, message: Message) => Answer = () => ({ signature: '', values: [] })
  /** What is said to `AUTH`. */
  greeting = 'OK 0123456789abcdef0123456789abcdef\r\n'
  #serial = 0

  private constructor(folder: string, server: Server) {
    this.#folder = folder
    this.#server = server
    server.on('connection', socket => this.#serve(socket))
  }

  static async open(): Promise<FakeBus> {
    const folder = await mkdtemp(join(tmpdir(), 'left4me-bus-'))
    const bus = new FakeBus(folder, createServer())
    await bus.#listen()
    return bus
  }

  get socket(): string {
    return join(this.#folder, 'bus')
  }

  get clients(): number {
    return this.#clients.size
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.drop()
    if (this.#server.listening) await new Promise(resolve => this.#server.close(resolve))
    await rm(this.#folder, { recursive: true })
  }

  /** Ends every connection. */
  drop(): void {
    for (const client of this.#clients) client.destroy()
  }

  /** No bus until `start`. */
  async stop(): Promise<void> {
    this.drop()
    await new Promise(resolve => this.#server.close(resolve))
  }

  async start(): Promise<void> {
    await this.#listen()
  }

  emit(header: Omit<MessageHeader, 'type' | 'serial'>, values: readonly Value[]): void {
    this.write(encodeMessage({ type: 'signal', serial: ++this.#serial, ...header }, values))
  }

  write(bytes: Buffer | string): void {
    for (const client of this.#clients) client.write(bytes)
  }

  async #listen(): Promise<void> {
    await new Promise<void>(resolve => this.#server.listen(this.socket, resolve))
  }

  #serve(socket: Socket): void {
    this.#clients.add(socket)
    socket.on('close', () => this.#clients.delete(socket))
    socket.on('error', () => undefined)
    const reader = new MessageReader()
    let dialogue: Buffer | null = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      if (dialogue === null) {
        for (const message of reader.push(chunk)) this.#take(socket, message)
        return
      }
      dialogue = Buffer.concat([dialogue, chunk])
      if (dialogue.toString('latin1').startsWith('\0AUTH EXTERNAL ') && dialogue.includes('\r\n')) {
        dialogue = dialogue.subarray(dialogue.indexOf('\r\n') + 2)
        socket.write(this.greeting)
      }
      const begin = dialogue.indexOf('BEGIN\r\n')
      if (begin < 0) return
      const rest = dialogue.subarray(begin + 7)
      dialogue = null
      for (const message of reader.push(rest)) this.#take(socket, message)
    })
  }

  #take(socket: Socket, message: Message): void {
    const { member = '', signature = '', serial, destination } = message.header
    const [first] = signature === '' ? [] : message.values(signature)
    this.calls.push(typeof first === 'string' ? `${member}(${first})` : member)
    const answer = member === 'Hello' ? { signature: 's', values: [':1.7'] } : this.answer(member, message)
    if (answer === 'silence') return
    const header = { serial: ++this.#serial, replySerial: serial, sender: destination ?? '' }
    socket.write(
      'error' in answer
        ? encodeMessage({ type: 'error', ...header, errorName: answer.error, signature: 's' }, ['no'])
        : encodeMessage({ type: 'return', ...header, signature: answer.signature }, answer.values),
    )
  }
}
