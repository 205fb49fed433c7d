import type { StateReason } from '@left4me/contract'
import { ProtocolError, parseStatus, type StatusReport } from '@left4me/protocols'
import { type CallOptions, RconClient } from '@left4me/protocols/client'

export interface RconSessionOptions {
  readonly host: string
  readonly port: number
  readonly password: string
  /** ms; `performance.now` unless a test says otherwise. */
  readonly now?: () => number
}

const firstDelay = 1000
const longestDelay = 30_000
/** A banned address is answered with silence until the ban ends: asking more often helps nobody. */
const delayWhenRefused = 60_000
/** Milliseconds for connecting and for a command. A map change holds answers back for up to a minute. */
const timeoutMs = 8000
/** A full table has some kilobytes, also with what the log echoes in between. */
const longestStatus = 256 * 1024

/**
 * The RCON session of one run of one server: kept open, one command at a time, connected again with growing pauses.
 * After a refused password it stays refused for as long as the process lives, since the server bans addresses that
 * keep trying.
 */
export class RconSession {
  readonly #client: RconClient
  readonly #now: () => number
  #failure: ProtocolError | null = null
  #failures = 0
  #notBefore = 0

  constructor({ host, port, password, now = () => performance.now() }: RconSessionOptions) {
    this.#client = new RconClient({ host, port, password, timeoutMs })
    this.#now = now
  }

  get connected(): boolean {
    return this.#client.connected
  }

  /** What a person has to know about the connection; null while it works or was merely lost. */
  get complaint(): StateReason | null {
    const code = this.#failure?.code
    if (code === 'wrong-password') {
      return {
        code: 'console-refused',
        message: 'The server refuses left4me’s RCON password, so that players and console can’t be shown.',
        remedy:
          'A plugin or a config file of an overlay changed rcon_password. Take that out and restart the server.',
      }
    }
    if (code === 'refused-before-auth') {
      return {
        code: 'console-banned',
        message:
          'The server closes RCON connections before the password is asked: it probably banned this machine.',
        remedy: 'Restart the server. If it comes back, look for a plugin or config file that bans addresses.',
      }
    }
    return null
  }

  /** Whether a background task may try now; a person's command may always, except after a refusal. */
  get available(): boolean {
    return (
      this.#client.connected || (this.#failure?.code !== 'wrong-password' && this.#now() >= this.#notBefore)
    )
  }

  /** Connects unless connected. Rejects with ProtocolError. */
  async connect(): Promise<void> {
    if (this.#client.connected) return
    try {
      await this.#client.connect()
      this.#failure = null
      this.#failures = 0
    } catch (error) {
      if (error instanceof ProtocolError) this.#failed(error)
      throw error
    }
  }

  /** The server's answer. Rejects with ProtocolError; a command that may have been executed is never sent again. */
  async execute(command: string, options: CallOptions = {}): Promise<string> {
    await this.connect()
    return this.#client.execute(command, { timeoutMs, ...options })
  }

  /** Who plays now. Rejects with ProtocolError. */
  async status(options: CallOptions = {}): Promise<StatusReport> {
    await this.connect()
    return parseStatus(
      await this.#client.execute('status', { timeoutMs, maxBytes: longestStatus, ...options }),
    )
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  #failed(error: ProtocolError): void {
    this.#failure = error
    const delay =
      error.code === 'refused-before-auth'
        ? delayWhenRefused
        : Math.min(longestDelay, firstDelay * 2 ** this.#failures)
    this.#failures += 1
    this.#notBefore = this.#now() + delay
  }
}
