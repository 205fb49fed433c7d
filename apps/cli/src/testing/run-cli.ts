import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const binOf = (program: string) => fileURLToPath(new URL(`../../bin/${program}.mjs`, import.meta.url))

export interface CliResult {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the real program without a terminal, with nothing of left4me's in its environment but `environment`. */
export async function runCli(
  words: readonly string[],
  environment: Record<string, string> = {},
  program: 'left4me' | 'left4me-deploy' = 'left4me',
): Promise<CliResult> {
  const child = spawn(process.execPath, [binOf(program), ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...environment },
  })
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { exitCode: child.exitCode, stdout, stderr }
}

export interface RunningCli extends AsyncDisposable {
  /** Writes to its stdin. */
  type(text: string): void
  /** Resolves when its output matches, from its beginning; rejects with the output when it ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  kill(signal: NodeJS.Signals): void
  readonly exitCode: Promise<number | null>
}

/** Starts a command that goes on until it is told to end. Disposing of it kills it. */
export function startCli(words: readonly string[], environment: Record<string, string>): RunningCli {
  const child = spawn(process.execPath, [binOf('left4me'), ...words], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...environment },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk
    })
  }
  const closed = once(child, 'close')
  return {
    type: text => child.stdin.write(text),
    printed: pattern => {
      const { promise, resolve, reject } = Promise.withResolvers<RegExpExecArray>()
      const look = () => {
        const found = pattern.exec(output)
        if (found) resolve(found)
      }
      child.stdout.on('data', look)
      child.once('close', () => reject(new Error(`it ended before it printed ${pattern}:\n${output}`)))
      look()
      return promise
    },
    kill: signal => child.kill(signal),
    exitCode: closed.then(() => child.exitCode),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await closed
    },
  }
}
