import type { Game } from './srcds/game.ts'
import { GameTree, MemoryGameFiles } from './srcds/game-files.ts'
import { SimulatedServer } from './srcds/simulated-server.ts'
import { type SrcdsSwitches, srcdsSwitches } from './srcds/switches.ts'
import type { ServerExit } from './srcds/troubles.ts'
import { initialSwitches } from './switch-table.ts'

export interface SimulatedServerSettings {
  /** srcds's own arguments, for example `['+map', 'c2m1_highway']`. It listens where `-ip` and `-port` say. */
  readonly commandLine?: readonly string[]
  /** Default 127.0.0.1. Ignored when the command line has `-ip`. */
  readonly host?: string
  /** Default 0: a free one. Ignored when the command line has `-port`. */
  readonly port?: number
  /** Set by the text of `server.cfg`, which is read at every map start. */
  readonly rconPassword?: string
  /** Files below `left4dead2/`, by path, for a server without a game tree. */
  readonly files?: Readonly<Record<string, string>>
  /** A game tree on disk, instead of `files`: the folder that holds `left4dead2/`. */
  readonly root?: string
  /**
   * By default nothing is awaited in vain (`boot-ms` and `map-load-ms` 0) and nobody plays (`players` 0), but whoever a
   * caller lets in (`game.population.join`) stays.
   */
  readonly switches?: Partial<SrcdsSwitches>
}

export interface RunningSimulatedServer extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** Everything printed so far. */
  output(): string
  /** Types a line on its console. */
  input(line: string): void
  /** The game's own state, to look at and to change. */
  readonly game: Game
  /** When it has ended, by itself or by `stop`. */
  readonly exited: Promise<ServerExit>
  /** Ends it as a signal does and frees its sockets. Idempotent. */
  stop(): Promise<void>
}

const oneDayMs = 86_400_000

/** How much of what a server printed is kept; characters. */
const keptOutput = 256 * 1024

/**
 * Runs one simulated srcds in this process; resolves when it answers queries and RCON. Rejects when it ended at its
 * start, with what it printed.
 */
export async function startSimulatedServer(
  settings: SimulatedServerSettings = {},
): Promise<RunningSimulatedServer> {
  const { commandLine = [], host = '127.0.0.1', port = 0, rconPassword, files = {}, root } = settings
  const configuration =
    rconPassword === undefined
      ? files
      : { ...files, 'cfg/server.cfg': `rcon_password "${rconPassword}"\n${files['cfg/server.cfg'] ?? ''}` }
  let output = ''
  const { promise: exited, resolve: onExit } = Promise.withResolvers<ServerExit>()
  const server = new SimulatedServer({
    commandLine: [...commandLine, '-ip', host, '-port', String(port), '-strictportbind'],
    switches: {
      ...initialSwitches(srcdsSwitches),
      'boot-ms': 0,
      'map-load-ms': 0,
      players: 0,
      ...(settings.switches?.players ? {} : { 'player-interval-ms': oneDayMs }),
      ...settings.switches,
    },
    files: root === undefined ? new MemoryGameFiles(configuration) : new GameTree(root),
    onOutput: text => {
      output = (output + text).slice(-keptOutput)
    },
    onExit,
  })
  if ((await server.start()) === null) throw new Error(`the simulated server ended at its start:\n${output}`)
  return {
    ...server.game.address,
    output: () => output,
    input: line => server.input(line),
    game: server.game,
    exited,
    stop: () => server.stop(),
    [Symbol.asyncDispose]: () => server.stop(),
  }
}

/** `count` servers in this process, each with players of its own (its seed is its number). When one can't be started, those that were are stopped again. */
export async function startSimulatedServers(
  count: number,
  settings: (index: number) => SimulatedServerSettings = () => ({}),
): Promise<RunningSimulatedServer[]> {
  const started = await Promise.allSettled(
    Array.from({ length: count }, (_, index) => {
      const given = settings(index)
      return startSimulatedServer({ ...given, switches: { seed: index + 1, ...given.switches } })
    }),
  )
  const running = started.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
  const failure = started.find(result => result.status === 'rejected')
  if (failure === undefined) return running
  await Promise.all(running.map(server => server.stop()))
  throw failure.reason
}
