import { afterEach, describe, expect, it } from 'vitest'
import { type RunningSimulatedServer, startSimulatedServer } from '../start-servers.ts'
import { frame, RawRcon } from '../testing/raw-rcon.ts'
import type { SrcdsSwitches } from './switches.ts'

const open: (AsyncDisposable | Disposable)[] = []

async function start(switches: Partial<SrcdsSwitches> = {}, config = ''): Promise<RunningSimulatedServer> {
  const server = await startSimulatedServer({
    rconPassword: 'pw',
    switches,
    files: { 'cfg/server.cfg': config },
  })
  open.push(server)
  return server
}

async function client(server: RunningSimulatedServer, password = 'pw'): Promise<RawRcon> {
  const rcon = await RawRcon.openAuthenticated(server, password)
  open.push(rcon)
  return rcon
}

afterEach(async () => {
  for (const one of open.splice(0).reverse()) {
    if (Symbol.asyncDispose in one) await one[Symbol.asyncDispose]()
    else one[Symbol.dispose]()
  }
})

// The frames of the facts, byte by byte.
const authRequest = Buffer.from('0c000000010000000300000070770000', 'hex')
const emptyValue = '0a00000001000000000000000000'
const accepted = '0a00000001000000020000000000'
const refused = '0a000000ffffffff020000000000'

describe('the RCON password', () => {
  it('is answered with an empty value frame and the result, in one segment', async () => {
    const server = await start()
    const rcon = await RawRcon.open(server)
    open.push(rcon)
    rcon.write(authRequest)
    await rcon.until(() => rcon.bytes.length >= 28)
    expect(rcon.segments.map(segment => segment.toString('hex'))).toEqual([emptyValue + accepted])
  })

  it('is answered in two segments by a server that separates them', async () => {
    const server = await start({ 'rcon-auth-segments': 'separate' })
    const rcon = await RawRcon.open(server)
    open.push(rcon)
    rcon.write(authRequest)
    await rcon.until(() => rcon.bytes.length >= 28)
    expect(rcon.segments.map(segment => segment.toString('hex'))).toEqual([emptyValue, accepted])
  })

  it('is answered with the result alone by a server that leaves the empty frame out', async () => {
    const server = await start({ 'rcon-no-empty-frame': true })
    const rcon = await RawRcon.open(server)
    open.push(rcon)
    rcon.write(authRequest)
    await rcon.until(() => rcon.bytes.length >= 14)
    expect(rcon.bytes.toString('hex')).toBe(accepted)
  })

  it('is refused with id -1 when it is wrong, and when the server has none', async () => {
    for (const [server, password] of [
      [await start(), 'wrong'],
      [await startSimulatedServer(), ''],
    ] as const) {
      open.push(server)
      const rcon = await RawRcon.open(server)
      open.push(rcon)
      rcon.write(frame(1, 3, password))
      await rcon.until(() => rcon.bytes.length >= 28)
      expect(rcon.bytes.toString('hex')).toBe(emptyValue + refused)
    }
  })

  it('is understood also when it comes byte by byte', async () => {
    const server = await start()
    const rcon = await RawRcon.open(server)
    open.push(rcon)
    for (const byte of authRequest) rcon.write(Buffer.from([byte]))
    await rcon.until(() => rcon.bytes.length >= 28)
    expect(rcon.bytes.toString('hex')).toBe(emptyValue + accepted)
  })

  it('drops every authenticated session when it is written, and nobody else', async () => {
    const server = await start()
    const inside = await client(server)
    const outside = await RawRcon.open(server)
    open.push(outside)
    server.input('rcon_password other')
    await inside.until(() => inside.closed)
    expect(inside.closed).toBe(true)
    outside.write(frame(1, 3, 'other'))
    await outside.until(() => outside.bytes.length >= 28)
    expect(outside.frames().at(-1)?.id).toBe(1)
  })
})

