import { type SrcdsSwitches, startSimulatedServer, startSimulatedWebApi } from '@left4me/simulator'
import { describe, expect, test } from 'vitest'
import { readConsoleLine } from '../console/console-line.ts'
import { parseCvarList } from '../console/cvar-list.ts'
import { parseSourceModPlugins } from '../console/plugins.ts'
import { parseStats } from '../console/stats.ts'
import { parseStatus } from '../console/status.ts'
import { parseUsers } from '../console/users.ts'
import { eventually } from '../testing/eventually.ts'
import { A2sClient } from './a2s-client.ts'
import { RconBroker } from './rcon-broker.ts'
import { SteamWebApi } from './steam-web-api.ts'

/**
 * The simulator was written from the facts by somebody else and shares no encoder with this package: where both agree, a
 * mistake would have to be made twice.
 */
const password = 'correcthorse'
const start = (switches: Partial<SrcdsSwitches> = {}) =>
  startSimulatedServer({
    rconPassword: password,
    files: {
      'cfg/server.cfg': `hostname "Über »Test« 你好"\nrcon_password "${password}"\nsv_max_queries_sec 1000\nsv_max_queries_sec_global 1000`,
    },
    switches: { players: 3, ...switches },
  })

async function a2s(): Promise<A2sClient> {
  const client = new A2sClient({ timeoutMs: 20_000 })
  await client.open()
  return client
}

describe('A2S', () => {
  test.each<[string, Partial<SrcdsSwitches>]>([
    ['one challenge', {}],
    ['no challenge', { 'a2s-challenge': 'none' }],
    ['a second challenge', { 'a2s-challenge': 'twice' }],
    ['datagrams that come twice', { 'a2s-duplicate': 100 }],
    ['parts in the wrong order', { 'a2s-reorder': true }],
    ['parts among those of another reply', { 'a2s-mix': true }],
    ['late replies', { 'a2s-delay-ms': 50 }],
    [
      'all of them at once',
      { 'a2s-challenge': 'twice', 'a2s-duplicate': 100, 'a2s-reorder': true, 'a2s-mix': true },
    ],
  ])('with %s', async (_name, switches) => {
    await using server = await start(switches)
    await using client = await a2s()
    const info = await client.info(server)
    expect(info).toMatchObject({
      name: 'Über »Test« 你好',
      appId: 550,
      folder: 'left4dead2',
      bots: 0,
      port: server.port,
    })
    const players = await client.players(server)
    expect(players).toMatchObject({ truncated: false, declaredCount: info.players })
    expect(players.players.every(player => player.index === 0)).toBe(true)
    const rules = await client.rules(server)
    expect(rules.truncated).toBe(false)
    expect(rules.rules.length).toBeGreaterThan(60)
    expect(new Map(rules.rules.map(({ name, value }) => [name, value])).get('mp_gamemode')).toBe('coop')
  })

  test('with a challenge for everything gives up', async () => {
    await using server = await start({ 'a2s-challenge': 'always' })
    await using client = await a2s()
    await expect(client.info(server)).rejects.toMatchObject({ code: 'malformed' })
  })

  test('with a last rule that is cut leaves it out', async () => {
    await using server = await start({ 'a2s-cut-rules': true })
    await using client = await a2s()
    const rules = await client.rules(server)
    expect(rules.truncated).toBe(true)
    expect(rules.rules.length).toBe(rules.declaredCount - 1)
  })

  test('with counts that lie lists the rows that are there', async () => {
    await using few = await start({ 'a2s-player-rows': 2, 'a2s-player-count': 170 })
    await using many = await start({ 'a2s-player-rows': 170 })
    await using client = await a2s()
    expect(await client.players(few)).toMatchObject({
      declaredCount: 170,
      truncated: true,
      players: { length: 2 },
    })
    expect(await client.players(many)).toMatchObject({ truncated: false, players: { length: 170 } })
  })

  test('with a claim of a compressed gigabyte refuses it', async () => {
    await using server = await start({ 'a2s-compressed': true })
    await using client = await a2s()
    await expect(client.rules(server)).rejects.toMatchObject({ code: 'too-large' })
  })

  test('with replies that are cut off calls them malformed', async () => {
    await using server = await start({ 'a2s-garbage': true })
    await using client = await a2s()
    await expect(client.info(server)).rejects.toMatchObject({ code: 'malformed' })
  })

  test('with silence times out', async () => {
    await using server = await start({ 'a2s-silent': true })
    await using client = await a2s()
    await expect(client.info(server, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'timeout' })
  })
})

