import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fabricio from '@fabricio-191/valve-server-query'
import { A2sClient, RconClient } from '@left4me/protocols/client'
import { type RunningSimulatedServer, type SrcdsSwitches, startSimulatedServer } from '@left4me/simulator'
import { GameDig } from 'gamedig'
import Rcon from 'rcon'
import { queryGameServerInfo, queryGameServerPlayer } from 'steam-server-query'
import { expect, it } from 'vitest'
import { describeWith } from '../../tools/test-support/capability.ts'

/**
 * Clients that others wrote, beside ours, at the same simulated server: what they read is what we read. A misbehaviour is
 * named where the foreign client can bear it; the ones that it can't are tested against our client alone.
 */
const password = 'correcthorse'
/** For a machine that is busy with other things. */
const patienceMs = 60_000

function start(switches: Partial<SrcdsSwitches>, hostname: string): Promise<RunningSimulatedServer> {
  return startSimulatedServer({
    rconPassword: password,
    commandLine: ['+map', 'c5m1_waterfront'],
    files: {
      'cfg/server.cfg': `hostname "${hostname}"\nsv_max_queries_sec 1000\nsv_max_queries_sec_global 1000\n`,
    },
    // Three who stay: a player must not come or go between the two clients' questions.
    switches: { players: 0, seed: 7, ...switches },
  })
}

async function ours(server: RunningSimulatedServer) {
  await using client = new A2sClient({ timeoutMs: patienceMs })
  await client.open()
  const info = await client.info(server)
  const { players } = await client.players(server)
  const { rules } = await client.rules(server)
  return { info, names: players.map(({ name }) => name).sort(), rules }
}

async function populated(switches: Partial<SrcdsSwitches>, hostname = 'Größe 漢') {
  const server = await start(switches, hostname)
  for (let count = 0; count < 3; count += 1) server.game.population.join()
  return server
}

const bearable: Partial<SrcdsSwitches>[] = [
  {},
  { 'a2s-challenge': 'none' },
  { 'a2s-duplicate': 100 },
  { 'a2s-reorder': true },
  { 'a2s-delay-ms': 20 },
  { names: 'hostile' },
]

describeWith([], 'gamedig and our client', () => {
  it.each(bearable)('agree about a server with %j', async switches => {
    await using server = await populated(switches)
    const { info, names, rules } = await ours(server)
    const seen = await GameDig.query({
      type: 'l4d2',
      host: server.host,
      port: server.port,
      givenPortOnly: true,
      requestRules: true,
      socketTimeout: patienceMs,
      attemptTimeout: patienceMs,
    })
    expect(seen).toMatchObject({ name: info.name, map: info.map, maxplayers: info.maxPlayers })
    expect(seen.players.map(({ name }) => name).sort()).toEqual(names)
    const raw = seen.raw as { rules: Record<string, string>; steamid: string }
    expect(raw.rules).toEqual(Object.fromEntries(rules.map(({ name, value }) => [name, value])))
    expect(raw.steamid).toBe(info.steamId)
  })
})

describeWith([], 'valve-server-query and our client', () => {
  it.each(bearable)('agree about a server with %j', async switches => {
    await using server = await populated(switches)
    const { info, names } = await ours(server)
    const seen = await fabricio.Server({
      ip: server.host,
      port: server.port,
      timeout: patienceMs,
      enableWarns: false,
    })
    try {
      expect(await seen.getInfo()).toMatchObject({ name: info.name, players: { online: info.players } })
      expect((await seen.getPlayers()).map(({ name }) => name).sort()).toEqual(names)
    } finally {
      seen.disconnect()
    }
  })
})

describeWith([], 'steam-server-query and our client', () => {
  // It takes a challenge that comes twice for the answer.
  it.each(bearable.filter(switches => switches['a2s-duplicate'] === undefined))(
    'agree about a server with %j',
    async switches => {
      await using server = await populated(switches)
      const { info, names } = await ours(server)
      const address = `${server.host}:${server.port}`
      expect(await queryGameServerInfo(address, 1, patienceMs)).toMatchObject({
        name: info.name,
        map: info.map,
        players: info.players,
        maxPlayers: info.maxPlayers,
        version: info.version,
      })
      const { players } = await queryGameServerPlayer(address, 1, patienceMs)
      expect(players.map(({ name }) => name).sort()).toEqual(names)
    },
  )
})

describeWith(['quakestat'], 'quakestat and our client', () => {
  it.each(bearable.filter(switches => switches.names === undefined))(
    'agree about a server with %j',
    async switches => {
      // It reads text as Latin-1 and can't join split packets of this game: ASCII, and few enough rules for one packet.
      await using server = await populated({ ...switches, 'a2s-rules': 20, seed: 5 }, 'Size')
      const { info, names, rules } = await ours(server)
      const { stdout } = await promisify(execFile)('quakestat', [
        // It asks again after half a second, three times unless it is told otherwise.
        ...['-retry', '100'],
        ...['-a2s', `${server.host}:${server.port}`, '-R', '-P', '-xml'],
      ])
      expect(stdout).toContain(`<name>${info.name}</name>`)
      expect(stdout).toContain(`<map>${info.map}</map>`)
      expect(stdout).toContain(`<numplayers>${info.players}</numplayers>`)
      expect(stdout).toContain(`<maxplayers>${info.maxPlayers}</maxplayers>`)
      for (const name of names) expect(stdout).toContain(`<name>${name}</name>`)
      for (const { name, value } of rules) expect(stdout).toContain(`<rule name="${name}">${value}</rule>`)
    },
  )
})

describeWith([], 'npm rcon and our client', () => {
  /** One command on a connection of its own; its frames, joined until the answer's known end. */
  function foreign(server: RunningSimulatedServer, command: string, end: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const client = new Rcon(server.host, server.port, password)
      let text = ''
      client.on('auth', () => client.send(command))
      client.on('response', part => {
        text += part
        if (!text.trimEnd().endsWith(end)) return
        client.disconnect()
        resolve(text)
      })
      client.on('error', reject)
      client.connect()
    })
  }

  it.each<Partial<SrcdsSwitches>>([
    {},
    { 'rcon-auth-segments': 'separate' },
    { 'rcon-no-empty-frame': true },
    { 'rcon-segment-bytes': 100 },
    { 'rcon-no-mirror': true },
    { 'rcon-late-tail': true },
    { 'rcon-delay-ms': 20 },
  ])('read the same answers with %j', async switches => {
    await using server = await populated(switches)
    const client = new RconClient({ host: server.host, port: server.port, password, timeoutMs: patienceMs })
    try {
      await client.connect()
      const commands = [
        ['status', '#end'],
        ['sv_gravity', 'gravity'],
      ] as const
      for (const [command, end] of commands) {
        const mine = await client.execute(command)
        // Connection times go on between the two questions.
        const still = (text: string) => text.replace(/\d\d:\d\d/g, 'mm:ss').trimEnd()
        const known = command === 'status' ? end : still(mine).slice(-10)
        expect(still(await foreign(server, command, known))).toBe(still(mine))
      }
    } finally {
      await client.close()
    }
  })
})
