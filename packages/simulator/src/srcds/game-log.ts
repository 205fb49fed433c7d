import type { Socket } from 'node:dgram'
import { gameFacts } from '../game-facts.ts'
import type { CvarStore } from './cvar-store.ts'
import type { GameFiles } from './game-files.ts'
import type { SrcdsSwitches } from './switches.ts'

export interface GameLogOptions {
  readonly files: GameFiles
  readonly cvars: CvarStore
  readonly now: () => number
  /** Address and port for the file's name. */
  readonly address: () => { host: string; port: number }
  readonly echo: (text: string) => void
  readonly switches: SrcdsSwitches
}

export interface LogAddress {
  readonly host: string
  readonly port: number
}

/** The server log: a file for each map, UDP listeners, the console. Off until `log on`. */
export class GameLog {
  readonly #options: GameLogOptions
  readonly #addresses: LogAddress[] = []
  #enabled = false
  #file: string | null = null
  #socket: Socket | null = null
  #lines = 0

  constructor(options: GameLogOptions) {
    this.#options = options
  }

  get enabled(): boolean {
    return this.#enabled
  }

  get addresses(): readonly LogAddress[] {
    return this.#addresses
  }

  /** The socket that the frames come from: the game's own, so that their source port is the server's. */
  sendFrom(socket: Socket | null): void {
    this.#socket = socket
  }

  enable(): void {
    if (this.#enabled) return
    this.#enabled = true
    this.#openFile()
  }

  disable(): void {
    this.closeFile()
    this.#enabled = false
  }

  /** Closes the file; the next line opens the next one. Called at each map change. */
  closeFile(): void {
    if (!this.#enabled || this.#file === null) return
    this.write('Log file closed')
    this.#file = null
  }

  addAddress(address: LogAddress): boolean {
    if (this.#addresses.some(other => other.host === address.host && other.port === address.port))
      return false
    this.#addresses.push(address)
    return true
  }

  removeAddress(address: LogAddress): boolean {
    const index = this.#addresses.findIndex(
      other => other.host === address.host && other.port === address.port,
    )
    if (index === -1) return false
    this.#addresses.splice(index, 1)
    return true
  }

  clearAddresses(): void {
    this.#addresses.length = 0
  }

  write(text: string): void {
    if (!this.#enabled) return
    if (this.#file === null) this.#openFile()
    this.#emit(text)
  }

  /** A line as it would be written now, also while the log is off. */
  format(text: string): string {
    return `L ${this.#timestamp()}: ${text}`
  }

  #emit(text: string): void {
    const { cvars, files, switches } = this.#options
    this.#lines += 1
    const line = this.format(text)
    const ending = switches['log-run-together'] && this.#lines % 3 === 0 ? '' : '\n'
    const bytes =
      switches['log-broken-text'] && this.#lines % 4 === 0
        ? Buffer.concat([Buffer.from(line), Buffer.from([0x20, 0xe4, 0xff, 0xc3])])
        : Buffer.from(line)
    if (cvars.enabled('sv_logfile') && this.#file !== null) {
      files.append(this.#file, Buffer.concat([bytes, Buffer.from(ending)]))
    }
    if (cvars.enabled('sv_logecho')) this.#options.echo(line + ending)
    this.#sendToListeners(bytes)
  }

  #sendToListeners(line: Buffer): void {
    if (this.#socket === null || this.#addresses.length === 0) return
    const secret = this.#options.cvars.text('sv_logsecret')
    const type = secret === '' || secret === '0' ? 'R' : `S${secret}`
    const frame = Buffer.concat([
      Buffer.from([255, 255, 255, 255]),
      Buffer.from(type),
      line,
      Buffer.from([0x0a, 0]),
    ])
    for (const { host, port } of this.#addresses) {
      // The engine doesn't deliver to loopback addresses, and doesn't say so.
      if (host.startsWith('127.') && !this.#options.switches['log-to-loopback']) continue
      this.#socket.send(frame, port, host, () => {
        // A listener that is gone doesn't matter to the game.
      })
    }
  }

  #openFile(): void {
    const date = new Date(this.#options.now())
    const { host, port } = this.#options.address()
    const octets = host
      .split('.')
      .map(octet => octet.padStart(3, '0'))
      .join('_')
    const minute = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}${two(date.getHours())}${two(date.getMinutes())}`
    const folder = this.#options.cvars.text('sv_logsdir')
    let number = 0
    let path = ''
    do {
      path = `${folder}/L${octets}_${port}_${minute}_${String(number).padStart(3, '0')}.log`
      number += 1
    } while (number < 1000 && this.#options.files.read(path) !== null)
    this.#file = path
    this.#emit(
      `Log file started (file "${path}") (game "${this.#options.files.root}") (version "${gameFacts.engineBuild}")`,
    )
  }

  /** Local time without a zone, as the engine writes it. */
  #timestamp(): string {
    const date = new Date(this.#options.now())
    return `${two(date.getMonth() + 1)}/${two(date.getDate())}/${date.getFullYear()} - ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  }
}

function two(number: number): string {
  return String(number).padStart(2, '0')
}
