import { afterEach, describe, expect, it } from 'vitest'
import {
  type RunningSimulatedServer,
  type SimulatedServerSettings,
  startSimulatedServer,
} from '../start-servers.ts'
import { ask, infoRequest, playerRequest, RawQuery, rulesRequest } from '../testing/raw-query.ts'

const open: AsyncDisposable[] = []

async function setUp(
  settings: SimulatedServerSettings = {},
): Promise<{ server: RunningSimulatedServer; client: RawQuery }> {
  const server = await startSimulatedServer(settings)
  const client = await RawQuery.open(server)
  open.push(client, server)
  return { server, client }
}

afterEach(async () => {
  for (const disposable of open.splice(0)) await disposable[Symbol.asyncDispose]()
})

const longRules = { 'a2s-rules': -1 } as const

describe('INFO', () => {
  it('is answered with nine bytes of challenge, then with the reply to the same request and its four bytes', async () => {
    const { client } = await setUp()
    const challenge = await client.exchange(infoRequest)
    expect(challenge?.subarray(0, 5).toString('hex')).toBe('ffffffff41')
    expect(challenge).toHaveLength(9)
    const answer = await client.exchange(
      Buffer.concat([infoRequest, challenge?.subarray(5) ?? Buffer.alloc(0)]),
    )
    expect(answer?.subarray(0, 6).toString('hex')).toBe('ffffffff4911')
  })

  it('has every field where Left 4 Dead 2 has it', async () => {
    const { server, client } = await setUp({
      files: { 'cfg/server.cfg': 'hostname "Hü"\nsv_tags "Zwei,eins"\nmp_gamemode versus\nsv_password x\n' },
      commandLine: ['+map', 'c2m1_highway'],
    })
    server.game.population.join()
    const reply = await ask(client, infoRequest)
    const port = Buffer.alloc(2)
    port.writeUInt16LE(server.port)
    const steamId = Buffer.alloc(8)
    steamId.writeBigUInt64LE(server.game.steamId)
    const expected = Buffer.concat([
      Buffer.from('ffffffff4911', 'hex'),
      Buffer.from('Hü\0c2m1_highway\0left4dead2\0Left 4 Dead 2\0'),
      // app 550, 1 player, 8 slots, 0 bots, dedicated, linux, password, VAC
      Buffer.from('2602010800646c0101', 'hex'),
      Buffer.from('2.2.4.3 simulated\0'),
      Buffer.from('b1', 'hex'),
      port,
      steamId,
      Buffer.from('versus,zwei,eins,secure\0'),
      Buffer.from('2602000000000000', 'hex'),
    ])
    expect(reply.toString('hex')).toBe(expected.toString('hex'))
  })

  it('carries SourceTV between SteamID and keywords when it is on', async () => {
    const { client } = await setUp({
      files: { 'cfg/server.cfg': 'tv_enable 1\ntv_port 27021\ntv_name TV\n' },
    })
    const text = (await ask(client, infoRequest)).toString('latin1')
    const at = text.indexOf('simulated\0') + 'simulated\0'.length
    expect(text.charCodeAt(at)).toBe(0xf1)
    expect(text.slice(at + 11)).toMatch(/^\x8d\x69TV\0coop,/)
  })

  it('is silent about requests that are none', async () => {
    const { client } = await setUp()
    for (const bytes of ['', 'ffffffff', 'ffffffff54', 'ffffffff5453', 'feffffff54', 'ffffffff99ffffffff']) {
      client.send(Buffer.from(bytes, 'hex'))
    }
    expect(await client.receive(150)).toBeNull()
    expect(await client.exchange(infoRequest)).toHaveLength(9)
  })
})

describe('PLAYER', () => {
  it('lists humans only, each with index 0, score and seconds, and nobody who connects by name', async () => {
    const { server, client } = await setUp()
    const first = server.game.population.join()
    server.game.population.join('connecting')
    if (first === undefined) throw new Error('nobody joined')
    first.score = -3
    const reply = await ask(client, playerRequest)
    const name = Buffer.from(`${first.name}\0`)
    expect(reply.subarray(0, 7 + name.length).toString('hex')).toBe(`ffffffff440200${name.toString('hex')}`)
    const afterName = 7 + name.length
    expect(reply.readInt32LE(afterName)).toBe(-3)
    expect(reply.readFloatLE(afterName + 4)).toBeGreaterThanOrEqual(0)
    // index 0, empty name, score 0
    expect(reply.subarray(afterName + 8, afterName + 14).toString('hex')).toBe('000000000000')
    expect(reply).toHaveLength(afterName + 8 + 10)
  })

  it('lists what it is told to, and counts what it is told to', async () => {
    const { client } = await setUp({ switches: { 'a2s-player-rows': 90, 'a2s-player-count': 200 } })
    const datagrams = [await ask(client, playerRequest), await client.receive()]
    const body = Buffer.concat(datagrams.map(datagram => datagram?.subarray(12) ?? Buffer.alloc(0)))
    expect(body.subarray(0, 6).toString('hex')).toBe('ffffffff44c8')
    expect(body.toString('latin1')).toContain('fake 90\0')
  })
})

