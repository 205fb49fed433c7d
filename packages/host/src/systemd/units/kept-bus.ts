import { setTimeout as delay } from 'node:timers/promises'
import { SystemdBus, type SystemdSignal } from './systemd-bus.ts'

export interface KeptBusOptions {
  /** The bus's socket. */
  readonly socket: string
  /** Milliseconds that an answer may take. */
  readonly patience: number
  readonly onSignal: (signal: SystemdSignal) => void
  /** Awaited before a connection counts as made; when it rejects the connection is given up. */
  readonly onConnected: (bus: SystemdBus) => Promise<void>
  readonly onLost: () => void
}

/** Milliseconds before the first attempt to connect again, and at most. */
const firstPause = 50
const longestPause = 2000

/** A connection to systemd that is made again whenever it is lost. */
export class KeptBus {
  readonly #options: KeptBusOptions
  #bus: SystemdBus | null = null
  #closing = new AbortController()
  #keeping: Promise<void> = Promise.resolve()

  constructor(options: KeptBusOptions) {
    this.#options = options
  }

  /** null while there is no connection. */
  get current(): SystemdBus | null {
    return this.#bus
  }

  /** Rejects with `unavailable`; then it may be called again. */
  async open(): Promise<void> {
    this.#closing = new AbortController()
    const bus = await this.#connect()
    this.#keeping = this.#keep(bus, this.#closing.signal)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    this.#bus?.close()
    this.#bus = null
    await this.#keeping
  }

  async #connect(): Promise<SystemdBus> {
    const { socket, patience, onSignal, onConnected } = this.#options
    const { signal } = this.#closing
    const bus = await SystemdBus.open({ socket, patience, onSignal, signal })
    this.#bus = bus
    try {
      await onConnected(bus)
      signal.throwIfAborted()
      return bus
    } catch (error) {
      bus.close()
      this.#bus = null
      throw error
    }
  }

  async #keep(first: SystemdBus, signal: AbortSignal): Promise<void> {
    let bus: SystemdBus | null = first
    let pause = firstPause
    for (;;) {
      if (bus) {
        pause = firstPause
        await bus.lost
        bus.close()
        this.#bus = null
        this.#options.onLost()
      }
      if (signal.aborted) return
      await delay(pause, undefined, { signal }).catch(() => undefined)
      if (signal.aborted) return
      pause = Math.min(2 * pause, longestPause)
      bus = await this.#connect().catch(() => null)
    }
  }
}
