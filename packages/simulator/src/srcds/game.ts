import { gameFacts } from '../game-facts.ts'
import { Random } from '../random.ts'
import { parseCommandLine } from './command-line.ts'
import { Console } from './console.ts'
import { CvarStore } from './cvar-store.ts'
import type { GameFiles } from './game-files.ts'
import { GameLog } from './game-log.ts'
import { Population } from './population.ts'
import { RconBans } from './rcon-bans.ts'
import type { SrcdsSwitches } from './switches.ts'

export interface GameOptions {
  /** As srcds_run gets them, without the simulator's switches. */
  readonly commandLine: readonly string[]
  readonly switches: SrcdsSwitches
  readonly files: GameFiles
  readonly onOutput: (text: string) => void
  readonly onQuit: () => void
  readonly onCrash: () => void
}

export type GamePhase = 'starting' | 'playing' | 'changing-map' | 'hung' | 'ended'

const versusModes = new Set(['versus', 'scavenge', 'mutation12', 'mutation13', 'mutation15', 'mutation18'])

/**
 * The game itself, without the network: maps, cvars, console, players and the log. Its console knows no command yet:
 * commands/index.ts.
 */
export class Game {
  readonly cvars = new CvarStore()
  readonly rconBans = new RconBans(this.cvars)
  readonly seed: number
  readonly console: Console
  readonly population: Population
  readonly log: GameLog
  readonly files: GameFiles
  readonly switches: SrcdsSwitches
  readonly options: ReadonlyMap<string, string>
  readonly startedAt = performance.now()
  /** Of the server, as Steam gives one to each anonymous server. */
  readonly steamId: bigint
  map = ''
  mapsPlayed = 0
  connects = 0
  phase: GamePhase = 'starting'
  /** What the sockets were bound to. */
  address: { host: string; port: number }
  readonly #onOutput: (text: string) => void
  readonly #onQuit: () => void
  readonly #onCrash: () => void
  readonly #commands: readonly string[]
  readonly #mapListeners: (() => void)[] = []
  #timer: NodeJS.Timeout | undefined
  #configDepth = 0
  #waitingMap: { map: string; keepPlayers: boolean } | null = null
  #wasEmpty = true

  constructor({ commandLine, switches, files, onOutput, onQuit, onCrash }: GameOptions) {
    const { options, commands } = parseCommandLine(commandLine)
    this.options = options
    this.#commands = commands
    this.switches = switches
    this.files = files
    this.#onOutput = onOutput
    this.#onQuit = onQuit
    this.#onCrash = onCrash
    const hostPort = commands.map(command => /^hostport\s+(\d+)$/.exec(command)?.[1]).find(Boolean)
    this.address = {
      host:
        options.get('ip') || commands.map(text => /^ip\s+(\S+)$/.exec(text)?.[1]).find(Boolean) || '0.0.0.0',
      port: Number(options.get('port') || hostPort || gameFacts.defaultPort),
    }
    this.seed = switches.seed === 0 ? this.address.port : switches.seed
    const random = new Random(this.seed)
    this.steamId = 90071992547409920n + BigInt(random.below(0xffffffff))
    this.log = new GameLog({
      files,
      cvars: this.cvars,
      now: () => Date.now(),
      address: () => this.address,
      echo: text => this.print(text),
      switches,
    })
    this.population = new Population({
      random,
      now: () => performance.now(),
      switches,
      capacity: () => this.maxPlayers(),
      map: () => this.map,
      logsDetail: () => this.cvars.enabled('mp_logdetail'),
      log: line => this.log.write(line),
      onChange: () => this.#populationChanged(),
    })
    this.console = new Console(this.cvars, (name, value) => {
      this.log.write(`server_cvar: "${name}" "${name.endsWith('password') ? '***PROTECTED***' : value}"`)
    })
  }

  /** Text on the server's console, line ends included. */
  print(text: string): void {
    if (text === '' || this.phase === 'hung') return
    const prefix = this.switches['fork-prefix']
    const shown = prefix === '' ? text : text.replaceAll(/^(?=.)/gm, prefix)
    if (this.options.has('condebug')) this.files.append('console.log', Buffer.from(shown))
    this.#onOutput(shown)
  }

  get secure(): boolean {
    return !this.options.has('insecure') && !this.cvars.enabled('sv_lan')
  }

  get hibernating(): boolean {
    return this.population.players().length === 0 && this.cvars.enabled('sv_hibernate_when_empty')
  }

  /** Slots for humans: l4dtoolz's cvar, `-maxplayers`, or what the game mode has. */
  maxPlayers(): number {
    const raised = this.cvars.number('sv_maxplayers')
    if (raised > 0) return Math.min(raised, 32)
    const asked = Number(this.options.get('maxplayers') || 0)
    if (asked > 0) return Math.min(asked, 32)
    return versusModes.has(this.cvars.text('mp_gamemode')) ? 8 : 4
  }

