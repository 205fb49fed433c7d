import type { List } from '@left4me/contract'
import { type RunningSimulatedServer, startSimulatedServer } from '@left4me/simulator'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LiveServers } from '../live/live-servers.ts'
import { RconSession } from '../live/rcon-session.ts'
import { MemoryHost } from '../testing/memory-host.ts'
import type { TestClient } from '../testing/test-client.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { ConsoleCommands } from './console-commands.ts'
import { consoleEndpoints } from './console-endpoints.ts'
import type { Power } from './power/power.ts'
import type { ServerDirectory, ServerRecord } from './server-directory.ts'

const rconPassword = 'of the console'

/** One server that runs, as far as its console is concerned: the game, RCON and the HTTP API are real. */
describe('a command that was sent and not answered', () => {
  let simulated: RunningSimulatedServer
  let session: RconSession
  let server: TestServer
  let admin: TestClient
  let owner: TestClient

  beforeEach(async () => {
    simulated = await startSimulatedServer({ rconPassword })
    session = new RconSession({ host: simulated.host, port: simulated.port, password: rconPassword })
    const record = { id: 1 } as ServerRecord
    const directory = { rconPassword: () => rconPassword } as unknown as ServerDirectory
    const live = {
      state: () => ({ state: 'running' }),
      session: () => session,
      refreshSoon() {},
    } as unknown as LiveServers
    const { runCommand, kickPlayer, banPlayer } = consoleEndpoints({
      host: new MemoryHost(),
      directory,
      live,
      power: { record: () => record } as unknown as Power,
      commands: new ConsoleCommands({ directory, live }),
      async refuseUnknownMap() {},
    })
    server = await startTestServer({ endpoints: { runCommand, kickPlayer, banPlayer } })
    admin = await server.client('louis', 'admin')
    const zoey = await server.client('zoey')
    server.domain.put(1, zoey.userId)
    owner = zoey
  })
  afterEach(async () => {
    await session.close()
    await simulated.stop()
    await server[Symbol.asyncDispose]()
  })

  const run = (command: string) => owner.post('/api/v1/servers/1/console', { command })
  /** What the owner did with the console, as the audit has it, newest first. */
  const audited = async () => {
    const { items } = (await admin.get('/api/v1/audit')).json as List<{ action: string; detail: string }>
    return items
      .filter(({ action }) => /^(?:server|player)\./.test(action))
      .map(({ action, detail }) => `${action}: ${detail}`)
  }
  /** From its next `kickid` on the game hangs up in the middle of an answer. */
  const cutKicks = () =>
    simulated.game.console.register('kickid', '', ({ print }) => {
      simulated.game.switches['rcon-cut'] = true
      print('this answer is cut')
    })
  const join = () => {
    const player = simulated.game.population.join()
    if (!player) throw new Error('there is no room')
    return player
  }

  test('is in the audit, without what is secret in it', async () => {
    simulated.game.switches['rcon-cut'] = true
    for (const command of ['say hello', 'sv_password hunter2']) {
      expect((await run(command)).json).toMatchObject({ code: 'console-failed' })
    }
    expect(await audited()).toEqual([
      'server.command: sv_password (kept secret), not answered',
      'server.command: say hello, not answered',
    ])
  })

  test('is told from one that was never sent, which leaves nothing', async () => {
    await simulated.stop()
    expect((await run('say hello')).json).toMatchObject({ code: 'server-not-answering' })
    expect((await run('say \u001b[2J')).status).toBeGreaterThan(399)
    expect(await audited()).toEqual([])
  })

  test('is in the audit when it kicks', async () => {
    const { userId } = join()
    cutKicks()
    const answer = await owner.post(`/api/v1/servers/1/players/${userId}/kick`, {})
    expect(answer.json).toMatchObject({ code: 'console-failed' })
    expect(await audited()).toEqual([`player.kick: number ${userId}, not answered`])
  })

  test('does not keep a ban for good from lasting', async () => {
    const { userId, steamId } = join()
    let written = false
    simulated.game.console.register('writeid', '', () => {
      written = true
    })
    cutKicks()
    const answer = await owner.post(`/api/v1/servers/1/players/${userId}/ban`, { minutes: 0 })
    expect(answer.json).toMatchObject({ code: 'console-failed' })
    expect(await audited()).toEqual([`player.ban: ${steamId} for good, not answered`])
    expect(written).toBe(true)
  })
})