describe('commands over RCON', () => {
  it('are refused before the password, or end the connection', async () => {
    for (const manner of ['refuse', 'close'] as const) {
      const server = await start({ 'rcon-early': manner })
      const rcon = await RawRcon.open(server)
      open.push(rcon)
      rcon.write(frame(5, 2, 'status'))
      await rcon.until(() => rcon.closed || rcon.bytes.length > 0)
      expect(rcon.bytes.toString('hex')).toBe(manner === 'refuse' ? refused : '')
    }
  })

  it('are followed by a mirror of an empty frame and by 00 01 00 00', async () => {
    const rcon = await client(await start())
    rcon.write(Buffer.concat([frame(2, 2, 'echo hi'), Buffer.from('0a00000003000000000000000000', 'hex')]))
    await rcon.until(() => rcon.frames().length >= 3)
    expect(rcon.frames()[0]).toMatchObject({ id: 2, type: 0, body: Buffer.from('hi \n') })
    expect(rcon.bytes.subarray(-32).toString('hex')).toBe(
      '0a000000030000000000000000000e0000000300000000000000000100000000',
    )
  })

  it('are followed by nothing on a server that does not mirror', async () => {
    const rcon = await client(await start({ 'rcon-no-mirror': true }))
    rcon.write(Buffer.concat([frame(2, 2, 'echo one'), frame(3, 0, ''), frame(4, 2, 'echo two')]))
    await rcon.until(() => rcon.frames().length >= 2)
    expect(rcon.frames().map(({ id }) => id)).toEqual([2, 4])
  })

  it('get the frame after the mirror late, behind the next answer', async () => {
    const rcon = await client(await start({ 'rcon-late-tail': true }))
    rcon.write(Buffer.concat([frame(2, 2, 'echo one'), frame(3, 0, ''), frame(4, 2, 'echo two')]))
    await rcon.until(() => rcon.frames().length >= 4)
    expect(rcon.frames().map(({ id }) => id)).toEqual([2, 3, 4, 3])
  })

  it('are answered in frames of at most 4096 that cut through characters', async () => {
    const rcon = await client(await start())
    const frames = await rcon.execute('simulate_reply 12001')
    expect(frames.map(({ size }) => size)).toEqual([4096, 4096, 3839])
    const joined = Buffer.concat(frames.map(({ body }) => body))
    expect(joined.toString()).toBe(`.${'€'.repeat(4000)}`)
    expect(frames.map(({ body }) => body.toString()).join('')).toContain('\ufffd')
  })

  it('get an empty frame when they say nothing', async () => {
    const rcon = await client(await start())
    const frames = await rcon.execute('heartbeat')
    expect(frames.map(({ body }) => body.length)).toEqual([0])
  })

  it('are run one after the other, several in one body too', async () => {
    const rcon = await client(await start())
    const [reply] = await rcon.execute('hostname a; hostname\nsv_cheats 1;sv_cheats')
    expect(reply?.body.toString()).toContain('"hostname" = "a" ( def. "Left 4 Dead 2" )')
    expect(reply?.body.toString()).toContain('"sv_cheats" = "1" ( def. "0" )\n notify replicated\n')
  })

  it('are noted in the log, unless sv_rcon_log is 0', async () => {
    const server = await start({}, 'log on\nsv_logecho 1\n')
    const rcon = await client(server)
    await rcon.execute('echo noted')
    await rcon.execute('sv_rcon_log 0')
    await rcon.execute('echo secret')
    expect(server.output()).toMatch(/rcon from "127\.0\.0\.1:\d+": command "echo noted"/)
    expect(server.output()).not.toContain('command "echo secret"')
  })

  it('can end with the log line about themselves', async () => {
    const rcon = await client(await start({ 'rcon-log-tail': true }))
    const [reply] = await rcon.execute('echo hi')
    expect(reply?.body.toString()).toMatch(
      /^hi \nL \d\d\/\d\d\/\d{4} - \d\d:\d\d:\d\d: rcon from "127\.0\.0\.1:\d+": command "echo hi"\n$/,
    )
  })

  it('can be answered in small segments, cut off, or with a size that lies', async () => {
    const small = await client(await start({ 'rcon-segment-bytes': 3 }))
    small.write(frame(2, 2, 'echo hello'))
    await small.until(() => small.frames().length > 0)
    expect(small.segments.length).toBeGreaterThan(2)

    const server = await start()
    const cut = await client(server)
    server.game.switches['rcon-cut'] = true
    cut.write(frame(2, 2, 'echo hello'))
    await cut.until(() => cut.closed)
    expect([cut.closed, cut.frames().length, cut.bytes.length > 0]).toEqual([true, 0, true])

    const lies = await client(await start({ 'rcon-size-lies': true }))
    lies.write(frame(2, 2, 'echo hello'))
    await lies.until(() => lies.bytes.length > 0)
    expect(lies.bytes.readInt32LE(0)).toBe(0x7fffffff)
  })

  it.each([
    ['empty', [0], false],
    ['none', [], false],
    ['close', [], true],
  ] as const)('answer a map change with %s', async (manner, bodies, closed) => {
    const server = await start({ 'rcon-map-reply': manner, 'map-load-ms': 60_000 })
    const rcon = await client(server)
    rcon.write(frame(2, 2, 'changelevel c1m2_streets'))
    await expect.poll(() => server.game.phase).toBe('changing-map')
    await rcon.until(() => rcon.frames().length >= 1 || rcon.closed, manner === 'none' ? 300 : undefined)
    expect(rcon.frames().map(({ body }) => body.length)).toEqual(bodies)
    expect(rcon.closed).toBe(closed)
    expect(server.game.phase).toBe('changing-map')
  })

  it('wait while a map is being loaded, and its configuration drops the sessions', async () => {
    const server = await start({ 'map-load-ms': 100 })
    const rcon = await client(server)
    rcon.write(Buffer.concat([frame(2, 2, 'changelevel c1m2_streets'), frame(3, 2, 'echo late')]))
    await rcon.until(() => rcon.closed)
    expect(rcon.frames().map(({ id }) => id)).toEqual([2])
    const again = await client(server)
    expect((await again.execute('status'))[0]?.body.toString()).toContain('map     : c1m2_streets')
  })

  it('name a map that is not there instead of changing to it', async () => {
    const server = await start()
    const rcon = await client(server)
    const [reply] = await rcon.execute('changelevel no_such_map')
    expect(reply?.body.toString()).toBe('changelevel failed: no_such_map not found\n')
    expect(server.game.map).toBe('c1m1_hotel')
  })

  it.each(['empty', 'close'] as const)('answer quit with %s, and the server is gone', async manner => {
    const server = await start({ 'rcon-quit-reply': manner })
    const rcon = await client(server)
    rcon.write(frame(2, 2, 'quit'))
    await rcon.until(() => rcon.closed)
    expect(rcon.frames()).toHaveLength(manner === 'empty' ? 1 : 0)
    expect(await server.exited).toEqual({ code: 0, signal: null })
    await expect(RawRcon.open(server)).rejects.toThrow('ECONNREFUSED')
  })
})

