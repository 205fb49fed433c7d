import { execFile } from 'node:child_process'
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from './config/config.ts'

export interface ServiceNoticesOptions {
  readonly service: Config['service']
  readonly log: FastifyBaseLogger
}

/** Milliseconds. */
const patience = 5000

/**
 * Tells systemd when the web application is ready and that it still turns (sd_notify(3)). Node can't send to a Unix
 * datagram socket, so that systemd-notify(1) does it, once for “ready” and twice in the time after which systemd would
 * start a web application anew that hangs. Does nothing where systemd didn't ask for it.
 */
export class ServiceNotices {
  readonly #options: ServiceNoticesOptions
  #timer: NodeJS.Timeout | null = null

  constructor(options: ServiceNoticesOptions) {
    this.#options = options
  }

  /** To be called once requests are answered. */
  ready(): void {
    const { watchdogMs } = this.#options.service
    this.#send('--ready')
    if (watchdogMs === null) return
    this.#timer = setInterval(() => this.#send('WATCHDOG=1'), watchdogMs / 2)
    this.#timer.unref()
  }

  /** systemd, which asked for the end, needs no word of it. */
  stop(): void {
    if (this.#timer) clearInterval(this.#timer)
  }

  #send(notice: string): void {
    const { service, log } = this.#options
    if (service.notifySocket === null) return
    const env = { NOTIFY_SOCKET: service.notifySocket }
    execFile('/usr/bin/systemd-notify', [notice], { env, timeout: patience }, error => {
      if (error) log.warn({ err: error, notice }, 'systemd could not be told')
    })
  }
}