describe('RCON', () => {
  const asked = (server: { host: string; port: number }, given = password) => ({
    host: server.host,
    port: server.port,
    password: given,
  })

  test.each<[string, Partial<SrcdsSwitches>]>([
    ['both frames of the authentication in one segment', {}],
    ['a segment for each of them', { 'rcon-auth-segments': 'separate' }],
    ['no empty frame before the verdict', { 'rcon-no-empty-frame': true }],
    ['segments of 97 bytes', { 'rcon-segment-bytes': 97 }],
    ['a late frame after the mirror', { 'rcon-late-tail': true }],
    ['no mirror', { 'rcon-no-mirror': true }],
    ['log echo in the answers', { 'rcon-log-tail': true }],
    ['slow answers', { 'rcon-delay-ms': 50 }],
  ])('with %s', async (_name, switches) => {
    await using server = await start(switches)
    await using broker = new RconBroker({ timeoutMs: 20_000 })
    for (let round = 0; round < 2; round += 1) {
      const status = parseStatus(await broker.execute(asked(server), 'status'))
      expect(status).toMatchObject({ complete: true, hostname: 'Über »Test« 你好', bots: 0 })
      // Characters of three bytes, cut by the frames without regard to them.
      const long = await broker.execute(asked(server), 'simulate_reply 30000')
      expect(long).not.toContain('\ufffd')
      expect(Buffer.byteLength(long)).toBeGreaterThan(29_990)
      expect(Buffer.byteLength(long)).toBeLessThanOrEqual(30_000)
    }
  })

  test('refuses a wrong password once and does not try it again', async () => {
    await using server = await start()
    await using broker = new RconBroker({ timeoutMs: 20_000 })
    for (let round = 0; round < 20; round += 1) {
      await expect(broker.execute(asked(server, 'wrong'), 'status')).rejects.toMatchObject({
        code: 'wrong-password',
      })
    }
    // Twenty attempts would have banned us.
    expect(parseStatus(await broker.execute(asked(server), 'status')).complete).toBe(true)
  })

  test.each<[string, Partial<SrcdsSwitches>, string]>([
    ['banned', { 'rcon-banned': true }, 'refused-before-auth'],
    ['refused', { 'rcon-absent': true }, 'refused'],
    ['closed in the middle of the answer', { 'rcon-cut': true }, 'closed'],
    ['lied to about a size', { 'rcon-size-lies': true }, 'too-large'],
  ])('tells that it was %s', async (_name, switches, code) => {
    await using server = await start(switches)
    await using broker = new RconBroker({ timeoutMs: 20_000 })
    await expect(broker.execute(asked(server), 'status')).rejects.toMatchObject({ code })
  })

  test.each(['empty', 'none', 'close'] as const)(
    'changes the map with %s as the answer, and goes on',
    async reply => {
      await using server = await start({ 'rcon-map-reply': reply, 'map-load-ms': 200 })
      await using broker = new RconBroker({ timeoutMs: 20_000 })
      const change = broker.execute(asked(server), 'changelevel c8m1_apartment', { timeoutMs: 3000 })
      await change.catch((error: unknown) =>
        expect(error).toMatchObject({ code: expect.stringMatching(/closed|timeout/) }),
      )
      // The configuration writes the password again at each map, which ends the session that was there.
      await eventually(() =>
        broker.execute(asked(server), 'status').then(parseStatus, () => null),
      ).toMatchObject({ complete: true, map: 'c8m1_apartment' })
    },
  )

  test.each(['empty', 'close'] as const)('quits with %s as the answer', async reply => {
    await using server = await start({ 'rcon-quit-reply': reply })
    await using broker = new RconBroker({ timeoutMs: 20_000 })
    expect(await broker.execute(asked(server), 'quit')).toBe('')
    await server.exited
  })

  test('reads every list, and names that imitate rows', async () => {
    await using server = await start({
      names: 'hostile',
      players: 8,
      sourcemod: true,
      'status-noise': true,
      'cvarlist-rows': 3000,
    })
    await using broker = new RconBroker({ timeoutMs: 20_000 })
    const ask = (command: string) => broker.execute(asked(server), command)
    const status = parseStatus(await ask('status'))
    expect(status.complete).toBe(true)
    const humans = status.players.filter(player => !player.bot)
    expect(humans.length).toBe(status.humans)
    expect(new Set(humans.map(player => player.steamId)).size).toBe(humans.length)
    expect(status.otherLines).toBeGreaterThan(0)
    expect(parseStats(await ask('stats'))).toMatchObject({ players: humans.length })
    const users = parseUsers(await ask('users'))
    expect(users.complete).toBe(true)
    for (const { userId, name } of humans)
      expect(users.users).toContainEqual(expect.objectContaining({ userId, name }))
    expect(parseSourceModPlugins(await ask('sm plugins list'))?.complete).toBe(true)
    const cvars = parseCvarList(await ask('cvarlist'))
    expect(cvars.complete).toBe(true)
    expect(cvars.entries.length).toBeGreaterThan(3000)
  })

  test('never takes a cut status for an empty server', async () => {
    await using server = await start({ 'status-cut': true })
    await using broker = new RconBroker({ timeoutMs: 20_000 })
    expect(parseStatus(await broker.execute(asked(server), 'status')).complete).toBe(false)
  })
})

