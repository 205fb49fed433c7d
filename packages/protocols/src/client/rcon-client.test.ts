import { describe, expect, test } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import { afterMirror, frame, type ReceivedFrame, readFrames, startRconPeer } from '../testing/rcon-peer.ts'
import { TcpPeer } from '../testing/tcp-peer.ts'
import { RconClient } from './rcon-client.ts'

const client = (port: number, options: { password?: string; timeoutMs?: number } = {}) =>
  new RconClient({ host: '127.0.0.1', port, password: 'secret', timeoutMs: 60_000, ...options })

describe('authentication', () => {
  test.each([
    ['both frames in one segment', 'coalesced'],
    ['a segment for each byte', 'split'],
    ['no empty frame first', 'verdict only'],
  ])('succeeds with %s', async (_name, manner) => {
    await using peer = await TcpPeer.start(socket => {
      readFrames(socket, ({ id }) => {
        const bytes = Buffer.concat([...(manner === 'verdict only' ? [] : [frame(id, 0)]), frame(id, 2)])
        if (manner === 'split') for (const byte of bytes) socket.write(Uint8Array.of(byte))
        else socket.write(bytes)
      })
    })
    await using rcon = client(peer.port)
    await rcon.connect()
    expect(rcon.connected).toBe(true)
  })

  test('tells a wrong password, and never tries it again', async () => {
    await using peer = await startRconPeer(() => {}, 'another')
    await using rcon = client(peer.port)
    await expect(rcon.connect()).rejects.toMatchObject({ code: 'wrong-password' })
    await expect(rcon.connect()).rejects.toMatchObject({ code: 'wrong-password' })
    await rcon.close()
    await expect(rcon.connect()).rejects.toMatchObject({ code: 'wrong-password' })
    expect(peer.connections).toBe(1)
  })

  test('tells a server that hangs up without a byte (banned) from one that refuses the password', async () => {
    await using peer = await TcpPeer.start(socket => socket.end())
    await using rcon = client(peer.port)
    await expect(rcon.connect()).rejects.toMatchObject({
      code: 'refused-before-auth',
      remedy: expect.stringContaining('banned'),
    })
    // Not a refused password: a person may have lifted the ban.
    await expect(rcon.connect()).rejects.toMatchObject({ code: 'refused-before-auth' })
    expect(peer.connections).toBe(2)
  })

  test('tells a connection that was reset before any byte likewise', async () => {
    await using peer = await TcpPeer.start(socket => {
      socket.on('data', () => socket.resetAndDestroy())
    })
    await expect(client(peer.port).connect()).rejects.toMatchObject({ code: 'refused-before-auth' })
  })

  test('tells a connection that ends between the empty frame and the verdict', async () => {
    await using peer = await TcpPeer.start(socket => {
      readFrames(socket, ({ id }) => socket.end(frame(id, 0)))
    })
    await expect(client(peer.port).connect()).rejects.toMatchObject({ code: 'closed' })
  })

  test('tells that nothing listens, and where a Linux server may listen instead', async () => {
    const peer = await TcpPeer.start(() => {})
    const { port } = peer
    await peer[Symbol.asyncDispose]()
    await expect(client(port).connect()).rejects.toMatchObject({
      code: 'refused',
      remedy: expect.stringContaining('-ip 0.0.0.0'),
    })
  })

  test('tells a server that accepts the password and ends the session in the same segment, and dials it again', async () => {
    await using peer = await TcpPeer.start(socket => {
      readFrames(socket, ({ id }) => socket.write(Buffer.concat([frame(id, 2), frame(-1, 2)])))
    })
    await using rcon = client(peer.port)
    await expect(rcon.connect()).rejects.toMatchObject({ code: 'closed' })
    expect(rcon.connected).toBe(false)
    await expect(rcon.connect()).rejects.toMatchObject({ code: 'closed' })
    expect(peer.connections).toBe(2)
  })

  test('times out when the server accepts and says nothing', async () => {
    await using peer = await TcpPeer.start(() => {})
    await expect(client(peer.port, { timeoutMs: 30 }).connect()).rejects.toMatchObject({ code: 'timeout' })
  })

  test('rejects with closed when it is closed meanwhile', async () => {
    await using peer = await TcpPeer.start(() => {})
    const rcon = client(peer.port)
    const connecting = rcon.connect()
    await rcon.close()
    await expect(connecting).rejects.toMatchObject({ code: 'closed' })
    expect(rcon.connected).toBe(false)
  })

  test.each([
    ['a size below ten', Uint8Array.of(9, 0, 0, 0), 'malformed'],
    ['a negative size', Uint8Array.of(255, 255, 255, 255), 'malformed'],
    ['a size of a gigabyte', Uint8Array.of(0, 0, 0, 64), 'too-large'],
  ])('drops a connection whose frame claims %s', async (_name, bytes, code) => {
    await using peer = await TcpPeer.start(socket => socket.write(bytes))
    await expect(client(peer.port).connect()).rejects.toMatchObject({ code })
  })
})

