import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

export const binFolder = join(import.meta.dirname, '../../bin')

/** A program in a process group of its own, with everything it printed. */
export class Program implements AsyncDisposable {
  readonly #child: ChildProcess
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>
  output = ''
  #wake: () => void = () => {}

  constructor(
    file: string,
    commandLine: readonly string[],
    options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
  ) {
    const child = spawn(file, commandLine, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
        this.#wake()
      })
    }
    child.stdin.on('error', () => {})
    this.exited = once(child, 'close').then(([code, signal]) => ({ code, signal }))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Waits for text; rejects with what was printed instead. */
  async until(text: string | RegExp, waitMs = 60_000): Promise<void> {
    const deadline = performance.now() + waitMs
    const found = (): boolean =>
      typeof text === 'string' ? this.output.includes(text) : text.test(this.output)
    while (!found()) {
      const left = deadline - performance.now()
      if (left <= 0) throw new Error(`“${String(text)}” was not printed, but:\n${this.output}`)
      await new Promise<void>(resolve => {
        const timer = setTimeout(resolve, Math.min(left, 100))
        this.#wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
  }

  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`)
  }

  endInput(): void {
    this.#child.stdin?.end()
  }

  /** To every process of its group. */
  signal(signal: NodeJS.Signals): void {
    process.kill(-this.pid, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.signal('SIGKILL')
    } catch {
      // Nothing of it is left.
    }
    await this.exited
  }
}
