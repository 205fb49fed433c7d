import { setTimeout as sleep } from 'node:timers/promises'
import type { LeftEvent, Server } from '@left4me/contract'
import type { Host, InstanceStatus } from '@left4me/host'
import { type RunningSimulatedServer, startSimulatedServer } from '@left4me/simulator'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ServerDirectory } from '../servers/server-directory.ts'
import { quietLog } from '../testing/quiet-log.ts'
import { addUser, type TemporaryDatabase, temporaryDatabase } from '../testing/temporary-database.ts'
import { EventHub } from './event-hub.ts'
import { neverStarted } from './live-server.ts'
import { LiveServers } from './live-servers.ts'

const pace = {
  starting: 30,
  afterHint: 20,
  info: 60,
  status: 100,
  idleStatus: 200,
  statusGap: 30,
  rconAfterConfig: 20,
  rconAnyway: 60_000,
}

/** Where nothing answers until a game is started. */
const nobodys = 1024

/**
 * What LiveServers needs of a host, without one: the test says what runs. (A second implementation of that small part
 * of the interface; everything else here is real: the database, the sockets and the simulated game.)
 */
class TestHost {
  readonly #listeners = new Set<(status: InstanceStatus) => void>()
  statuses: InstanceStatus[] = []
  lines: { sequence: number; time: number; text: string }[] = []
  readonly #followers = new Set<() => void>()

