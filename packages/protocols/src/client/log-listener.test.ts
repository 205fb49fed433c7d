import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { describe, expect, test } from 'vitest'
import type { LogLine } from '../logs/log-event.ts'
import { eventually } from '../testing/eventually.ts'
import { LogListener } from './log-listener.ts'

const line = 'L 12/26/2011 - 02:14:29: Loading map "c4m2_sugarmill_a"'
const plain = Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff, 0x52]), Buffer.from(`${line}\n\0`)])
const secret = (digits: string) =>
  Buffer.concat([Buffer.from([0xff, 0xff, 0xff, 0xff, 0x53]), Buffer.from(`${digits}${line}\n\0`)])

class Sender implements AsyncDisposable {
  readonly #socket: Socket

  private constructor(socket: Socket) {
    this.#socket = socket
  }

  static async start(): Promise<Sender> {
    const socket = createSocket('udp4')
    socket.bind(0, '127.0.0.1')
    await once(socket, 'listening')
    return new Sender(socket)
  }

  get port(): number {
    return this.#socket.address().port
  }

  send(datagram: Uint8Array, port: number): void {
    this.#socket.send(datagram, port, '127.0.0.1')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#socket, 'close')
    this.#socket.close()
    await closed
  }
}

describe('LogListener', () => {
  test('takes the lines of a known server that carry its secret, and drops everything else', async () => {
    await using known = await Sender.start()
    await using stranger = await Sender.start()
    await using listener = new LogListener()
    const port = await listener.open('127.0.0.1', 0)
    const seen: LogLine[] = []
    await listener.add({ host: '127.0.0.1', port: known.port, secret: '4711' }, lines => seen.push(...lines))
    stranger.send(secret('4711'), port)
    known.send(plain, port)
    known.send(secret('4712'), port)
    known.send(Buffer.from('hello'), port)
    known.send(secret('4711'), port)
    await eventually(() => seen.length).toBe(1)
    await eventually(() => listener.dropped).toBe(4)
    expect(seen[0]?.event).toEqual({ kind: 'map-loading', map: 'c4m2_sugarmill_a' })
  })

  test('tells servers at one address apart by their port, and forgets them when asked to', async () => {
    await using first = await Sender.start()
    await using second = await Sender.start()
    await using listener = new LogListener()
    const port = await listener.open('127.0.0.1', 0)
    const seen: string[] = []
    const remove = await listener.add({ host: '127.0.0.1', port: first.port, secret: null }, () =>
      seen.push('first'),
    )
    await listener.add({ host: '127.0.0.1', port: second.port, secret: null }, () => seen.push('second'))
    second.send(plain, port)
    first.send(plain, port)
    await eventually(() => seen.toSorted()).toEqual(['first', 'second'])
    remove()
    first.send(plain, port)
    await eventually(() => listener.dropped).toBe(1)
  })

  test('refuses a port that is taken, a secret that is no number, and to be opened twice', async () => {
    await using listener = new LogListener()
    const port = await listener.open('127.0.0.1', 0)
    await using another = new LogListener()
    await expect(another.open('127.0.0.1', port)).rejects.toMatchObject({ code: 'refused' })
    await expect(listener.open('127.0.0.1', 0)).rejects.toMatchObject({ code: 'bad-input' })
    await expect(
      listener.add({ host: '127.0.0.1', port: 27015, secret: 'abc' }, () => {}),
    ).rejects.toMatchObject({ code: 'bad-input' })
  })
})
