import { gameFacts } from '../game-facts.ts'
import type { Game } from './game.ts'

/** How a simulated process ends: with a code, or killed by a signal. */
export type ServerExit =
  | { readonly code: number; readonly signal: null }
  | { readonly code: null; readonly signal: 'SIGSEGV' | 'SIGABRT' | 'SIGKILL' }

const minidump = `Wrote minidump to: /tmp/dumps/crash_${gameFacts.simulated}_1.dmp\n`

/** What a crash prints, and what is left of the process. */
export function crashOf(kind: string): { readonly text: string; readonly exit: ServerExit } {
  switch (kind) {
    case 'minidump':
      return { text: minidump, exit: { code: null, signal: 'SIGSEGV' } }
    case 'bad-vpk':
      return {
        text: 'CPackedStore: left4dead2/addons/broken.vpk is not a valid VPK\n',
        exit: { code: null, signal: 'SIGSEGV' },
      }
    case 'abort':
      return {
        text: "terminate called after throwing an instance of 'std::bad_alloc'\n",
        exit: { code: null, signal: 'SIGABRT' },
      }
    case 'killed':
      return { text: '', exit: { code: null, signal: 'SIGKILL' } }
    case 'exit':
      return { text: '', exit: { code: 0, signal: null } }
    case 'exit-1':
      return { text: '', exit: { code: 1, signal: null } }
    default:
      return { text: '', exit: { code: null, signal: 'SIGSEGV' } }
  }
}

const updateLines = [
  'MasterRequestRestart\n',
  'Your server needs to be restarted in order to receive the latest update.\n',
  'Your server is out of date.  Please update and restart.\n',
]

/** The switches that happen at a time of their own. */
export class Troubles {
  readonly #game: Game
  readonly #crash: () => void
  readonly #timers: NodeJS.Timeout[] = []
  #line = 0

  constructor(game: Game, crash: () => void) {
    this.#game = game
    this.#crash = crash
  }

  start(): void {
    const { switches } = this.#game
    this.#after(switches['crash-after-ms'], this.#crash)
    this.#after(switches['hang-after-ms'], () => this.#game.hang())
    this.#after(switches['update-after-ms'], () => this.#demandUpdate())
    this.#after(switches['steam-lost-after-ms'], () => this.#loseSteam())
    this.#printLines()
  }

  stop(): void {
    for (const timer of this.#timers.splice(0)) clearTimeout(timer)
  }

  /** Valve repeats itself for as long as nobody listens. */
  #demandUpdate(): void {
    this.#game.print(updateLines.join(''))
    this.#after(5000, () => this.#demandUpdate())
  }

  #loseSteam(): void {
    this.#game.print('Connection to Steam servers lost.  (Result = 3)\n')
    this.#after(1000, () => this.#game.print('Could not establish connection to Steam servers.\n'))
    this.#after(3000, () => {
      this.#game.print('Reconnected to Steam servers.\n   VAC secure mode is activated.\n')
    })
  }

  #printLines(): void {
    const perSecond = this.#game.switches['lines-per-second']
    // Looked at again each second while it is off, since it may be switched on at any time.
    const interval = perSecond <= 0 ? 1000 : Math.max(20, 1000 / perSecond)
    const count = perSecond <= 0 ? 0 : Math.max(1, Math.round((perSecond * interval) / 1000))
    for (let index = 0; index < count; index += 1) {
      this.#line += 1
      this.#game.print(`${gameFacts.simulated} line ${this.#line} ${Date.now()}\n`)
    }
    this.#after(interval, () => this.#printLines())
  }

  #after(milliseconds: number, act: () => void): void {
    if (milliseconds < 0) return
    const timer = setTimeout(() => {
      this.#timers.splice(this.#timers.indexOf(timer), 1)
      if (this.#game.phase !== 'ended' && this.#game.phase !== 'hung') act()
    }, milliseconds)
    timer.unref()
    this.#timers.push(timer)
  }
}