describe('answers', () => {
  test('are joined as bytes from all frames, so that a character cut in two stays whole', async () => {
    const body = Buffer.from('»Ellis« 你好 🧟')
    await using peer = await startRconPeer(
      mirroring((id, socket) => {
        for (let at = 0; at < body.length; at += 1) socket.write(frame(id, 0, body.subarray(at, at + 1)))
      }),
    )
    await using rcon = await connected(peer.port)
    expect(await rcon.execute('status')).toBe('»Ellis« 你好 🧟')
  })

  test('end with the mirrored probe; what follows it is swallowed, also after the next command was sent', async () => {
    let late: Buffer | null = null
    await using peer = await startRconPeer(({ id, type, body }, socket) => {
      if (type === 2) {
        if (late !== null) socket.write(late)
        late = null
        socket.write(frame(id, 0, `answer to ${body}`))
      } else {
        socket.write(frame(id, 0))
        late = afterMirror(id)
      }
    })
    await using rcon = await connected(peer.port)
    expect(await rcon.execute('one')).toBe('answer to one')
    expect(await rcon.execute('two')).toBe('answer to two')
    expect(await rcon.execute('three')).toBe('answer to three')
  })

  test('may be empty', async () => {
    await using peer = await startRconPeer(mirroring(() => {}))
    await using rcon = await connected(peer.port)
    expect(await rcon.execute('sv_cheats 0')).toBe('')
  })

  test('end with the answer to a sentinel where the server does not mirror', async () => {
    const received: string[] = []
    await using peer = await startRconPeer(({ id, type, body }, socket) => {
      received.push(type === 2 ? body.replace(/\d+$/, 'N') : 'probe')
      if (type !== 2) return
      socket.write(frame(id, 0, body === 'cvarlist' ? 'first,' : `${body.slice(5)}\n`))
      if (body === 'cvarlist') socket.write(frame(id, 0, 'second'))
    })
    await using rcon = await connected(peer.port)
    expect(await rcon.execute('cvarlist')).toBe('first,second')
    expect(await rcon.execute('cvarlist')).toBe('first,second')
    // Known by now: the sentinel goes out with the second command, and no probe.
    expect(received).toEqual(['cvarlist', 'probe', 'echo left4me-N', 'cvarlist', 'echo left4me-N'])
  })

  test('end with a pause where the server marks no end at all', async () => {
    await using peer = await startRconPeer(({ id, type, body }, socket) => {
      if (type === 2 && body === 'status') socket.write(frame(id, 0, 'all there is'))
    })
    await using rcon = await connected(peer.port)
    expect(await rcon.execute('status')).toBe('all there is')
    expect(await rcon.execute('status')).toBe('all there is')
  })

  test('stop at a NUL inside a frame', async () => {
    await using peer = await startRconPeer(
      mirroring((id, socket) => socket.write(frame(id, 0, 'seen\0hidden'))),
    )
    await using rcon = await connected(peer.port)
    expect(await rcon.execute('status')).toBe('seen')
  })
})

