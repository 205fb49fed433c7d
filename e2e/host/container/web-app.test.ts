import type { Server } from '@left4me/contract'
import { RconClient } from '@left4me/protocols/client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWith } from '../../../tools/test-support/capability.ts'
import { waitFor } from '../../support/wait-for.ts'
import { useGameBed } from '../support/game-bed.ts'
import { GameServer } from '../support/game-server.ts'
import { WebApp } from '../support/web-app.ts'

const quiet = ['-simulate-boot-ms', '0', '-simulate-players', '0']
/**
 * Prints a numbered line five times a second, so that a gap in a log shows, and that a slow machine doesn't come to 5,000
 * of them within a test. Who plays there stays.
 */
const talkative = [...quiet, '-simulate-lines-per-second', '5', '-simulate-player-interval-ms', '86400000']

describeWith(['root'], 'game servers and the web application', () => {
  const bed = useGameBed()
  let web: WebApp
  /** Left alone, crashed, stopped behind the application's back, and asked for a burst of lines. */
  let steady: Game
  let crashing: Game
  let stopping: Game
  let bursting: Game

  interface Game {
    readonly id: number
    readonly unit: GameServer
  }

  beforeAll(async () => {
    web = await WebApp.start(bed())
    await web.api.install()
    const make = async (name: string, words: string[]): Promise<Game> => {
      const { id, port } = await web.api.createServer({ name, arguments: words })
      return { id, unit: new GameServer(bed().container, String(id), port) }
    }
    steady = await make('steady', talkative)
    crashing = await make('crashing', quiet)
    stopping = await make('stopping', quiet)
    bursting = await make('bursting', quiet)
    for (const { id } of [steady, crashing, stopping, bursting]) await web.api.power('startServer', id)
    for (const { unit } of [steady, crashing, stopping, bursting]) await bed().network.joinable(unit.port)
  })

  afterAll(async () => {
    await web?.[Symbol.asyncDispose]()
  })

  const pidsOf = async (games: Game[]) => await Promise.all(games.map(({ unit }) => unit.engine()))

  /** Waits until the application says this of the server; of one that runs, by the server's own words. */
  async function says({ id }: Game, wanted: Partial<Server>): Promise<void> {
    let last: Server | null = null
    await waitFor(`the application is right about server ${id}`, async () => {
      const server = await web.api.server(id)
      last = server
      const agrees = Object.entries(wanted).every(([key, value]) => Reflect.get(server, key) === value)
      return agrees && (wanted.state !== 'running' || server.observedAt !== null)
    }).catch((error: unknown) => {
      throw new Error(`wanted ${JSON.stringify(wanted)}, but it says ${JSON.stringify(last)}`, {
        cause: error,
      })
    })
  }

  /** Waits until the application answers, and until it is right about all of them. */
  async function isBack(wanted: [Game, Partial<Server>][]): Promise<void> {
    await web.answers()
    for (const [game, facts] of wanted) await says(game, facts)
  }

  /** The numbers of the simulated lines and the sequences of all lines, in the order of the log. */
  async function logOf({ id }: Game): Promise<{ numbers: number[]; texts: Map<number, string> }> {
    const { items } = (await web.api.call('getLogs', { params: { id }, query: { lines: 5000 } })) as {
      items: { sequence: number; text: string }[]
    }
    const numbers = items.flatMap(({ text }) => /^simulated line (\d+) /.exec(text)?.[1] ?? []).map(Number)
    return { numbers, texts: new Map(items.map(({ sequence, text }) => [sequence, text])) }
  }

  /** Nothing lost and nothing doubled: numbers and sequences go up by one, and a line keeps its sequence. */
  async function expectWholeLog(game: Game, before: Map<number, string>): Promise<void> {
    const last = Math.max(...before.keys())
    const grown = await waitFor('more lines of the game', async () => {
      const log = await logOf(game)
      return Math.max(...log.texts.keys()) > last + 15 && log
    })
    expect(grown.numbers).toEqual(grown.numbers.map((_, index) => (grown.numbers[0] ?? 0) + index))
    const sequences = [...grown.texts.keys()]
    expect(sequences).toEqual(sequences.map((_, index) => (sequences[0] ?? 0) + index))
    // The oldest of them may have left the 5,000 that are answered.
    for (const sequence of sequences.filter(sequence => before.has(sequence)))
      expect(grown.texts.get(sequence)).toBe(before.get(sequence))
    expect(before.has(sequences[0] ?? 0)).toBe(true)
  }

  it('are started by it as units that are not its own', async () => {
    const { ControlGroup } = await steady.unit.state()
    expect(ControlGroup).toBe(`/l4d2.slice/l4d2-game.slice/${steady.unit.unit}`)
    for (let player = 0; player < 2; player++)
      await web.api.call('runCommand', { params: { id: steady.id }, body: { command: 'simulate_join' } })
    // Asked once: a game server counts queries by address, and falls silent.
    await waitFor('both joined', async () => (await bed().network.query(steady.unit.port))?.players === 2)
    await says(steady, { state: 'running', players: 2, map: 'c1m1_hotel' })
  })

  it('go on when it is killed, and it knows all about them again', async () => {
    const games = await pidsOf([steady, crashing])
    const { texts } = await logOf(steady)
    const web1 = await web.pid()
    await web.systemctl('kill --kill-whom=main --signal=KILL')
    await waitFor('systemd started it again', async () => ![0, web1].includes(await web.pid()))
    await isBack([
      [steady, { state: 'running', restarts: 0, players: 2, map: 'c1m1_hotel' }],
      [crashing, { state: 'running', restarts: 0 }],
    ])
    expect(await pidsOf([steady, crashing])).toEqual(games)
    await expectWholeLog(steady, texts)
  })

  it('go on when it is replaced by another build', async () => {
    const games = await pidsOf([steady, crashing])
    const { texts } = await logOf(steady)
    await bed().container.succeed(`cd /var/lib/left4me/app
      ln -s /opt/left4me/src next; mv --no-target-directory next current`)
    await web.systemctl('restart')
    await isBack([
      [steady, { state: 'running', restarts: 0, players: 2, map: 'c1m1_hotel' }],
      [crashing, { state: 'running', restarts: 0 }],
    ])
    expect(await pidsOf([steady, crashing])).toEqual(games)
    await expectWholeLog(steady, texts)
  })

  it('go on while it is down, and it knows afterwards what happened meanwhile', async () => {
    const [steadyPid] = await pidsOf([steady])
    const { texts } = await logOf(steady)
    const config = `${bursting.unit.runtime}/merged/left4dead2/cfg/server.cfg`
    const password = await bed().container.succeed(`sed -n 's/^rcon_password "\\(.*\\)"/\\1/p' ${config}`)
    await web.systemctl('stop')

    await crashing.unit.crash()
    await bed().container.succeed(`systemctl stop ${stopping.unit.unit} ${stopping.unit.overlayUnit}`)
    await using rconPort = await bed().network.forward(bursting.unit.port)
    await using rcon = new RconClient({ host: '127.0.0.1', port: rconPort.port, password })
    await rcon.connect()
    await rcon.execute('simulate_lines 4000')
    await waitFor(
      'the one that crashed runs again',
      async () => (await crashing.unit.state()).NRestarts === '1',
    )
    await bed().network.joinable(crashing.unit.port)

    await web.systemctl('start')
    await isBack([
      [steady, { state: 'running', restarts: 0, players: 2, map: 'c1m1_hotel' }],
      [crashing, { state: 'running', restarts: 1 }],
      [stopping, { state: 'stopped', stateReason: null }],
      [bursting, { state: 'running', restarts: 0 }],
    ])
    expect(await pidsOf([steady])).toEqual([steadyPid])
    await expectWholeLog(steady, texts)
    const { numbers } = await logOf(bursting)
    expect(numbers).toEqual(Array.from({ length: 4000 }, (_, index) => index + 1))
    await web.api.power('startServer', stopping.id)
  })

  it('are started or stopped by whoever of two people comes last, and it says which', async () => {
    const people = [await web.anotherSession(), await web.anotherSession()] as const
    const { id, unit } = crashing
    for (let round = 0; round < 5; round++) {
      const calls = [
        people[0].call('startServer', { params: { id } }),
        people[1].call('stopServer', { params: { id } }),
      ]
      // What can't be done in the present state is refused with a sentence.
      await Promise.all(
        calls.map(call => call.catch((error: unknown) => expect(String(error)).toContain('answered 409'))),
      )
      await waitFor('nothing is under way', async () => (await web.api.server(id)).jobId === null)
      const { state } = await web.api.server(id)
      expect(['running', 'starting', 'stopped']).toContain(state)
      expect((await unit.engine()) === null).toBe(state === 'stopped')
      expect((await unit.mountId()) === null).toBe(state === 'stopped')
    }
  })

  it('lose what they wrote when they are reset, and only then', async () => {
    const { id, unit } = stopping
    await bed().container.succeed(`echo own >${unit.runtime}/merged/own.txt`, { user: 'left4me' })
    await web.api.power('restartServer', id)
    expect(await bed().container.succeed(`cat ${unit.runtime}/merged/own.txt`)).toBe('own')
    await web.api.power('stopServer', id)
    await web.api.finish(
      (await web.api.call('resetServer', { params: { id } })) as Parameters<typeof web.api.finish>[0],
    )
    expect(await bed().container.succeed(`find ${unit.runtime}/upper -mindepth 1`)).toBe('')
    await web.api.power('startServer', id)
    expect((await bed().container.run(`test -e ${unit.runtime}/merged/own.txt`)).code).toBe(1)
    await bed().network.joinable(unit.port)
  })
})
