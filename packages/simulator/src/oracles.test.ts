import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { GameDig } from 'gamedig'
import Rcon from 'rcon'
import { afterEach, expect, it } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import type { SrcdsSwitches } from './srcds/switches.ts'
import { type RunningSimulatedServer, startSimulatedServer } from './start-servers.ts'

/** Clients that others wrote, against the simulated server: where they agree with it, so does the protocol. */
const open: RunningSimulatedServer[] = []
afterEach(async () => {
  for (const server of open.splice(0)) await server.stop()
})

async function start(
  switches: Partial<SrcdsSwitches> = {},
  hostname = 'Größe 漢',
): Promise<RunningSimulatedServer> {
  const server = await startSimulatedServer({
    rconPassword: 'secret',
    switches,
    commandLine: ['+map', 'c2m1_highway'],
    files: {
      'cfg/server.cfg': `hostname "${hostname}"\nsv_tags "one,two"\nsv_max_queries_sec 1000\nsv_max_queries_sec_global 1000\n`,
    },
  })
  open.push(server)
  return server
}

/** The switches that don't keep a client from its answer. */
const bearable: Partial<SrcdsSwitches>[] = [
  {},
  { 'a2s-challenge': 'none' },
  { 'a2s-duplicate': 100 },
  { 'a2s-reorder': true },
  { 'a2s-delay-ms': 20 },
]

describeWith([], 'gamedig', () => {
  it.each(bearable)('sees name, map, players, tags and rules with %j', async switches => {
    const server = await start({ names: 'plain', ...switches })
    const names = [server.game.population.join()?.name, server.game.population.join()?.name]
    const seen = await GameDig.query({
      type: 'l4d2',
      host: server.host,
      port: server.port,
      givenPortOnly: true,
      requestRules: true,
      socketTimeout: 20_000,
      attemptTimeout: 100_000,
    })
    expect(seen).toMatchObject({
      name: 'Größe 漢',
      map: 'c2m1_highway',
      maxplayers: 4,
      numplayers: 2,
      password: false,
    })
    expect(seen.players.map(player => player.name).sort()).toEqual(names.sort())
    const raw = seen.raw as { appId: number; steamid: string; tags: string[]; rules: Record<string, string> }
    expect(raw).toMatchObject({
      appId: 550,
      steamid: String(server.game.steamId),
      tags: ['coop', 'one', 'two', 'secure'],
    })
    expect(Object.keys(raw.rules)).toHaveLength(server.game.cvars.rules().length)
    expect(raw.rules).toMatchObject({ sv_gravity: '800', mp_gamemode: 'coop' })
  })
})

describeWith(['quakestat'], 'quakestat', () => {
  it.each(bearable)('sees name, map, players and rules with %j', async switches => {
    // It takes 550 for a Half-Life of before 2006 and can't join its split packets: so few rules that they need none.
    // Text it takes for Latin-1, so this is all ASCII.
    const server = await start({ ...switches, 'a2s-rules': 20, seed: 5 }, 'Size')
    const names = [server.game.population.join()?.name, server.game.population.join()?.name]
    expect(names.join('')).toMatch(/^[ -~]+$/)
    const { stdout } = await promisify(execFile)('quakestat', [
      // It asks again after half a second, three times unless it is told otherwise.
      ...['-retry', '100'],
      ...['-a2s', `${server.host}:${server.port}`, '-R', '-P', '-xml'],
    ])
    expect(stdout).toContain('status="UP"')
    expect(stdout).toContain('<name>Size</name>')
    expect(stdout).toContain('<map>c2m1_highway</map>')
    expect(stdout).toContain('<numplayers>2</numplayers>')
    expect(stdout).toContain('<maxplayers>4</maxplayers>')
    expect(stdout).toContain('<rule name="version">2.2.4.3 simulated</rule>')
    expect(stdout).toContain('<rule name="adrenaline_backpack_hack">0</rule>')
    for (const name of names) expect(stdout).toContain(`<name>${name}</name>`)
  })
})

describeWith([], 'npm rcon', () => {
  /** One command on a connection of its own, its frames joined. */
  function execute(server: RunningSimulatedServer, password: string, command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const client = new Rcon(server.host, server.port, password)
      let text = ''
      client.on('auth', () => client.send(command))
      client.on('response', part => {
        text += part
        if (text.endsWith('#end')) {
          client.disconnect()
          resolve(text)
        }
      })
      client.on('error', reject)
      client.connect()
    })
  }

  it.each([
    {},
    { 'rcon-auth-segments': 'separate' },
    { 'rcon-no-empty-frame': true },
    { 'rcon-segment-bytes': 100 },
    { 'rcon-no-mirror': true },
  ])('logs in and reads status with %j', async switches => {
    const server = await start(switches)
    server.game.population.join()
    const text = await execute(server, 'secret', 'status')
    expect(text).toContain('hostname: Größe 漢\n')
    expect(text).toContain('map     : c2m1_highway\n')
    expect(text).toMatch(/^# {2}2 1 "/m)
  })

  it('is told that a password is wrong', async () => {
    await expect(execute(await start(), 'wrong', 'status')).rejects.toThrow('Authentication failed')
  })
})
