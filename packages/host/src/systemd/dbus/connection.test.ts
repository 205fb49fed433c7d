import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { HostError } from '../../host-error.ts'
import { eventually } from '../../testing/eventually.ts'
import { FakeBus } from '../testing/fake-bus.ts'
import { Connection, type ConnectionOptions } from './connection.ts'
import type { Message } from './message.ts'

describe('a connection to a bus', () => {
  let bus: FakeBus
  let signals: Message[]
  let lost: HostError[]
  let connection: Connection | null

  beforeEach(async () => {
    bus = await FakeBus.open()
    signals = []
    lost = []
    connection = null
  })

  afterEach(async () => {
    connection?.close()
    await bus[Symbol.asyncDispose]()
  })

  async function connect(options: Partial<ConnectionOptions> = {}): Promise<Connection> {
    connection = await Connection.open(
      {
        socket: bus.socket,
        patience: 10_000,
        onSignal: message => signals.push(message),
        onLost: reason => lost.push(reason),
        ...options,
      },
      new AbortController().signal,
    )
    return connection
  }

  const call = { destination: 'a.b', path: '/a', interface: 'a.b', member: 'Ask' }
  const unavailable = { name: 'HostError', code: 'unavailable', remedy: expect.any(String) }

  it('says who it is and Hello, and hands on what is answered', async () => {
    bus.answer = () => ({ signature: 'su', values: ['answer', 5] })
    const values = await (await connect()).callOrThrow(call, reply => reply.values('su'))
    expect(values).toEqual(['answer', 5])
    expect(bus.calls).toEqual(['Hello', 'Ask'])
  })

  it('gives each of many calls at once its own answer', async () => {
    bus.answer = (_, message) => ({ signature: 's', values: message.values('s') })
    const open = await connect()
    const texts = Array.from({ length: 50 }, (_, index) => `question ${index}`)
    const answers = await Promise.all(
      texts.map(text =>
        open.callOrThrow({ ...call, signature: 's', values: [text] }, reply => reply.values('s')[0]),
      ),
    )
    expect(answers).toEqual(texts)
  })

  it('tells a refusal from an answer', async () => {
    bus.answer = () => ({ error: 'a.b.NoSuchThing' })
    const open = await connect()
    expect(await open.call(call, reply => reply)).toEqual({
      kind: 'error',
      name: 'a.b.NoSuchThing',
      message: 'no',
    })
    await expect(open.callOrThrow(call, () => undefined)).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('a.b.NoSuchThing'),
    })
  })

  it('reads an answer in order with the signals around it', async () => {
    const open = await connect()
    const order: string[] = []
    const header = { path: '/a', interface: 'a.b', member: 'Happened' }
    bus.answer = () => {
      bus.emit({ ...header, signature: 's' }, ['before'])
      setImmediate(() => bus.emit({ ...header, signature: 's' }, ['after']))
      return { signature: '', values: [] }
    }
    signals.push = message => order.push(message.values('s')[0] as string)
    await open.callOrThrow(call, () => order.push('answer'))
    await eventually('the later signal', () => order.length === 3)
    expect(order).toEqual(['before', 'answer', 'after'])
  })

  it('rejects what waits when the bus goes, and says so once', async () => {
    bus.answer = () => 'silence'
    const open = await connect()
    const waiting = open.call(call, reply => reply)
    waiting.catch(() => undefined)
    await eventually('the call has come', () => bus.calls.includes('Ask'))
    bus.drop()
    await expect(waiting).rejects.toMatchObject(unavailable)
    await expect(open.call(call, reply => reply)).rejects.toMatchObject(unavailable)
    expect(lost).toHaveLength(1)
  })

  it('gives up a call that nobody answers, and that alone', async () => {
    bus.answer = member => (member === 'Ask' ? 'silence' : { signature: '', values: [] })
    const open = await connect({ patience: 2000 })
    await expect(open.call(call, reply => reply)).rejects.toMatchObject(unavailable)
    expect(await open.call({ ...call, member: 'Other' }, reply => reply.kind)).toBe('return')
    expect(lost).toEqual([])
  })

  it('gives up when what comes is no D-Bus', async () => {
    await connect()
    bus.write('HTTP/1.1 400 Bad Request\r\n')
    await eventually('it is given up', () => lost.length === 1)
    expect(lost[0]?.message).toContain("can't be read")
  })

  it('says nothing about a loss after it was closed', async () => {
    const open = await connect()
    open.close()
    await eventually('the bus has seen it', () => bus.clients === 0)
    expect(lost).toEqual([])
  })

  it.each([
    ['refuses us', 'REJECTED EXTERNAL\r\n', 'REJECTED'],
    ['never ends its line', 'x'.repeat(20_000), 'no line'],
    ['says nothing', '', 'too long'],
  ])('is not made with a bus that %s', async (_, greeting, why) => {
    bus.greeting = greeting
    await expect(connect({ patience: greeting === '' ? 100 : 10_000 })).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining(why),
    })
    await eventually('nothing stays open', () => bus.clients === 0)
  })

  it('is not made where there is no bus', async () => {
    await expect(connect({ socket: '/no/such/bus' })).rejects.toMatchObject({
      ...unavailable,
      message: expect.stringContaining('ENOENT'),
    })
  })
})
