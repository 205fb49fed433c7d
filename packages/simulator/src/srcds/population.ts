import { survivorsOf } from '../official-maps.ts'
import type { Random } from '../random.ts'
import { type Bot, logEntity, type Player, playerNames } from './player.ts'

export interface PopulationOptions {
  readonly random: Random
  /** ms. */
  readonly now: () => number
  /** How many players there are on average; 0 for none ever. */
  readonly average: number
  /** ms between two arrivals or departures, on average. */
  readonly intervalMs: number
  readonly names: string
  readonly capacity: () => number
  readonly map: () => string
  readonly log: (line: string) => void
  /** After somebody came or went. */
  readonly onChange: () => void
}

const chatter =
  'gl hf;pills here;tank!;wait for me;lol;nice shot;someone take the kit;run!;witch ahead, lights off;gg'.split(
    ';',
  )
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
    this.#schedule(this.#options.intervalMs * 0.25)
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
    const names = playerNames(this.#options.names)
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

  #schedule(meanMs: number): void {
    if (this.#options.average <= 0) return
    // Between half and one and a half of the mean: alive, and never a long wait.
    const delay = meanMs * (0.5 + this.#options.random.next())
    this.#timer = setTimeout(() => {
      this.#step()
      this.#schedule(this.#options.intervalMs)
    }, delay)
    this.#timer.unref()
  }

  #step(): void {
    const { random, average } = this.#options
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

  #play(): void {
    const { random } = this.#options
    for (const player of this.#players) {
      player.ping = Math.max(5, player.ping + random.below(11) - 5)
      if (random.chance(60)) {
        player.score += 1
        this.#options.log(
          `${logEntity(player)} killed "infected<${400 + random.below(400)}><><Infected>" with "${random.pick(weapons)}"`,
        )
      }
      if (random.chance(15)) this.#options.log(`${logEntity(player)} say "${random.pick(chatter)}"`)
    }
  }
}