describe('RCON against guessing', () => {
  const guess = async (server: RunningSimulatedServer, times: number): Promise<void> => {
    for (let round = 0; round < times; round += 1) {
      const rcon = await RawRcon.open(server)
      open.push(rcon)
      rcon.write(frame(1, 3, 'wrong'))
      await rcon.until(() => rcon.bytes.length >= 28 || rcon.closed)
    }
  }

  it('bans an address after five failures within thirty seconds: accepted, then closed without a byte', async () => {
    const server = await start()
    const inside = await client(server)
    await guess(server, 4)
    expect((await (await client(server)).execute('echo hi')).length).toBe(1)
    await guess(server, 5)
    const late = await RawRcon.open(server)
    open.push(late)
    late.write(frame(1, 3, 'pw'))
    await late.until(() => late.closed)
    expect([late.closed, late.bytes.length]).toEqual([true, 0])
    expect(server.output()).toContain('Banning 127.0.0.1 for rcon hacking attempts\n')
    await inside.until(() => inside.closed)
    expect(inside.closed).toBe(true)
    server.input('removeip 127.0.0.1')
    expect((await (await client(server)).execute('echo hi')).length).toBe(1)
  })

  it('never bans the address that is exempted', async () => {
    const server = await start({}, 'sv_rcon_whitelist_address 127.0.0.1\n')
    await guess(server, 12)
    expect((await (await client(server)).execute('echo hi')).length).toBe(1)
  })

  it('can have banned everybody from the start, or not listen at all', async () => {
    const rcon = await RawRcon.open(await start({ 'rcon-banned': true }))
    open.push(rcon)
    await rcon.until(() => rcon.closed)
    expect([rcon.closed, rcon.bytes.length]).toEqual([true, 0])
    await expect(RawRcon.open(await start({ 'rcon-absent': true }))).rejects.toThrow('ECONNREFUSED')
  })

  it('closes a connection whose frame is too small or too large', async () => {
    const server = await start()
    for (const size of [9, 4097, -1, 0x7fffffff]) {
      const rcon = await RawRcon.open(server)
      open.push(rcon)
      const bytes = Buffer.alloc(16)
      bytes.writeInt32LE(size)
      rcon.write(bytes)
      await rcon.until(() => rcon.closed)
      expect(rcon.closed).toBe(true)
    }
  })

  it('survives a client that goes away in the middle of a reply', async () => {
    const server = await start()
    const rcon = await client(server)
    rcon.write(frame(2, 2, 'simulate_reply 4000000'))
    rcon[Symbol.dispose]()
    expect((await (await client(server)).execute('echo alive'))[0]?.body.toString()).toBe('alive \n')
  })
})