describe('RULES', () => {
  it('come in datagrams of 1200 bytes with the header of the captures', async () => {
    const { client } = await setUp({ switches: longRules })
    const datagrams = [await ask(client, rulesRequest)]
    const total = datagrams[0]?.readUInt8(8) ?? 0
    expect(total).toBeGreaterThanOrEqual(3)
    while (datagrams.length < total) {
      const next = await client.receive()
      if (next === null) break
      datagrams.push(next)
    }
    expect(datagrams).toHaveLength(total)
    const id = datagrams[0]?.readInt32LE(4)
    for (const [index, datagram] of datagrams.entries()) {
      expect(datagram.subarray(0, 4).toString('hex')).toBe('feffffff')
      expect(datagram.readInt32LE(4)).toBe(id)
      expect(datagram.subarray(8, 12).toString('hex')).toBe(`0${total}0${index}a404`)
      if (index < total - 1) expect(datagram).toHaveLength(1200)
    }
    const body = Buffer.concat(datagrams.map(datagram => datagram.subarray(12)))
    expect(body.subarray(0, 5).toString('hex')).toBe('ffffffff45')
    const strings = body.subarray(7).toString().split('\0').slice(0, -1)
    expect(strings).toHaveLength(body.readUInt16LE(5) * 2)
    expect(strings[strings.indexOf('sv_gravity') + 1]).toBe('800')
  })

  it('tell passwords only as set or not', async () => {
    const { client } = await setUp({ files: { 'cfg/server.cfg': 'sv_password geheim\n' } })
    const datagrams: (Buffer | null)[] = [await ask(client, rulesRequest)]
    while (datagrams.length < (datagrams[0]?.readUInt8(8) ?? 0)) datagrams.push(await client.receive())
    const text = Buffer.concat(
      datagrams.map(datagram => datagram?.subarray(12) ?? Buffer.alloc(0)),
    ).toString()
    expect(text).toContain('sv_password\x001\0')
    expect(text).not.toContain('geheim')
    expect(text).not.toContain('rcon_password')
  })

  it('can be few and can end in the middle of a pair', async () => {
    const { client } = await setUp({ switches: { 'a2s-rules': 2, 'a2s-cut-rules': true } })
    const reply = await ask(client, rulesRequest)
    expect(reply.subarray(0, 7).toString('hex')).toBe('ffffffff450200')
    expect(reply.at(-1)).not.toBe(0)
  })
})

