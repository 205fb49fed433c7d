import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./line-printer.ts', import.meta.url))

/** Lines of a program that we read ourselves from a pipe: what the machine takes with nothing between. */
export class DirectLines implements AsyncDisposable {
  /** ms, from print to read. */
  readonly latencies: number[] = []
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      const receivedAt = Date.now()
      for (const [printedAt] of text.matchAll(/\d{13}$/gm))
        this.latencies.push(receivedAt - Number(printedAt))
    })
  }

  static start(linesPerSecond: number): DirectLines {
    const words = [program, 'direct line', String(linesPerSecond)]
    return new DirectLines(spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] }))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { exitCode, signalCode } = this.#child
    if (exitCode !== null || signalCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await ended
  }
}
