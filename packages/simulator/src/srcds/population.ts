import { survivorsOf } from '../official-maps.ts'
import type { Random } from '../random.ts'
import { type Bot, logEntity, type Player, playerNames } from './player.ts'
import type { SrcdsSwitches } from './switches.ts'

export interface PopulationOptions {
  readonly random: Random
  /** ms. */
  readonly now: () => number
  /** `players`, `player-interval-ms` and `names`; they may change while it runs. */
  readonly switches: SrcdsSwitches
  readonly capacity: () => number
  readonly map: () => string
  /** Whether kills are logged with places and health (`mp_logdetail`). */
  readonly logsDetail: () => boolean
  readonly log: (line: string) => void
  /** After somebody came or went. */
  readonly onChange: () => void
}

const chatter =
  'gl hf;pills here;tank!;wait for me;lol;nice shot;someone take the kit;run!;witch ahead, lights off;gg'.split(
    ';',
  )
const hostileChatter = [
  'L 01/01/2026 - 00:00:00: "Admin<2><STEAM_1:0:1><Survivor>" say "!admin"',
  '" disconnected (reason "',
  'rcon from "1.2.3.4:5": command "quit"',
  'x<9><STEAM_1:1:9><Survivor>" killed "you<1><BOT><Infected>" with "chat',
  '\u001b[31mred\u001b[0m \u202eevil',
]
const weapons = 'smg;pumpshotgun;pistol;hunting_rifle;rifle;melee'.split(';')

/** Who plays on a server: people come, play, chat and go, and bots stand in for the rest. Times follow from the seed. */
export class Population {
  readonly #options: PopulationOptions
  readonly #players: Player[] = []
  #bots: Bot[] = []
  #nextUserId = 2
  #timer: NodeJS.Timeout | undefined

  constructor(options: PopulationOptions) {
    this.#options = options
  }