  /** What queries report. */
  reportedMaxPlayers(): number {
    const visible = this.cvars.number('sv_visiblemaxplayers')
    return visible > 0 ? visible : this.maxPlayers()
  }

  /** What valve.rc does: autoexec.cfg once, then the `+` arguments in order; `+map` decides the first map. */
  runStartScripts(): void {
    if (this.files.read('cfg/autoexec.cfg') !== null) this.runConfig('autoexec', text => this.print(text))
    for (const command of this.#commands) this.console.execute(command, text => this.print(text))
  }

  /** `exec`: a file below `cfg/`. Files may execute files; the engine stops somewhere, this one at 32. */
  runConfig(name: string, print: (text: string) => void): void {
    const file = name.includes('.') ? name : `${name}.cfg`
    const text = this.files.read(`cfg/${file}`)
    if (text === null) {
      print(`exec: couldn't exec ${file}\n`)
      return
    }
    if (this.#configDepth >= 32) {
      print(`exec: ${file} is nested too deep\n`)
      return
    }
    this.#configDepth += 1
    try {
      this.console.execute(text, print)
    } finally {
      this.#configDepth -= 1
    }
  }

  /** Called whenever a map has been loaded and its configuration was read. */
  onMapReady(listener: () => void): void {
    this.#mapListeners.push(listener)
  }

  /**
   * Loads a map: the first one at once (the caller has waited already), later ones after `map-load-ms`.
   * `keepPlayers` is what separates `changelevel` from `map`.
   */
  loadMap(map: string, keepPlayers: boolean): void {
    if (this.phase === 'ended' || this.phase === 'hung') return
    if (this.phase === 'starting') {
      this.map = map
      return
    }
    if (this.switches['map-waits-for-player'] && this.hibernating) {
      this.#waitingMap = { map, keepPlayers }
      return
    }
    this.log.write(`-------- Mapchange to ${map} --------`)
    this.log.closeFile()
    this.phase = 'changing-map'
    if (!keepPlayers) this.population.dropAll('Server shutting down')
    this.population.newMap()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.enterMap(map), this.switches['map-load-ms'])
  }

  /** The part of a map start that ends in a playable map. */
  enterMap(map: string): void {
    this.map = map
    this.mapsPlayed += 1
    this.log.write(`Loading map "${map}"`)
    this.print(`---- Host_NewGame ----\nHost_NewGame on map ${map}\n`)
    this.print("ConVarRef room_type doesn't point to an existing ConVar\n")
    this.print('Executing dedicated server config file\n')
    this.runConfig(this.cvars.text('servercfgfile'), text => this.print(text))
    this.print('CSpeechScriptBridge initializing...\nHSCRIPT loaded successfully\n')
    this.log.write('server cvars start')
    for (const name of ['mp_gamemode', 'z_difficulty'])
      this.log.write(`"${name}" = "${this.cvars.text(name)}"`)
    this.log.write('server cvars end')
    this.log.write(`Started map "${map}" (CRC "${checksum(map)}")`)
    this.phase = 'playing'
    this.population.mapReady()
    this.log.write('World triggered "Round_Start"')
    for (const listener of this.#mapListeners) listener()
  }

  quit(): void {
    if (this.phase === 'ended' || this.phase === 'hung' || this.switches['ignore-signals']) return
    this.log.write('server_message: "quit"')
    this.log.closeFile()
    this.abandon()
    this.#onQuit()
  }

  crash(): void {
    this.#onCrash()
  }

  /** From now on nothing happens any more, but the process stays. */
  hang(): void {
    if (this.phase === 'ended') return
    this.population.stop()
    clearTimeout(this.#timer)
    this.phase = 'hung'
  }

  /** The process ends without another word. */
  abandon(): void {
    this.population.stop()
    clearTimeout(this.#timer)
    this.phase = 'ended'
  }

  #populationChanged(): void {
    const empty = this.population.players().length === 0
    if (!empty && this.#wasEmpty) this.connects += 1
    if (empty && !this.#wasEmpty && this.hibernating) this.print('Server is hibernating\n')
    this.#wasEmpty = empty
    const waiting = this.#waitingMap
    if (empty || waiting === null) return
    this.#waitingMap = null
    this.loadMap(waiting.map, waiting.keepPlayers)
  }
}

/** A signed 32-bit number that stays the same for a map, as its CRC would. */
function checksum(map: string): number {
  let sum = 7
  for (const character of map) sum = (Math.imul(sum, 31) + character.charCodeAt(0)) | 0
  return sum
}