describe('misbehaviour of queries', () => {
  it('can do without a challenge', async () => {
    const { client } = await setUp({ switches: { 'a2s-challenge': 'none' } })
    expect((await client.exchange(infoRequest))?.[4]).toBe(0x49)
  })

  it('can demand a second challenge, which is answered', async () => {
    const { client } = await setUp({ switches: { 'a2s-challenge': 'twice' } })
    const first = await client.exchange(infoRequest)
    const second = await client.exchange(Buffer.concat([infoRequest, first?.subarray(5) ?? Buffer.alloc(4)]))
    expect(second?.[4]).toBe(0x41)
    expect(second?.subarray(5)).not.toEqual(first?.subarray(5))
    const third = await client.exchange(Buffer.concat([infoRequest, second?.subarray(5) ?? Buffer.alloc(4)]))
    expect(third?.[4]).toBe(0x49)
  })

  it('can demand challenges for ever', async () => {
    const { client } = await setUp({ switches: { 'a2s-challenge': 'always' } })
    let reply = await client.exchange(infoRequest)
    for (let round = 0; round < 5; round += 1) {
      expect(reply?.[4]).toBe(0x41)
      reply = await client.exchange(Buffer.concat([infoRequest, reply?.subarray(5) ?? Buffer.alloc(4)]))
    }
  })

  it('gives each address a challenge of its own', async () => {
    const { server, client } = await setUp()
    await using other = await RawQuery.open(server, '127.0.0.2')
    const mine = await client.exchange(infoRequest)
    const foreign = await other.exchange(infoRequest)
    expect(mine).not.toEqual(foreign)
    const refused = await other.exchange(Buffer.concat([infoRequest, mine?.subarray(5) ?? Buffer.alloc(4)]))
    expect(refused?.[4]).toBe(0x41)
  })

  it('sends split datagrams last one first when it reorders', async () => {
    const { client } = await setUp({ switches: { ...longRules, 'a2s-reorder': true } })
    const first = await ask(client, rulesRequest)
    expect(first.readUInt8(9)).toBe(first.readUInt8(8) - 1)
  })

  it('sends everything twice when it duplicates', async () => {
    const { client } = await setUp({ switches: { 'a2s-duplicate': 100, 'a2s-challenge': 'none' } })
    expect(await client.exchange(infoRequest)).toEqual(await client.receive())
  })

  it('mixes in datagrams of another id', async () => {
    const { client } = await setUp({ switches: { ...longRules, 'a2s-mix': true } })
    const first = await ask(client, rulesRequest)
    const second = await client.receive()
    expect(first.readInt32LE(4)).not.toBe(second?.readInt32LE(4))
    expect(first.readUInt8(9)).toBe(second?.readUInt8(9))
  })

  it('claims a gigabyte of bzip2', async () => {
    const { client } = await setUp({ switches: { ...longRules, 'a2s-compressed': true } })
    const first = await ask(client, rulesRequest)
    expect(first.readUInt32LE(4) >>> 31).toBe(1)
    expect(first.readUInt32LE(12)).toBe(1024 * 1024 * 1024)
  })

  it('loses everything at 100 per cent, some at 50, as many again for the same seed', async () => {
    const answers = async (loss: number): Promise<number> => {
      const { client } = await setUp({
        switches: { 'a2s-loss': loss, seed: 5, 'a2s-challenge': 'none' },
        files: { 'cfg/server.cfg': 'sv_max_queries_sec 100\nsv_max_queries_sec_global 100\n' },
      })
      for (let round = 0; round < 20; round += 1) client.send(infoRequest)
      let count = 0
      // Replies keep their order: once another query is answered, all that is left of these has come.
      for (;;) {
        client.send(playerRequest)
        for (let reply = await client.receive(100); reply !== null; reply = await client.receive(100)) {
          if (reply[4] === 0x44) return count
          count += 1
        }
        if (loss === 100) return count
      }
    }
    expect(await answers(0)).toBe(20)
    expect(await answers(100)).toBe(0)
    const half = await answers(50)
    expect(half).toBeGreaterThan(0)
    expect(half).toBeLessThan(20)
    expect(await answers(50)).toBe(half)
  })

  it('cuts replies, and is silent when told to, also only while empty', async () => {
    const { server, client } = await setUp({ switches: { 'a2s-garbage': true, 'a2s-challenge': 'none' } })
    /** From a socket of its own, so that what may come later is nobody else's answer. */
    const answerWithin = async (waitMs: number) => {
      await using other = await RawQuery.open(server)
      return await other.exchange(infoRequest, waitMs)
    }
    const cut = await client.exchange(infoRequest)
    server.game.switches['a2s-garbage'] = false
    const whole = await client.exchange(infoRequest)
    expect(cut).toEqual(whole?.subarray(0, whole.length >> 1))
    server.game.switches['a2s-silent-when-empty'] = true
    expect(await answerWithin(100)).toBeNull()
    server.game.population.join()
    expect(await client.exchange(infoRequest)).not.toBeNull()
    server.game.switches['a2s-silent'] = true
    expect(await answerWithin(100)).toBeNull()
  })
})

describe('limits of queries', () => {
  // Five in a window longer than this machine may take for them.
  const limited = {
    switches: { 'a2s-challenge': 'none' },
    files: {
      'cfg/server.cfg': 'sv_max_queries_sec 0.05\nsv_max_queries_window 100\nsv_max_queries_sec_global 2\n',
    },
  } as const

  it('answer so many of an address in a window, then none, and still those of another address', async () => {
    const { server, client } = await setUp(limited)
    for (let round = 0; round < 5; round += 1) expect(await client.exchange(infoRequest)).not.toBeNull()
    expect(await client.exchange(infoRequest, 150)).toBeNull()
    await using other = await RawQuery.open(server, '127.0.0.2')
    expect(await other.exchange(infoRequest)).not.toBeNull()
  })

  it('silence an address that RCON has banned', async () => {
    const { server, client } = await setUp()
    server.input('addip 0 127.0.0.1')
    expect(await client.exchange(infoRequest, 150)).toBeNull()
    server.input('removeip 127.0.0.1')
    expect(await client.exchange(infoRequest)).not.toBeNull()
  })
})