describe('commands', () => {
  test('are sent one after another in the order of the calls', async () => {
    let inFlight = 0
    let most = 0
    await using peer = await startRconPeer(({ id, type, body }, socket) => {
      if (type === 2) {
        inFlight += 1
        most = Math.max(most, inFlight)
        setTimeout(() => socket.write(frame(id, 0, body)), 2)
      } else {
        setTimeout(() => {
          inFlight -= 1
          socket.write(Buffer.concat([frame(id, 0), afterMirror(id)]))
        }, 4)
      }
    })
    await using rcon = await connected(peer.port)
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map(command => rcon.execute(command)))
    expect(answers).toEqual(['a', 'b', 'c', 'd'])
    expect(most).toBe(1)
  })

  test('that time out are not sent again, and their late answer belongs to no other', async () => {
    const held: (() => void)[] = []
    const commands: string[] = []
    await using peer = await startRconPeer(({ id, type, body }, socket) => {
      if (type === 2) commands.push(body)
      const answer = () =>
        socket.write(
          type === 2 ? frame(id, 0, `answer to ${body}`) : Buffer.concat([frame(id, 0), afterMirror(id)]),
        )
      if (commands[0] === 'changelevel c2m2_fairgrounds' && commands.length === 1) held.push(answer)
      else {
        for (const release of held.splice(0)) release()
        answer()
      }
    })
    await using rcon = await connected(peer.port)
    await expect(rcon.execute('changelevel c2m2_fairgrounds', { timeoutMs: 30 })).rejects.toMatchObject({
      code: 'timeout',
    })
    expect(await rcon.execute('status')).toBe('answer to status')
    expect(commands).toEqual(['changelevel c2m2_fairgrounds', 'status'])
  })

  test('can be aborted while they wait and while they run', async () => {
    const commands: string[] = []
    await using peer = await startRconPeer(({ type, body }) => {
      if (type === 2) commands.push(body)
    })
    await using rcon = await connected(peer.port)
    await expect(rcon.execute('zero', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    })
    const running = new AbortController()
    const waiting = new AbortController()
    const first = rcon.execute('one', { signal: running.signal })
    const second = rcon.execute('two', { signal: waiting.signal })
    waiting.abort()
    await expect(second).rejects.toMatchObject({ code: 'aborted' })
    await eventually(() => commands).toEqual(['one'])
    running.abort()
    await expect(first).rejects.toMatchObject({ code: 'aborted' })
    expect(commands).toEqual(['one'])
  })

  test('are rejected when the connection ends inside their answer, and so are those that wait', async () => {
    await using peer = await startRconPeer(({ id, type }, socket) => {
      if (type === 2) socket.end(frame(id, 0, 'half of'))
    })
    await using rcon = await connected(peer.port)
    const first = rcon.execute('status')
    const second = rcon.execute('users')
    await expect(first).rejects.toMatchObject({ code: 'closed' })
    await expect(second).rejects.toMatchObject({ code: 'closed' })
    expect(rcon.connected).toBe(false)
    await rcon.connect()
    expect(peer.connections).toBe(2)
  })

  test.each(['quit', 'exit', '_restart', ' QUIT ; say x'])(
    'that end the server resolve when it hangs up: %s',
    async command => {
      await using peer = await startRconPeer((_received, socket) => socket.end())
      await using rcon = await connected(peer.port)
      expect(await rcon.execute(command)).toBe('')
    },
  )

  test('reject when the server drops the session, as it does after a change of its password', async () => {
    await using peer = await startRconPeer((_received, socket) => socket.write(frame(-1, 2)))
    await using rcon = await connected(peer.port)
    await expect(rcon.execute('status')).rejects.toMatchObject({
      code: 'closed',
      remedy: expect.stringContaining('rcon_password'),
    })
    expect(rcon.connected).toBe(false)
  })

  test.each(['', '  ', 'say a\nquit', 'say a\rquit', 'say \0', `say ${'x'.repeat(500)}`, 'say \u001b[2J'])(
    'that can not be sent whole are refused and nothing is sent: %j',
    async command => {
      const received: ReceivedFrame[] = []
      await using peer = await startRconPeer(frameReceived => received.push(frameReceived))
      await using rcon = await connected(peer.port)
      await expect(rcon.execute(command)).rejects.toMatchObject({ code: 'bad-input' })
      expect(received).toEqual([])
    },
  )

  test('need a connection', async () => {
    await expect(client(1).execute('status')).rejects.toMatchObject({ code: 'closed' })
  })

  test('reject with too-large when an answer never ends', async () => {
    const body = Buffer.alloc(60_000, 0x78)
    await using peer = await startRconPeer(({ id, type }, socket) => {
      if (type === 2) for (let sent = 0; sent < 300; sent += 1) socket.write(frame(id, 0, body))
    })
    await using rcon = await connected(peer.port)
    await expect(rcon.execute('cvarlist')).rejects.toMatchObject({ code: 'too-large' })
    expect(rcon.connected).toBe(false)
  })
})

test.each([
  ['empty', ''],
  ['of one byte', 'x'],
])('an answer of frames without end, each %s, is stopped', async (_name, body) => {
  await using peer = await startRconPeer(({ id, type }, socket) => {
    if (type !== 2) return
    const frames = Buffer.concat(Array.from({ length: 10_000 }, () => frame(id, 0, body)))
    for (let sent = 0; sent < 40; sent += 1) socket.write(frames)
  })
  await using rcon = await connected(peer.port)
  await expect(rcon.execute('status')).rejects.toMatchObject({ code: 'too-large' })
})

test('an answer may be limited to what its asker can use', async () => {
  await using peer = await startRconPeer(
    mirroring((id, socket) => socket.write(frame(id, 0, 'x'.repeat(500)))),
  )
  await using rcon = await connected(peer.port)
  expect(await rcon.execute('status', { maxBytes: 1000 })).toHaveLength(500)
  await expect(rcon.execute('status', { maxBytes: 500 })).rejects.toMatchObject({ code: 'too-large' })
})

/** Answers commands by `answer`, and mirrors probes as a Source server does. */
function mirroring(answer: (id: number, socket: import('node:net').Socket) => void) {
  return ({ id, type }: ReceivedFrame, socket: import('node:net').Socket) => {
    if (type === 2) answer(id, socket)
    else socket.write(Buffer.concat([frame(id, 0), afterMirror(id)]))
  }
}

async function connected(port: number): Promise<RconClient> {
  const rcon = client(port)
  await rcon.connect()
  return rcon
}