test('its console becomes observations', async () => {
  await using server = await start()
  const kinds = server
    .output()
    .split(/\r?\n/)
    .flatMap(line => readConsoleLine(line)?.kind ?? [])
  expect(kinds).toEqual(expect.arrayContaining(['loading', 'ready-hint', 'vac-enabled']))
  expect(
    kinds.filter(kind => !['loading', 'ready-hint', 'vac-enabled', 'hibernating'].includes(kind)),
  ).toEqual([])
})

describe("Steam's Web API", () => {
  const api = (origin: string) =>
    new SteamWebApi({ baseUrl: origin, backoffMs: 1, key: 'k', timeoutMs: 60_000 })

  test('knows files, collections that are nested and cyclic, players and versions', async () => {
    await using simulated = await startSimulatedWebApi()
    const client = api(simulated.origin)
    const [missing, foreign, legacy, banned, large] = await client.publishedFiles([
      '1',
      '400',
      '500',
      '600',
      '700',
    ])
    expect(missing).toEqual({ found: false, id: '1', result: 9 })
    expect(foreign).toMatchObject({ consumerAppId: 440 })
    expect(legacy).toMatchObject({ consumerAppId: 550, fileUrl: expect.stringContaining('http') })
    expect(banned).toMatchObject({ banned: true })
    expect(large?.found === true && BigInt(large.contentHandle ?? 0) > 2n ** 63n).toBe(true)
    expect(await client.resolveCollection('100')).toMatchObject({
      itemIds: expect.arrayContaining(['101', '102', '201', '301']),
      truncated: false,
    })
    expect((await client.upToDateCheck(550, '2243')).upToDate).toBe(true)
    expect((await client.upToDateCheck(550, '2000')).upToDate).toBe(false)
    const players = await client.playerSummaries(['76561197960287930', '76561197960287939'])
    expect([...players.keys()]).toEqual(['76561197960287930'])
  })

  test('sends sizes as numbers or text, which makes no difference', async () => {
    await using simulated = await startSimulatedWebApi()
    const asText = await api(simulated.origin).publishedFiles(['1000'])
    simulated.switches['number-sizes'] = true
    expect(await api(simulated.origin).publishedFiles(['1000'])).toEqual(asText)
  })

  test.each([
    ['malformed', { malformed: true }],
    ['malformed', { html: true }],
    ['too-large', { huge: true }],
  ] as const)('fails with %s', async (code, switches) => {
    await using simulated = await startSimulatedWebApi(switches)
    await expect(api(simulated.origin).publishedFiles(['1000'])).rejects.toMatchObject({ code })
  })

  test('is asked again when it has no time', async () => {
    await using simulated = await startSimulatedWebApi({ unavailable: 2, 'rate-limit': 1 })
    expect(await api(simulated.origin).publishedFiles(['1000'])).toHaveLength(1)
  })
})
