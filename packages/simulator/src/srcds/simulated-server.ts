import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gameFacts } from '../game-facts.ts'
import { registerCommands } from './commands/index.ts'
import { Game } from './game.ts'
import type { GameFiles } from './game-files.ts'
import { QueryServer } from './query-server.ts'
import { RconServer } from './rcon-server.ts'
import { earlyOutput, missingLibraries, missingSteamclient } from './startup-output.ts'
import type { SrcdsSwitches } from './switches.ts'
import { crashOf, type ServerExit, Troubles } from './troubles.ts'

export interface SimulatedServerOptions {
  /** As srcds_run gets them, without the simulator's switches. */
  readonly commandLine: readonly string[]
  readonly switches: SrcdsSwitches
  readonly files: GameFiles
  /** What the server prints; pieces of text, line ends included. */
  readonly onOutput: (text: string) => void
  /** Called once, when the server has ended by itself or was stopped. */
  readonly onExit: (exit: ServerExit) => void
}

/** A whole simulated srcds: the game, its UDP socket for queries and its TCP socket for RCON. */
export class SimulatedServer {
  readonly game: Game
  readonly #options: SimulatedServerOptions
  readonly #rcon: RconServer
  readonly #queries: QueryServer
  readonly #troubles: Troubles
  #exiting: Promise<void> | null = null

  constructor(options: SimulatedServerOptions) {
    this.#options = options
    this.game = new Game({
      ...options,
      onQuit: () => void this.#exit({ code: 0, signal: null }),
      onCrash: () => this.#crash(),
    })
    registerCommands(this.game)
    this.#rcon = new RconServer(this.game)
    this.#queries = new QueryServer(this.game)
    this.#troubles = new Troubles(this.game, () => this.#crash())
  }

  /**
   * Boots; resolves with how long that took, in ms, when the server answers queries and RCON. Resolves with null when it
   * ended instead (`onExit` was called), or when it will never be ready.
   */
  async start(): Promise<number | null> {
    const begin = performance.now()
    const { game } = this
    const until = async (fraction: number): Promise<void> => {
      const left = begin + game.switches['boot-ms'] * fraction - performance.now()
      if (left > 0) await wait(left)
    }
    if (game.switches['libraries-missing']) return this.#failStart(missingLibraries, 127)
    this.#troubles.start()
    for (const step of earlyOutput(dirname(this.#options.files.root))) {
      await until(step.at)
      game.print(step.lines.map(line => `${line}\n`).join(''))
    }
    if (this.#ended) return null
    if (game.switches['steamclient-missing']) {
      game.print(missingSteamclient)
      this.#crash()
      return null
    }
    if (game.switches['never-ready'] || !game.files.hasStartScript()) return null
    if (!this.#mountAddons()) return null
    if (!(await this.#bind())) {
      const text = `FATAL ERROR (shutting down): Couldn't allocate dedicated server IP port ${game.address.port}.\n`
      return this.#failStart(text, 1)
    }
    game.runStartScripts()
    if (this.#ended) return null
    if (game.map === '') game.print(`WARNING: No map specified! Defaulting to ${gameFacts.defaultMap}\n`)
    const { host, port } = game.address
    game.print(
      `maxplayers set to ${game.maxPlayers()}\nNetwork: IP ${host}, mode MP, dedicated Yes, ports ${port} SV / ${game.cvars.text('clientport')} CL\n`,
    )
    await until(0.95)
    if (this.#ended) return null
    game.enterMap(game.map === '' ? gameFacts.defaultMap : game.map)
    await until(1)
    if (this.#ended) return null
    this.#announceSteam()
    game.population.start()
    return performance.now() - begin
  }

  /** Ends it as a signal does. Idempotent; resolves when its sockets are free. */
  async stop(): Promise<void> {
    this.game.quit()
    await this.#exit({ code: 0, signal: null })
  }

  /** A line that somebody typed on the server's console. */
  input(line: string): void {
    if (this.game.phase === 'ended' || this.game.phase === 'hung') return
    this.game.console.execute(line, text => this.game.print(text))
  }

  get #ended(): boolean {
    return this.#exiting !== null
  }

  /** False when it crashed over one. */
  #mountAddons(): boolean {
    const broken = this.game.files.mountAddons()
    for (const name of broken)
      this.game.print(`CPackedStore: ${gameFacts.gameFolder}/addons/${name} is not a valid VPK\n`)
    if (broken.length === 0 || !this.game.switches['crash-on-bad-vpk']) return true
    this.#crash()
    return false
  }

  #announceSteam(): void {
    if (this.game.cvars.enabled('sv_lan')) return
    this.game.print('Connection to Steam servers successful.\n')
    this.game.print(`   VAC secure mode is ${this.game.secure ? 'activated' : 'disabled'}.\n`)
  }

  /** UDP and TCP on the same number, or neither. */
  async #bind(): Promise<boolean> {
    const { game } = this
    if (game.switches['port-taken']) return false
    const { host } = game.address
    const rconHost = game.switches['rcon-on-host-address'] && !game.options.has('ip') ? '127.0.1.1' : host
    for (const candidate of this.#candidates()) {
      try {
        const port = await this.#queries.listen(host, candidate)
        if (!game.switches['rcon-absent']) await this.#rcon.listen(rconHost, port)
        game.address = { host, port }
        return true
      } catch {
        await this.#queries.close()
      }
    }
    return false
  }

  /** Without `-strictportbind` the engine silently takes the next free port; port 0 is any free one. */
  #candidates(): number[] {
    const wanted = this.game.address.port
    if (wanted === 0) return Array<number>(20).fill(0)
    if (this.game.options.has('strictportbind')) return [wanted]
    return Array.from({ length: 100 }, (_, offset) => wanted + offset).filter(port => port < 65536)
  }

  async #failStart(text: string, code: number): Promise<null> {
    this.game.print(text)
    await this.#exit({ code, signal: null })
    return null
  }

  #crash(): void {
    if (this.#ended) return
    const { text, exit } = crashOf(this.game.switches.crash)
    this.game.print(text)
    void this.#exit(exit)
  }

  #exit(exit: ServerExit): Promise<void> {
    this.#exiting ??= this.#end(exit)
    return this.#exiting
  }

  async #end(exit: ServerExit): Promise<void> {
    this.game.abandon()
    this.#troubles.stop()
    if (exit.code === 0 && this.game.switches['exit-ms'] > 0) await wait(this.game.switches['exit-ms'])
    await Promise.all([this.#queries.close(), this.#rcon.close()])
    this.#options.onExit(exit)
  }
}
