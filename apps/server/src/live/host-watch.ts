import type { HostCheck, HostStatus } from '@left4me/contract'
import type { Host, Machine } from '@left4me/host'
import type { FastifyBaseLogger } from 'fastify'
import type { EventHub } from './event-hub.ts'
import type { LiveServers } from './live-servers.ts'

export interface HostWatchOptions {
  readonly host: Pick<Host, 'driver' | 'machine' | 'checks'>
  readonly hub: EventHub
  readonly live: LiveServers
  readonly log: FastifyBaseLogger
  readonly version: string
  /** What players connect to; null: as the machine sees itself. */
  readonly publicAddress: string | null
}

/** Milliseconds. Reading a few files of /proc is cheap; the checks try things out. */
const machineInterval = 10_000
const checksInterval = 5 * 60_000
/** An observation that is younger is answered as it is. */
const fresh = 2000

/** The machine as last observed, told to everybody every few seconds. */
export class HostWatch {
  readonly #options: HostWatchOptions
  #status: HostStatus | null = null
  #checks: HostCheck[] = []
  #observedAt = Number.NEGATIVE_INFINITY
  #checkedAt = Number.NEGATIVE_INFINITY
  #observing: Promise<HostStatus> | null = null
  #timer: NodeJS.Timeout | null = null
  #failing = false

  constructor(options: HostWatchOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    await this.#observeQuietly()
    this.#timer = setInterval(() => void this.#observeQuietly(), machineInterval)
    this.#timer.unref()
  }

  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
  }

  /** null until it was observed for the first time. */
  get status(): HostStatus | null {
    return this.#status
  }

  /** At most two seconds old. Rejects with HostError. */
  async current(): Promise<HostStatus> {
    if (this.#status !== null && performance.now() - this.#observedAt < fresh) return this.#status
    return this.#observe()
  }

  #observe(): Promise<HostStatus> {
    this.#observing ??= this.#ask().finally(() => {
      this.#observing = null
    })
    return this.#observing
  }

  async #ask(): Promise<HostStatus> {
    const { host, hub, live, publicAddress, version } = this.#options
    const machine = await host.machine()
    if (performance.now() - this.#checkedAt >= checksInterval) {
      this.#checks = (await host.checks()).map(check => ({ ...check }))
      this.#checkedAt = performance.now()
    }
    const address = publicAddress ?? machine.address
    if (address !== live.surroundings.address) live.setSurroundings({ address })
    const status = statusOf(machine, {
      driver: host.driver,
      address,
      version,
      checks: this.#checks,
      runningServers: live.runningIds().length,
    })
    this.#status = status
    this.#observedAt = performance.now()
    hub.publish({ name: 'host', data: status }, 'everybody')
    return status
  }

  /** Tells the log once of what lasts. */
  async #observeQuietly(): Promise<void> {
    try {
      await this.#observe()
      this.#failing = false
    } catch (error) {
      if (!this.#failing) this.#options.log.warn({ err: error }, 'the machine could not be observed')
      this.#failing = true
    }
  }
}

function statusOf(
  machine: Machine,
  ours: Pick<HostStatus, 'driver' | 'address' | 'version' | 'checks' | 'runningServers'>,
): HostStatus {
  return {
    ...ours,
    hostname: machine.hostname,
    kernel: machine.kernel,
    cores: machine.cores,
    pinning: machine.pinning && {
      games: [...machine.pinning.games],
      builds: [...machine.pinning.builds],
      system: [...machine.pinning.system],
    },
    loadAverage: [...machine.loadAverage],
    memory: { ...machine.memory },
    disk: { ...machine.disk },
    observedAt: new Date().toISOString(),
  }
}