  list: Host['list'] = async () => this.statuses
  logTail: Host['logTail'] = async (_, count) => this.lines.slice(-count)
  subscribe: Host['subscribe'] = listener => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
  followLog: Host['followLog'] = async (_, after, listener, signal) => {
    let last = after
    const tell = () => {
      const news = this.lines.filter(line => line.sequence > last)
      last = this.lines.at(-1)?.sequence ?? last
      if (news.length > 0) listener(news)
    }
    this.#followers.add(tell)
    tell()
    await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve(), { once: true }))
    this.#followers.delete(tell)
  }

  says(text: string): void {
    this.lines.push({ sequence: this.lines.length + 1, time: Date.now(), text })
    for (const tell of this.#followers) tell()
  }

  tell(status: InstanceStatus): void {
    for (const listener of this.#listeners) listener(status)
  }
}

describe('live servers', () => {
  let database: TemporaryDatabase
  let directory: ServerDirectory
  let host: TestHost
  let hub: EventHub
  let live: LiveServers
  let id: number
  let password: string
  let game: RunningSimulatedServer | null
  const events: LeftEvent[] = []

  beforeEach(async () => {
    database = await temporaryDatabase()
    directory = new ServerDirectory(database.db)
    host = new TestHost()
    hub = new EventHub({ epoch: 'test' })
    events.length = 0
    hub.subscribe(({ event }) => void events.push(event))
    live = new LiveServers({
      directory,
      hub,
      host,
      jobs: { open: () => null },
      log: quietLog,
      queryHost: '127.0.0.1',
      pace,
    })
    const ownerId = await addUser(database.db, 'zoey')
    const { record } = await directory.insert(
      {
        ownerId,
        name: 'Live',
        port: nobodys,
        blueprintId: null,
        overlayIds: [],
        arguments: [],
        config: [],
        startAtBoot: true,
        publicPage: false,
        updatePolicy: { mode: 'when-empty', time: null },
      },
      async () => null,
    )
    id = record.id
    password = directory.rconPassword(id)
    game = null
  })
  afterEach(async () => {
    await live.stop()
    await game?.stop()
    await database[Symbol.asyncDispose]()
  })

  const running = (more: Partial<InstanceStatus> = {}): InstanceStatus => ({
    ...neverStarted(id),
    phase: 'running',
    since: Date.now(),
    pid: 4711,
    processStart: '1',
    startedAt: Date.now() - 10,
    ...more,
  })
  const startGame = async (
    settings: Parameters<typeof startSimulatedServer>[0] = {},
    rconPassword = password,
  ) => {
    const files = { 'cfg/server.cfg': 'sv_logecho 1\nlog on\n' }
    game = await startSimulatedServer({ rconPassword, files, ...settings })
    await directory.change(id, { port: game.port })
    return game
  }
  const people = () => live.players(id).filter(player => !player.bot)
  const begin = (failures = new Map(), starting = new Set<number>()) => live.start({ failures, starting })
  async function until<Value>(look: () => Value | null | false | undefined): Promise<Value> {
    const deadline = performance.now() + 400_000
    for (;;) {
      const value = look()
      if (value) return value
      if (performance.now() > deadline) throw new Error(`did not happen: ${look.toString()}`)
      await sleep(10)
    }
  }
  const shown = (): Server => {
    const server = live.server(id)
    if (server === null) throw new Error('it is gone')
    return server
  }
  const published = () =>
    events.flatMap(event => (event.name === 'server' && !('deleted' in event.data) ? [event.data] : []))

  test('a server is starting until it answers, and then running, with map and players', async () => {
    await startGame({
      commandLine: ['+map', 'c2m1_highway'],
      switches: { players: 3, 'player-interval-ms': 5 },
    })
    await begin()
    live.apply(running())
    expect(shown()).toMatchObject({ state: 'starting', pid: 4711, observedAt: null })
    const waited = live.readiness(id, 100_000, new AbortController().signal)
    expect(await waited).toBe('ready')
    await until(() => live.players(id).length > 0 && shown().players > 0)
    expect(shown()).toMatchObject({ state: 'running', map: 'c2m1_highway' })
    await until(() => published().some(server => server.state === 'running' && server.players > 0))
    await until(() => events.some(event => event.name === 'players' && event.data.players.length > 0))
  })

  test('one that lies about itself is believed only as much as a game could say', async () => {
    const { game: lying } = await startGame()
    const players = lying.population.players() as NonNullable<ReturnType<typeof lying.population.join>>[]
    const first = lying.population.join()
    if (!first) throw new Error('there is no room')
    for (let userId = 100; userId < 400; userId += 1)
      players.push({ ...first, userId, name: 'x'.repeat(500) })
    lying.map = 'c'.repeat(20_000)
    await begin()
    live.apply(running())
    await until(() => live.players(id).length > 1)
    expect(live.players(id)).toHaveLength(64)
    expect(live.players(id).at(-1)?.name).toBe('x'.repeat(128))
    expect(shown().map).toBe('c'.repeat(128))
  })

  test('one that answers no query is ready by RCON, once it said that its config is read', async () => {
    await startGame({ switches: { 'a2s-silent': true } })
    await begin()
    live.apply(running())
    await sleep(100)
    expect(shown().state).toBe('starting')
    host.says('Executing dedicated server config file')
    expect(await live.readiness(id, 100_000, new AbortController().signal)).toBe('ready')
    await until(() => shown().map !== null)
  })

  test('one that falls silent goes on running: only what was heard grows old', async () => {
    const simulated = await startGame()
    await begin()
    live.apply(running())
    await until(() => shown().state === 'running' && shown().map !== null)
    simulated.game.switches['a2s-silent'] = true
    await sleep(400)
    const before = shown()
    await simulated.stop()
    await sleep(800)
    expect({ ...shown(), observedAt: null }).toEqual({ ...before, observedAt: null })
    expect(shown()).toMatchObject({ state: 'running', stateReason: null })
  })

  test('one that was found running counts as running at once, unless its start was cut off', async () => {
    host.statuses = [running()]
    await begin()
    expect(shown().state).toBe('running')
    await live.stop()
    await begin(new Map(), new Set([id]))
    live.apply(running({ processStart: '2', since: Date.now() + 1 }))
    expect(shown().state).toBe('starting')
  })

  test('a wrong password is tried once in a run, and again only in the next one', async () => {
    const simulated = await startGame({}, 'another')
    await begin()
    live.apply(running())
    await until(() => shown().stateReason?.code === 'console-refused')
    expect(shown().state).toBe('running')
    for (let tries = 0; tries < 5; tries += 1) {
      live.refreshSoon(id)
      await expect(live.session(id)?.execute('status')).rejects.toMatchObject({ code: 'wrong-password' })
      await sleep(30)
    }
    const attempts = () => simulated.output().split('Bad Password').length - 1
    expect(attempts()).toBe(1)
    live.apply(running({ processStart: '2', pid: 4712, since: Date.now() + 1 }))
    await until(() => attempts() === 2)
  })

  test('what the console says is shown until it says otherwise', async () => {
    await startGame()
    await begin()
    live.apply(running())
    await until(() => shown().state === 'running')
    host.says('Connection to Steam servers lost.  (Result = 3)')
    await until(() => shown().stateReason?.code === 'steam-lost')
    host.says('Reconnected to Steam servers.')
    await until(() => shown().stateReason === null)
    host.says('Your server is out of date.  Please update and restart.')
    await until(() => shown().stateReason?.code === 'out-of-date')
    // Chat is no such line, whatever it says.
    host.says('Zoey: Connection to Steam servers lost')
    await sleep(50)
    expect(shown().stateReason?.code).toBe('out-of-date')
  })

  test('a console line about somebody who joined makes it ask at once', async () => {
    const slow = { ...pace, info: 60_000, status: 60_000, idleStatus: 60_000 }
    await live.stop()
    live = new LiveServers({
      directory,
      hub,
      host,
      jobs: { open: () => null },
      log: quietLog,
      queryHost: '127.0.0.1',
      pace: slow,
    })
    const simulated = await startGame()
    simulated.game.population.join()
    await begin()
    live.apply(running())
    // It has asked all that it asks at the beginning.
    await until(() => people().length === 1)
    simulated.game.population.join()
    await sleep(100)
    expect(people()).toHaveLength(1)
    host.says('L 11/22/2026 - 20:00:00: "Zoey<2><STEAM_1:0:1><>" connected, address "192.0.2.1:27005"')
    await until(() => people().length === 2)
  })

  test('events tell changes and nothing else, and many changes at a time are one', async () => {
    await begin()
    await until(() => true)
    for (let change = 0; change < 50; change += 1) live.touch(id)
    await until(() => published().length === 1)
    for (let change = 0; change < 50; change += 1) live.touch(id)
    await sleep(120)
    expect(published()).toHaveLength(1)
    await directory.change(id, { name: 'A' })
    await directory.change(id, { name: 'B' })
    await until(() => published().at(-1)?.name === 'B')
    expect(published().length).toBeLessThanOrEqual(3)
    await directory.remove(id)
    expect(events.at(-1)).toEqual({ name: 'server', data: { id, deleted: true } })
    expect(live.server(id)).toBeNull()
  })

  test('the text that lists are made of is the server as it is now', async () => {
    await begin()
    expect(JSON.parse(live.json(id) ?? '')).toEqual(shown())
    await directory.change(id, { name: 'Renamed' })
    expect(JSON.parse(live.json(id) ?? '')).toMatchObject({ name: 'Renamed' })
    live.setSurroundings({ address: '192.0.2.7', simulated: true })
    expect(JSON.parse(live.json(id) ?? '')).toMatchObject({
      address: `192.0.2.7:${nobodys}`,
      simulated: true,
    })
    expect(live.json(id)).not.toContain(password)
  })

  test('what the host said earlier never replaces what it said later', async () => {
    await begin()
    const now = Date.now()
    live.apply(running({ since: now }))
    live.apply({ ...neverStarted(id), since: now + 5 })
    live.apply(running({ since: now }))
    expect(shown()).toMatchObject({ state: 'stopped', pid: null })
    expect(await live.readiness(id, 1000, new AbortController().signal)).toMatchObject({ phase: 'stopped' })
  })

  test('what the host tells by itself counts also when its clock was set back', async () => {
    await begin()
    const now = Date.now()
    host.tell(running({ since: now }))
    host.tell({ ...neverStarted(id), since: now - 3_600_000 })
    expect(shown()).toMatchObject({ state: 'stopped', pid: null })
  })

  test('waiting for an answer ends with its deadline, and with its signal', async () => {
    await begin()
    live.apply(running())
    expect(await live.readiness(id, 50, new AbortController().signal)).toBe('deadline')
    const controller = new AbortController()
    const waiting = live.readiness(id, 60_000, controller.signal)
    controller.abort('cancelled')
    await expect(waiting).rejects.toBe('cancelled')
  })
})
