import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { startSimulatedServer, startSimulatedServers } from '../start-servers.ts'
import { infoRequest, RawQuery } from '../testing/raw-query.ts'
import { RawRcon } from '../testing/raw-rcon.ts'

/** Below those that the kernel gives to whoever asks for any (ip(7), ip_local_port_range): nobody takes it meanwhile. */
const port = 13_000 + (process.pid % 1000)

describe('the start', () => {
  it('prints what the engine prints, in its order, and says that it is simulated', async () => {
    await using server = await startSimulatedServer({ commandLine: ['+map', 'c5m1_waterfront'] })
    const lines = server.output().split('\n')
    const positions = [
      'This is a simulated Left 4 Dead 2 server: nobody can really play on it.',
      'Setting breakpad minidump AppID = 222860',
      '#Console initialized.',
      '#Game_srv.so loaded for "Left 4 Dead 2"',
      'Server is hibernating',
      '[S_API FAIL] SteamAPI_Init() failed; create pipe failed.',
      'maxplayers set to 4',
      `Network: IP 127.0.0.1, mode MP, dedicated Yes, ports ${server.port} SV / 27005 CL`,
      '---- Host_NewGame ----',
      'Host_NewGame on map c5m1_waterfront',
      'Executing dedicated server config file',
      'Connection to Steam servers successful.',
      '   VAC secure mode is activated.',
    ].map(line => lines.indexOf(line))
    expect(positions).not.toContain(-1)
    expect(positions).toEqual([...positions].sort((a, b) => a - b))
  })

  it('says nothing of Steam with sv_lan, and that VAC is off with -insecure', async () => {
    await using lan = await startSimulatedServer({ commandLine: ['+sv_lan', '1'] })
    expect(lan.output()).not.toContain('Connection to Steam servers')
    await using insecure = await startSimulatedServer({ commandLine: ['-insecure'] })
    expect(insecure.output()).toContain('   VAC secure mode is disabled.\n')
  })

  it('runs + arguments in order, and server.cfg after them, with the files that it names', async () => {
    await using server = await startSimulatedServer({
      commandLine: ['+mp_gamemode', 'versus', '+hostname', 'early', '+exec', 'extra', '+map', 'c2m1_highway'],
      files: {
        'cfg/extra.cfg': 'z_difficulty Hard',
        'cfg/server.cfg': 'hostname "from cfg" // a comment\nexec nested.cfg\nexec missing.cfg',
        'cfg/nested.cfg': 'sv_tags a,b; exec nested.cfg',
      },
    })
    const { cvars, map } = server.game
    expect([
      map,
      cvars.text('mp_gamemode'),
      cvars.text('z_difficulty'),
      cvars.text('hostname'),
      cvars.text('sv_tags'),
    ]).toEqual(['c2m1_highway', 'versus', 'Hard', 'from cfg', 'a,b'])
    expect(server.output()).toContain("exec: couldn't exec missing.cfg\n")
  })

  it('reads server.cfg again at every map, so that what RCON set is lost', async () => {
    await using server = await startSimulatedServer({ files: { 'cfg/server.cfg': 'hostname "from cfg"' } })
    server.input('hostname "by hand"')
    server.input('z_difficulty Easy')
    server.input('changelevel c1m2_streets')
    await expect.poll(() => server.game.map).toBe('c1m2_streets')
    expect(server.game.cvars.text('hostname')).toBe('from cfg')
    expect(server.game.cvars.text('z_difficulty')).toBe('Easy')
  })

  it('ends with the text about the port when it is taken and -strictportbind was given, for TCP and UDP', async () => {
    await using first = await startSimulatedServer()
    await expect(startSimulatedServer({ port: first.port })).rejects.toThrow(
      `FATAL ERROR (shutting down): Couldn't allocate dedicated server IP port ${first.port}.`,
    )
    const tcp = createServer().listen(port, '127.0.0.1')
    await once(tcp, 'listening')
    try {
      await expect(startSimulatedServer({ port })).rejects.toThrow('FATAL ERROR')
    } finally {
      await new Promise(resolve => tcp.close(resolve))
    }
    await expect(startSimulatedServer({ switches: { 'port-taken': true } })).rejects.toThrow('FATAL ERROR')
  })

  it('never becomes ready without valve.rc, and answers nothing', async () => {
    await expect(startSimulatedServer({ switches: { 'never-ready': true } })).rejects.toThrow(
      'Server is hibernating',
    )
  })

  it('says which library is missing and ends', async () => {
    await expect(startSimulatedServer({ switches: { 'steamclient-missing': true } })).rejects.toThrow(
      'steamclient.so: cannot open shared object file',
    )
    await expect(startSimulatedServer({ switches: { 'libraries-missing': true } })).rejects.toThrow(
      './srcds_linux: No such file or directory',
    )
  })

  it('gives a hundred servers in one process, each on a port of its own', async () => {
    const servers = await startSimulatedServers(100)
    try {
      expect(new Set(servers.map(server => server.port)).size).toBe(100)
      const last = servers.at(-1)
      if (last === undefined) throw new Error('no server')
      await using client = await RawQuery.open(last)
      expect(await client.exchange(infoRequest)).toHaveLength(9)
    } finally {
      for (const server of servers) await server.stop()
    }
  })
})

