import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import { hex, UdpPeer } from '../testing/udp-peer.ts'
import { A2sClient } from './a2s-client.ts'

const info = hex(
  `ffffffff 49 11 ${text('fixture')} ${text('c2m1_highway')} ${text('left4dead2')} ${text('Left 4 Dead 2')}
   2602 02 04 00 64 6c 00 01 ${text('2.2.4.3')} b1 8769 1122334455667701 ${text('coop,empty,secure')} 2602000000000000`,
)
const challenge = (value: string) => hex(`ffffffff41${value}`)
const infoRequest = 'ffffffff54536f7572636520456e67696e6520517565727900'

describe('A2sClient', () => {
  test('sends the challenge that the server asked for, appended to the query', async () => {
    await using peer = await UdpPeer.start((_datagram, count) => [count === 1 ? challenge('29f9d53c') : info])
    await using client = await opened()
    const answer = await client.info(peer.target)
    expect(peer.received.map(datagram => datagram.toString('hex'))).toEqual([
      infoRequest,
      `${infoRequest}29f9d53c`,
    ])
    expect(answer).toMatchObject({
      name: 'fixture',
      map: 'c2m1_highway',
      appId: 550,
      players: 2,
      maxPlayers: 4,
      port: 27015,
      keywords: ['coop', 'empty', 'secure'],
      steamId: '105665632668951057',
    })
  })

  test('understands a server that asks for no challenge', async () => {
    await using peer = await UdpPeer.start(() => [info])
    await using client = await opened()
    expect((await client.info(peer.target)).name).toBe('fixture')
    expect(peer.received).toHaveLength(1)
  })

  test('follows a second challenge, since the first may have expired', async () => {
    await using peer = await UdpPeer.start((_datagram, count) => [
      count <= 2 ? challenge(`0${count}000000`) : info,
    ])
    await using client = await opened()
    await client.info(peer.target)
    expect(peer.received[2]?.toString('hex')).toBe(`${infoRequest}02000000`)
  })

  test.each([
    ['the same challenge', () => challenge('01000000')],
    ['another challenge each time', (count: number) => challenge(`0${count}000000`)],
  ])('gives up on a server that answers everything with %s', async (_name, answer) => {
    await using peer = await UdpPeer.start((_datagram, count) => [answer(count)])
    await using client = await opened()
    await expect(client.info(peer.target)).rejects.toMatchObject({ code: 'malformed' })
    expect(peer.received).toHaveLength(4)
  })

  test('is not confused by datagrams that come twice', async () => {
    // The answer overtakes whatever is sent again after a while, however long this machine takes for it.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    await using peer = await UdpPeer.start((_datagram, count) => {
      const answer = count <= 2 ? challenge(`0${count}000000`) : info
      return [answer, answer]
    })
    await using client = await opened()
    expect((await client.info(peer.target)).name).toBe('fixture')
    expect(peer.received).toHaveLength(3)
  })

  test('uses a known challenge for the next query to the same server, and another one when it was refused', async () => {
    const players = hex(`ffffffff44 01 00 ${text('Ellis')} 05000000 00004041`)
    await using peer = await UdpPeer.start((datagram, count) => {
      if (count === 1) return [challenge('0a0b0c0d')]
      if (datagram[4] === 0x54) return [info]
      return [count === 3 ? challenge('11111111') : players]
    })
    await using client = await opened()
    await client.info(peer.target)
    const list = await client.players(peer.target)
    expect(list.players).toEqual([{ index: 0, name: 'Ellis', score: 5, connectedSeconds: 12 }])
    expect(peer.received.slice(2).map(datagram => datagram.toString('hex'))).toEqual([
      'ffffffff550a0b0c0d',
      'ffffffff5511111111',
    ])
  })

  test('joins split rules that come in the wrong order, twice, and mixed with parts of another answer', async () => {
    const whole = hex(`ffffffff45 0200 ${text('mp_gamemode')}${text('coop')}${text('sv_tags')}${text('x')}`)
    const part = (id: string, total: number, index: number, bytes: Uint8Array) =>
      Buffer.concat([hex(`feffffff ${id} 0${total} 0${index} a404`), bytes])
    await using peer = await UdpPeer.start((_datagram, count) =>
      count === 1
        ? [challenge('01020304')]
        : [
            part('521c0000', 3, 2, whole.subarray(30)),
            part('ff000000', 2, 0, hex('ffffffff45')),
            part('521c0000', 3, 0, whole.subarray(0, 10)),
            part('521c0000', 3, 2, whole.subarray(30)),
            part('521c0000', 3, 1, whole.subarray(10, 30)),
          ],
    )
    await using client = await opened()
    expect(await client.rules(peer.target)).toEqual({
      rules: [
        { name: 'mp_gamemode', value: 'coop' },
        { name: 'sv_tags', value: 'x' },
      ],
      declaredCount: 2,
      truncated: false,
    })
  })

  test('refuses a compressed answer at once instead of waiting for the deadline', async () => {
    await using peer = await UdpPeer.start(() => [hex('feffffff 521c0080 02 00 a404 ff000000 12345678 425a')])
    await using client = await opened()
    await expect(client.rules(peer.target, { timeoutMs: 60_000 })).rejects.toMatchObject({
      code: 'malformed',
    })
  })

  test('times out when a part never comes, and answers the next query all the same', async () => {
    await using peer = await UdpPeer.start((_datagram, count) =>
      count === 1 ? [hex('feffffff 521c0000 02 00 a404 ffffffff45')] : [hex(`ffffffff45 0000`)],
    )
    await using client = await opened()
    await expect(client.rules(peer.target, { timeoutMs: 40 })).rejects.toMatchObject({ code: 'timeout' })
    expect((await client.rules(peer.target)).rules).toEqual([])
  })

  test('times out with a remedy that does not call the server dead', async () => {
    await using peer = await UdpPeer.start(() => [])
    await using client = await opened()
    await expect(client.info(peer.target, { timeoutMs: 30 })).rejects.toMatchObject({
      code: 'timeout',
      remedy: expect.stringContaining('does not mean that it is down'),
    })
  })

  test('stops waiting when the signal fires, before and while asking', async () => {
    await using peer = await UdpPeer.start(() => [])
    await using client = await opened()
    await expect(client.info(peer.target, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'aborted',
    })
    expect(peer.received).toHaveLength(0)
    const controller = new AbortController()
    const asked = client.info(peer.target, { signal: controller.signal })
    controller.abort()
    await expect(asked).rejects.toMatchObject({ code: 'aborted' })
  })

  test('ignores late answers to other queries and datagrams that are no answer', async () => {
    await using peer = await UdpPeer.start(() => [hex('00'), hex('ffffffff'), hex('ffffffff45 0000'), info])
    await using client = await opened()
    expect((await client.info(peer.target)).name).toBe('fixture')
  })

  test('ignores answers of other senders', async () => {
    await using peer = await UdpPeer.start(() => [])
    await using stranger = await UdpPeer.start(() => [])
    await using client = await opened()
    const known = client.info(stranger.target)
    const asked = client.info(peer.target)
    await eventually(() => [stranger.received.length, peer.received.length]).toEqual([1, 1])
    stranger.send(info)
    expect((await known).name).toBe('fixture')
    peer.send(hex(`ffffffff49 11 ${text('another')} ${text('m')}0000 2602 00 04 00 64 6c 00 01 ${text('1')}`))
    expect((await asked).name).toBe('another')
  })

  test('asks many servers at once over one socket, and one server in order', async () => {
    await using first = await UdpPeer.start(() => [info])
    await using second = await UdpPeer.start(datagram =>
      datagram[4] === 0x54 ? [info] : [hex('ffffffff44 00')],
    )
    await using client = await opened()
    const [a, b, c] = await Promise.all([
      client.info(first.target),
      client.info(second.target),
      client.players(second.target),
    ])
    expect([a.name, b.name, c.players.length]).toEqual(['fixture', 'fixture', 0])
  })

  test('rejects what is pending when it is closed, and what is asked before it is open', async () => {
    await using peer = await UdpPeer.start(() => [])
    const client = await opened()
    const asked = client.info(peer.target)
    const waiting = client.players(peer.target)
    const closing = client.close()
    await expect(asked).rejects.toMatchObject({ code: 'closed' })
    await expect(waiting).rejects.toMatchObject({ code: 'closed' })
    await closing
    await expect(client.info(peer.target)).rejects.toMatchObject({ code: 'closed' })
  })

  test.each([
    [{ host: '::1', port: 27015 }],
    [{ host: '127.0.0.1', port: 0 }],
    [{ host: '127.0.0.1', port: 65_536 }],
    [{ host: '', port: 27015 }],
  ])('refuses a target that no engine has: %j', async target => {
    await using client = await opened()
    await expect(client.info(target)).rejects.toMatchObject({ code: 'bad-input' })
  })

  test('resolves names', async () => {
    await using peer = await UdpPeer.start(() => [info])
    await using client = await opened()
    expect((await client.info({ host: 'localhost', port: peer.target.port })).name).toBe('fixture')
  })
})

async function opened(): Promise<A2sClient> {
  const client = new A2sClient({ timeoutMs: 20_000 })
  await client.open()
  return client
}

function text(value: string): string {
  return `${Buffer.from(value).toString('hex')}00`
}
