import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { FastifyBaseLogger } from 'fastify'
import type { Config } from '../config/config.ts'

/** Started by path, never imported: it stands for what Valve runs. */
const program = join(import.meta.dirname, '../../../../packages/simulator/bin/left4me-simulator.mjs')
const host = '127.0.0.1'
/** Milliseconds. */
const firstDelay = 200
const longestDelay = 10_000
const patience = 2000

/** The configuration to go on with, and what has to be ended with it. */
export interface SteamToUse extends AsyncDisposable {
  readonly config: Config
}

/**
 * Where the game is simulated and no Web API is named, Steam's is simulated too: nothing of a demonstration or a test
 * asks Valve. The program ends when this is disposed of, and by itself when this process dies.
 */
export async function steamFor(config: Config, log: FastifyBaseLogger): Promise<SteamToUse> {
  if (!config.simulated || config.steamWebApi.url !== null) {
    return { config, [Symbol.asyncDispose]: async () => {} }
  }
  const steam = new SimulatedSteam(await freePort(), log)
  steam.start()
  return {
    config: { ...config, steamWebApi: { ...config.steamWebApi, url: steam.origin } },
    [Symbol.asyncDispose]: () => steam.stop(),
  }
}

/** Runs the simulated Web API on one port, and starts it again, ever later, when it dies. */
export class SimulatedSteam {
  readonly origin: string
  readonly #port: number
  readonly #log: FastifyBaseLogger
  #child: ChildProcess | null = null
  #timer: NodeJS.Timeout | null = null
  #delay = firstDelay
  #stopped = false

  constructor(port: number, log: FastifyBaseLogger) {
    this.#port = port
    this.#log = log
    this.origin = `http://${host}:${port}`
  }

  /** Its process id, while it runs. */
  get pid(): number | null {
    return this.#child?.pid ?? null
  }

  start(): void {
    const startedAt = performance.now()
    const child = spawn(
      process.execPath,
      [program, 'steam-web-api', '--port', String(this.#port), '--host', host, '--end-with-stdin'],
      { stdio: ['pipe', 'ignore', 'inherit'] },
    )
    this.#child = child
    const ended = (reason: string) => {
      if (this.#stopped || this.#child !== child) return
      this.#child = null
      if (performance.now() - startedAt > longestDelay) this.#delay = firstDelay
      this.#log.warn(`the simulated Steam Web API ended (${reason}); it is started again`)
      this.#timer = setTimeout(() => this.start(), this.#delay).unref()
      this.#delay = Math.min(longestDelay, this.#delay * 2)
    }
    child.once('error', error => ended(error.message))
    child.once('exit', (code, signal) => ended(signal ?? `exit code ${code}`))
    // It ends with our end of this pipe: writing to it is never tried.
    child.stdin?.on('error', () => {})
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    const child = this.#child
    this.#child = null
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    const timer = setTimeout(() => child.kill('SIGKILL'), patience)
    child.kill('SIGTERM')
    await gone
    clearTimeout(timer)
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new TypeError('no port')
  return address.port
}
