import type { Socket } from 'node:net'
import { describe, expect, test } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import { afterMirror, frame, type ReceivedFrame, readFrames, startRconPeer } from '../testing/rcon-peer.ts'
import { TcpPeer } from '../testing/tcp-peer.ts'
import { RconBroker } from './rcon-broker.ts'

/** For a machine that is busy with other things. */
const patient = { timeoutMs: 60_000 }

const server = (peer: TcpPeer, password = 'secret') => ({ host: '127.0.0.1', port: peer.port, password })

/** Answers commands with their own text, and mirrors probes. */
function echoing({ id, type, body }: ReceivedFrame, socket: Socket): void {
  socket.write(type === 2 ? frame(id, 0, `<${body}>`) : Buffer.concat([frame(id, 0), afterMirror(id)]))
}

describe('RconBroker', () => {
  test('connects when it is needed, once for everybody, and answers in order', async () => {
    await using peer = await startRconPeer(echoing)
    await using broker = new RconBroker(patient)
    const answers = await Promise.all(['a', 'b', 'c'].map(command => broker.execute(server(peer), command)))
    expect(answers).toEqual(['<a>', '<b>', '<c>'])
    expect(peer.connections).toBe(1)
  })

  test('keeps servers apart', async () => {
    await using first = await startRconPeer(() => {})
    await using second = await startRconPeer(echoing)
    await using broker = new RconBroker(patient)
    const stuck = broker.execute(server(first), 'status', { timeoutMs: 300 })
    const answered = broker.execute(server(second), 'status')
    await expect(stuck).rejects.toMatchObject({ code: 'timeout' })
    expect(await answered).toBe('<status>')
  })

  test('connects again after the connection was lost at a map change, and sends no command twice', async () => {
    const commands: string[] = []
    await using peer = await startRconPeer((received, socket) => {
      if (received.type === 2) commands.push(received.body)
      if (received.body.startsWith('changelevel')) socket.end()
      else if (commands.at(-1)?.startsWith('changelevel') !== true) echoing(received, socket)
    })
    await using broker = new RconBroker(patient)
    const change = broker.execute(server(peer), 'changelevel c1m2_streets')
    const waiting = broker.execute(server(peer), 'status')
    await expect(change).rejects.toMatchObject({ code: 'closed' })
    // It wasn't sent yet, so that it may go over the new connection.
    expect(await waiting).toBe('<status>')
    expect(commands).toEqual(['changelevel c1m2_streets', 'status'])
    expect(peer.connections).toBe(2)
  })

  test('tries a refused password once, however often it is asked, until there is another', async () => {
    let password = 'another'
    await using peer = await TcpPeer.start(socket => {
      let open = false
      readFrames(socket, received => {
        if (open) echoing(received, socket)
        else {
          open = received.body === password
          socket.write(frame(open ? received.id : -1, 2))
        }
      })
    })
    await using broker = new RconBroker(patient)
    const asked = ['a', 'b', 'c'].map(command => broker.execute(server(peer), command))
    for (const one of asked) await expect(one).rejects.toMatchObject({ code: 'wrong-password' })
    expect(peer.connections).toBe(1)
    expect(await broker.execute(server(peer, 'another'), 'd')).toBe('<d>')
    expect(peer.connections).toBe(2)
    password = 'secret'
    await broker.forget(server(peer))
    expect(await broker.execute(server(peer), 'e')).toBe('<e>')
  })

  test('tries a refused password again after it was told to forget', async () => {
    await using peer = await startRconPeer(() => {}, 'another')
    await using broker = new RconBroker(patient)
    await expect(broker.execute(server(peer), 'a')).rejects.toMatchObject({ code: 'wrong-password' })
    await broker.forget(server(peer))
    await expect(broker.execute(server(peer), 'a')).rejects.toMatchObject({ code: 'wrong-password' })
    expect(peer.connections).toBe(2)
  })

  test('leaves a server alone that hangs up before authentication', async () => {
    await using peer = await TcpPeer.start(socket => socket.end())
    await using broker = new RconBroker(patient)
    for (const command of ['a', 'b', 'c']) {
      await expect(broker.execute(server(peer), command)).rejects.toMatchObject({
        code: 'refused-before-auth',
      })
    }
    expect(peer.connections).toBe(1)
  })

  test('tries a server that does not listen yet as often as it is asked', async () => {
    const gone = await TcpPeer.start(() => {})
    const target = server(gone)
    await gone[Symbol.asyncDispose]()
    await using broker = new RconBroker(patient)
    await expect(broker.execute(target, 'a')).rejects.toMatchObject({ code: 'refused' })
    await expect(broker.execute(target, 'a')).rejects.toMatchObject({ code: 'refused' })
  })

  test('tells an answer that was cut off by a closed connection', async () => {
    await using peer = await startRconPeer(({ id, type }, socket) => {
      if (type === 2) socket.end(frame(id, 0, 'half of'))
    })
    await using broker = new RconBroker(patient)
    await expect(broker.execute(server(peer), 'status')).rejects.toMatchObject({ code: 'closed' })
  })

  test('counts the time that a command waits, and sends none whose time is over', async () => {
    const commands: string[] = []
    await using peer = await startRconPeer(({ type, body }) => {
      if (type === 2) commands.push(body)
    })
    await using broker = new RconBroker(patient)
    const first = broker.execute(server(peer), 'first', { timeoutMs: 200 })
    const second = broker.execute(server(peer), 'second', { timeoutMs: 100 })
    await expect(second).rejects.toMatchObject({ code: 'timeout' })
    await expect(first).rejects.toMatchObject({ code: 'timeout' })
    await expect(broker.execute(server(peer), 'third', { timeoutMs: 50 })).rejects.toMatchObject({
      code: 'timeout',
    })
    expect(commands).not.toContain('second')
  })

  test('gives a session up in which nothing is answered any more', async () => {
    let answers = true
    await using peer = await startRconPeer((received, socket) => {
      if (answers) echoing(received, socket)
    })
    await using broker = new RconBroker(patient)
    await broker.execute(server(peer), 'hello')
    answers = false
    for (const command of ['a', 'b']) {
      await expect(broker.execute(server(peer), command, { timeoutMs: 50 })).rejects.toMatchObject({
        code: 'timeout',
      })
    }
    answers = true
    expect(await broker.execute(server(peer), 'c')).toBe('<c>')
    expect(peer.connections).toBe(2)
  })

  test('stops waiting when the signal fires, before it connects too', async () => {
    await using peer = await TcpPeer.start(() => {})
    await using broker = new RconBroker(patient)
    const controller = new AbortController()
    const asked = broker.execute(server(peer), 'status', { signal: controller.signal })
    controller.abort()
    await expect(asked).rejects.toMatchObject({ code: 'aborted' })
  })

  test('strips the echo of the command that the server logs into its own answer', async () => {
    await using peer = await startRconPeer(({ id, type, body }, socket) => {
      const echo = `L 12/26/2011 - 02:20:05: rcon from "127.0.0.1:5": command "${body}"\n`
      socket.write(
        type === 2 ? frame(id, 0, `answer\n${echo}`) : Buffer.concat([frame(id, 0), afterMirror(id)]),
      )
    })
    await using broker = new RconBroker(patient)
    expect(await broker.execute(server(peer), 'status')).toBe('answer\n')
  })

  test('closes a session that nobody uses, and opens it again', async () => {
    let closed = 0
    await using peer = await TcpPeer.start(socket => {
      let open = false
      socket.on('close', () => {
        closed += 1
      })
      readFrames(socket, received => {
        if (open) echoing(received, socket)
        open = true
        if (received.type === 3) socket.write(frame(received.id, 2))
      })
    })
    await using broker = new RconBroker({ ...patient, idleMs: 20 })
    await broker.execute(server(peer), 'a')
    await eventually(() => closed).toBe(1)
    expect(await broker.execute(server(peer), 'b')).toBe('<b>')
  })

  test('rejects what is pending when it is closed', async () => {
    await using peer = await startRconPeer(() => {})
    const broker = new RconBroker(patient)
    const first = broker.execute(server(peer), 'a')
    const second = broker.execute(server(peer), 'b')
    const settled = Promise.allSettled([first, second])
    await eventually(() => peer.connections).toBe(1)
    await broker.close()
    expect(await settled).toMatchObject([
      { status: 'rejected', reason: { code: 'closed' } },
      { status: 'rejected', reason: { code: 'closed' } },
    ])
  })

  test('lets no more than 256 commands wait', async () => {
    await using peer = await startRconPeer(() => {})
    const broker = new RconBroker(patient)
    const asked = Array.from({ length: 256 }, () => broker.execute(server(peer), 'a'))
    const settled = Promise.allSettled(asked)
    await expect(broker.execute(server(peer), 'a')).rejects.toMatchObject({ code: 'too-large' })
    await broker.close()
    await settled
  })
})