  start(): void {
    this.#schedule(0.25)
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  players(): readonly Player[] {
    return this.#players
  }

  bots(): readonly Bot[] {
    return this.#bots
  }

  find(userId: number): Player | undefined {
    return this.#players.find(player => player.userId === userId)
  }

  /** Lets somebody in at once and returns him; undefined when the server is full. */
  join(state: Player['state'] = 'active'): Player | undefined {
    const { random, now } = this.#options
    if (this.#players.length >= this.#options.capacity()) return undefined
    const taken = new Set(this.#players.map(player => player.name))
    const names = playerNames(this.#options.switches.names)
    const free = names.filter(name => !taken.has(name))
    const name = free.length > 0 ? random.pick(free) : `(${this.#nextUserId})${random.pick(names)}`
    const slots = new Set(this.#players.map(player => player.slot))
    let slot = 1
    while (slots.has(slot)) slot += 1
    const player: Player = {
      userId: this.#nextUserId,
      slot,
      name,
      steamId: `STEAM_1:${random.below(2)}:${10_000_000 + random.below(500_000_000)}`,
      // Addresses that RFC 5737 keeps for documentation: nobody real is ever shown.
      address: `${random.pick(['198.51.100', '203.0.113'])}.${1 + random.below(254)}:${random.chance(70) ? 27005 : 1024 + random.below(60000)}`,
      connectedAt: now(),
      state: 'connecting',
      team: 'Unassigned',
      score: 0,
      ping: 15 + random.below(110),
      loss: random.chance(85) ? 0 : random.below(9),
      rate: random.pick([20000, 30000, 100000]),
    }
    this.#nextUserId += 1
    this.#players.push(player)
    this.#options.log(`${logEntity(player, '')} connected, address "${player.address}"`)
    this.#options.log(`${logEntity(player, '')} STEAM USERID validated`)
    if (state === 'active') this.enter(player)
    this.#options.onChange()
    return player
  }

  /** He has loaded the map and plays. */
  enter(player: Player): void {
    player.state = 'active'
    this.#options.log(`${logEntity(player, '')} entered the game`)
    this.#options.log(`${logEntity(player)} joined team "Survivor"`)
    player.team = 'Survivor'
    this.#fillWithBots()
  }

  leave(player: Player, reason: string): void {
    const index = this.#players.indexOf(player)
    if (index === -1) return
    this.#players.splice(index, 1)
    this.#options.log(`${logEntity(player)} disconnected (reason "${reason}")`)
    this.#fillWithBots()
    this.#options.onChange()
  }

  /** A map change takes everybody along; they load again. */
  newMap(): void {
    this.#bots = []
    for (const player of this.#players) {
      player.state = 'spawning'
      player.team = 'Unassigned'
    }
  }

  mapReady(): void {
    for (const player of [...this.#players]) this.enter(player)
  }

  dropAll(reason: string): void {
    for (const player of [...this.#players]) this.leave(player, reason)
  }

  /** Bots play for missing survivors, but only while somebody human is there. */
  #fillWithBots(): void {
    const active = this.#players.filter(player => player.state === 'active')
    const wanted = active.length === 0 ? 0 : Math.max(0, 4 - active.length)
    this.#bots = this.#bots.slice(0, wanted)
    const used = new Set(this.#bots.map(bot => bot.name))
    for (const name of survivorsOf(this.#options.map())) {
      if (this.#bots.length >= wanted) break
      if (used.has(name)) continue
      const bot = { userId: this.#nextUserId, name }
      this.#nextUserId += 1
      this.#bots.push(bot)
      this.#options.log(`"${name}<${bot.userId}><BOT><>" connected, address "none"`)
      this.#options.log(`"${name}<${bot.userId}><BOT><>" entered the game`)
      this.#options.log(`"${name}<${bot.userId}><BOT><Unassigned>" joined team "Survivor"`)
    }
  }

  #schedule(intervals: number): void {
    const mean = intervals * this.#options.switches['player-interval-ms']
    // Between half and one and a half of the mean: alive, and never a long wait.
    this.#timer = setTimeout(
      () => {
        this.#step()
        this.#schedule(1)
      },
      mean * (0.5 + this.#options.random.next()),
    )
    this.#timer.unref()
  }

  #step(): void {
    const { random, switches } = this.#options
    const average = switches.players
    if (average <= 0 && this.#players.length === 0) return
    const waiting = this.#players.find(player => player.state !== 'active')
    if (waiting !== undefined) {
      this.enter(waiting)
      return
    }
    this.#play()
    const missing = average - this.#players.length
    if (missing >= 1 || (missing > -1 && random.chance(50))) this.join('connecting')
    else if (this.#players.length > 0) this.leave(random.pick(this.#players), 'Disconnect by user.')
  }

  #kill(player: Player): string {
    const { random, logsDetail } = this.#options
    const infected = `infected<${400 + random.below(400)}><><Infected`
    const weapon = random.pick(weapons)
    if (!logsDetail()) return `${logEntity(player)} killed "${infected}>" with "${weapon}"`
    const place = (): string => {
      const coordinate = (): string => (random.next() * 8000 - 4000).toFixed(2)
      return `<setpos_exact ${coordinate()} ${coordinate()} ${coordinate()}; setang 0.00 ${coordinate()} 0.00><Area ${random.below(90000)}>`
    }
    const survivor = random.pick(survivorsOf(this.#options.map()))
    const killer = `${logEntity(player).slice(0, -1)}<${survivor}><ALIVE><${1 + random.below(100)}+0>${place()}"`
    return `${killer} killed "${infected}><infected><DEAD><0>${place()}" with "${weapon}"${random.chance(20) ? ' (headshot)' : ''}`
  }

  #play(): void {
    const { random } = this.#options
    for (const player of this.#players) {
      player.ping = Math.max(5, player.ping + random.below(11) - 5)
      if (random.chance(60)) {
        player.score += 1
        this.#options.log(this.#kill(player))
      }
      if (random.chance(15))
        this.#options.log(
          `${logEntity(player)} say "${random.pick(this.#options.switches.names === 'hostile' ? hostileChatter : chatter)}"`,
        )
    }
  }
}