describe('the end', () => {
  it('frees its port, however it comes, and is told once', async () => {
    const server = await startSimulatedServer({ port })
    await Promise.all([server.stop(), server.stop()])
    expect(await server.exited).toEqual({ code: 0, signal: null })
    await using again = await startSimulatedServer({ port })
    expect(again.port).toBe(port)
  })

  it.each([
    ['segfault', { code: null, signal: 'SIGSEGV' }, ''],
    ['minidump', { code: null, signal: 'SIGSEGV' }, 'Wrote minidump to: '],
    ['abort', { code: null, signal: 'SIGABRT' }, 'terminate called'],
    ['killed', { code: null, signal: 'SIGKILL' }, ''],
    ['exit', { code: 0, signal: null }, ''],
    ['exit-1', { code: 1, signal: null }, ''],
    ['bad-vpk', { code: null, signal: 'SIGSEGV' }, 'CPackedStore'],
  ] as const)('can be a crash: %s', async (crash, exit, text) => {
    const server = await startSimulatedServer({ switches: { crash } })
    server.input('crash')
    expect(await server.exited).toEqual(exit)
    expect(server.output()).toContain(text)
  })

  it('can come by itself after a time', async () => {
    // The time passes when it has started, however long this machine takes for that.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const server = await startSimulatedServer({ switches: { 'crash-after-ms': 30 } })
    await vi.advanceTimersByTimeAsync(30)
    expect(await server.exited).toEqual({ code: null, signal: 'SIGSEGV' })
  })
})

describe('trouble while it runs', () => {
  it('hangs: connections are accepted, and nothing is answered or printed', async () => {
    await using server = await startSimulatedServer({ rconPassword: 'pw' })
    await using client = await RawQuery.open(server)
    using rcon = await RawRcon.openAuthenticated(server, 'pw')
    server.input('simulate_hang')
    const before = server.output()
    server.input('status')
    rcon.write(Buffer.from('0a00000003000000000000000000', 'hex'))
    expect(await client.exchange(infoRequest, 150)).toBeNull()
    expect([rcon.closed, rcon.bytes.length, server.output() === before]).toEqual([false, 0, true])
  })

  it('is told to update, and loses Steam', async () => {
    await using server = await startSimulatedServer({
      switches: { 'update-after-ms': 1, 'steam-lost-after-ms': 1, 'fork-prefix': '#03:' },
    })
    await expect
      .poll(() => server.output())
      .toContain(
        '#03:MasterRequestRestart\n#03:Your server needs to be restarted in order to receive the latest update.\n',
      )
    await expect.poll(() => server.output()).toContain('#03:Connection to Steam servers lost')
  })

  it('is switched on by a command, and a switch that does not exist is named', async () => {
    await using server = await startSimulatedServer()
    server.input('simulate a2s-loss 100')
    expect(server.game.switches['a2s-loss']).toBe(100)
    server.input('simulate nonsense')
    expect(server.output()).toContain('there is no switch -simulate-nonsense\n')
  })

  it('prints numbered lines, all of them', async () => {
    await using server = await startSimulatedServer()
    server.input('simulate_lines 2000')
    const numbers = [...server.output().matchAll(/^simulated line (\d+) \d{13}$/gm)].map(match =>
      Number(match[1]),
    )
    expect(numbers).toEqual(Array.from({ length: 2000 }, (_, index) => index + 1))
  })

  it('lets a map change wait for somebody while it hibernates', async () => {
    await using server = await startSimulatedServer({ switches: { 'map-waits-for-player': true } })
    server.input('changelevel c1m2_streets')
    expect(server.game.phase).toBe('playing')
    server.game.population.join()
    await expect.poll(() => server.game.map).toBe('c1m2_streets')
  })

  it('answers queries that came during a map change after it', async () => {
    await using server = await startSimulatedServer({ switches: { 'map-load-ms': 100 } })
    await using client = await RawQuery.open(server)
    server.input('changelevel c1m2_streets')
    client.send(infoRequest)
    expect(await client.receive(40)).toBeNull()
    expect(await client.receive()).toHaveLength(9)
  })
})
