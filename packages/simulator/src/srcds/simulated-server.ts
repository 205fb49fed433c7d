import { createSocket, type Socket } from 'node:dgram'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { gameFacts } from '../game-facts.ts'
import { Game } from './game.ts'
import type { GameFiles } from './game-files.ts'
import { QueryResponder } from './query-responder.ts'
import { RconServer } from './rcon-server.ts'
import { earlyOutput } from './startup-output.ts'
import type { SrcdsSwitches } from './switches.ts'

/** How a simulated process ends. */
export interface ServerExit {
  readonly code: number
}

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
  readonly #queries: QueryResponder
  #socket: Socket | null = null
  /** Queries that came while a map was being loaded. */
  #held: { request: Buffer; host: string; port: number }[] = []
  #exited = false

  constructor(options: SimulatedServerOptions) {
    this.#options = options
    this.game = new Game({ ...options, onQuit: () => void this.#exit({ code: 0 }) })
    this.#rcon = new RconServer(this.game)
    this.#queries = new QueryResponder(this.game)
    this.game.onMapReady(() => this.#answerHeld())
  }

  /**
   * Boots; resolves when the server answers queries and RCON, with how long that took in ms. Resolves with null when it
   * ended instead (its port was taken, for example): then `onExit` was called.
   */
  async start(): Promise<number | null> {
    const begin = performance.now()
    const bootMs = this.game.switches['boot-ms']
    const until = async (fraction: number): Promise<void> => {
      const left = begin + bootMs * fraction - performance.now()
      if (left > 0) await wait(left)
    }
    for (const step of earlyOutput(dirname(this.#options.files.root))) {
      await until(step.at)
      this.game.print(step.lines.map(line => `${line}\n`).join(''))
    }
    if (this.#exited || !(await this.#bind())) return null
    this.game.runCommandLine()
    if (this.#exited) return null
    const { host, port } = this.game.address
    const map = this.game.map
    if (map === '') this.game.print(`WARNING: No map specified! Defaulting to ${gameFacts.defaultMap}\n`)
    this.game.print(`maxplayers set to ${this.game.maxPlayers()}\n`)
    const clientPort = this.game.cvars.text('clientport')
    this.game.print(`Network: IP ${host}, mode MP, dedicated Yes, ports ${port} SV / ${clientPort} CL\n`)
    await until(0.95)
    if (this.#exited) return null
    this.game.enterMap(map === '' ? gameFacts.defaultMap : map)
    await until(1)
    this.#announceSteam()
    this.game.population.start()
    return performance.now() - begin
  }

  /** Ends it as a signal does. Idempotent. */
  async stop(): Promise<void> {
    this.game.quit()
    await this.#exit({ code: 0 })
  }

  /** A line that somebody typed on the server's console. */
  input(line: string): void {
    if (this.game.phase === 'ended') return
    this.game.console.execute(line, text => this.game.print(text))
  }

  #announceSteam(): void {
    if (this.game.cvars.enabled('sv_lan')) return
    this.game.print('Connection to Steam servers successful.\n')
    this.game.print(`   VAC secure mode is ${this.game.secure ? 'activated' : 'disabled'}.\n`)
  }

  async #bind(): Promise<boolean> {
    const wanted = this.game.address.port
    for (const port of this.#candidates(wanted)) {
      const socket = await this.#bindBoth(this.game.address.host, port)
      if (socket === null) continue
      this.game.address = { host: this.game.address.host, port: socket.address().port }
      socket.on('message', (request, { address, port: source }) => {
        this.#receive({ request, host: address, port: source })
      })
      socket.on('error', () => {
        // ICMP errors of clients that are gone; nothing to do.
      })
      this.#socket = socket
      this.game.log.sendFrom(socket)
      return true
    }
    this.game.print(`FATAL ERROR (shutting down): Couldn't allocate dedicated server IP port ${wanted}.\n`)
    await this.#exit({ code: 1 })
    return false
  }

  /** Without `-strictportbind` the engine silently takes the next free port; port 0 is any free one. */
  #candidates(wanted: number): number[] {
    if (wanted === 0) return Array<number>(20).fill(0)
    if (this.game.options.has('strictportbind')) return [wanted]
    return Array.from({ length: 100 }, (_, offset) => wanted + offset).filter(port => port < 65536)
  }

  /** UDP and TCP on the same number, or neither. */
  async #bindBoth(host: string, port: number): Promise<Socket | null> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1024 * 1024 })
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('error', reject)
        socket.bind({ address: host, port, exclusive: true }, () => {
          socket.off('error', reject)
          resolve()
        })
      })
      await this.#rcon.listen(host, socket.address().port)
      return socket
    } catch {
      socket.close()
      return null
    }
  }

  #receive(query: { request: Buffer; host: string; port: number }): void {
    if (this.game.phase === 'changing-map' || this.game.phase === 'starting') {
      if (this.#held.length < 64) this.#held.push(query)
      return
    }
    for (const reply of this.#queries.respond(query.request, query.host, performance.now())) {
      this.#socket?.send(reply, query.port, query.host, () => {
        // Whoever asked may be gone.
      })
    }
  }

  #answerHeld(): void {
    const held = this.#held
    this.#held = []
    for (const query of held) this.#receive(query)
  }

  async #exit(exit: ServerExit): Promise<void> {
    if (this.#exited) return
    this.#exited = true
    this.game.population.stop()
    this.game.log.sendFrom(null)
    const socket = this.#socket
    this.#socket = null
    if (socket !== null) await new Promise<void>(resolve => socket.close(() => resolve()))
    await this.#rcon.close()
    this.#options.onExit(exit)
  }
}
