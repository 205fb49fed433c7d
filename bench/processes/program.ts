import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'

export interface ProgramSettings {
  readonly file: string
  readonly arguments: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  readonly folder: string
  /** How long it may take to end after SIGTERM before it is killed, in ms. */
  readonly patienceMs?: number
}

/** A child in a process group of its own, so that what it started can be ended with it. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly #patienceMs: number
  readonly #listeners = new Set<() => void>()
  /** When exec was asked for, on the clock of performance.now(). */
  readonly startedAt: number
  #output = ''
  /** It has ended, and all that it said was read. */
  #closed = false

  private constructor(child: ChildProcess, startedAt: number, patienceMs: number) {
    this.#child = child
    this.#patienceMs = patienceMs
    this.startedAt = startedAt
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        // A bench waits for what a program says at its start.
        this.#output = (this.#output + text).slice(-100_000)
        this.#notify()
      })
    child.once('close', () => {
      this.#closed = true
      this.#notify()
    })
    child.once('error', () => this.#notify())
  }

  static start({
    file,
    arguments: words,
    environment,
    folder,
    patienceMs = 10_000,
  }: ProgramSettings): Program {
    const startedAt = performance.now()
    const child = spawn(file, words, {
      cwd: folder,
      env: environment,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return new Program(child, startedAt, patienceMs)
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error(`${this.#child.spawnfile} could not be started`)
    return this.#child.pid
  }

  get output(): string {
    return this.#output
  }

  get ended(): boolean {
    return this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null
  }

  /** Resolves with the match as soon as it was printed. Rejects when the program ends before, or after `timeoutMs`. */
  async printed(pattern: RegExp, timeoutMs = 30_000): Promise<RegExpExecArray> {
    const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>()
    const look = () => {
      const match = pattern.exec(this.#output)
      if (match) resolve(match)
      else if (this.#closed || this.#child.pid === undefined)
        reject(new Error(`${this.#child.spawnfile} ended before it said ${pattern}:\n${this.#output}`))
    }
    const timer = setTimeout(
      () =>
        reject(
          new Error(
            `${this.#child.spawnfile} didn't say ${pattern} in ${timeoutMs / 1000} s:\n${this.#output}`,
          ),
        ),
      timeoutMs,
    )
    this.#listeners.add(look)
    look()
    return await promise.finally(() => {
      clearTimeout(timer)
      this.#listeners.delete(look)
    })
  }

  /** SIGTERM, then SIGKILL; to the whole group. Idempotent; resolves when it has ended. */
  async stop(): Promise<void> {
    if (this.ended) return
    const gone = once(this.#child, 'exit')
    this.#signal('SIGTERM')
    await Promise.race([gone, delay(this.#patienceMs, undefined, { ref: false })])
    this.#signal('SIGKILL')
    await gone
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal)
    } catch {
      // The whole group has ended.
    }
  }

  #notify(): void {
    for (const listener of this.#listeners) listener()
  }
}
