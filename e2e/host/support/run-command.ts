import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import type { Finished } from './bed.ts'

export interface CommandOptions {
  readonly input?: string
  /** Ends the command's whole process group; five minutes unless told. */
  readonly timeoutMs?: number
  /** What the program's environment is; only PATH of this process unless told. */
  readonly environment?: Readonly<Record<string, string>>
}

/** Runs a program of this machine to its end and resolves whatever its exit code; a signal counts as 128 and its number. */
export function runCommand(command: readonly string[], options: CommandOptions = {}): Promise<Finished> {
  const [program = '', ...args] = command
  const { promise, resolve, reject } = Promise.withResolvers<Finished>()
  const child = spawn(program, args, {
    // A process group of its own, so that the time limit reaches its children too.
    detached: true,
    env: { PATH: process.env['PATH'] ?? '', ...options.environment },
  })
  const limit = options.timeoutMs ?? 300_000
  const timer = setTimeout(() => {
    if (child.pid !== undefined) killGroup(child.pid)
    reject(new Error(`not finished after ${limit} ms: ${command.join(' ')}\n${text(out)}${text(err)}`))
  }, limit)
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  // A program that doesn't read its input is no failure.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  child.on('error', error => {
    clearTimeout(timer)
    reject(error)
  })
  child.on('close', (code, signal) => {
    clearTimeout(timer)
    resolve({ code: code ?? 128 + signalNumber(signal), stdout: text(out), stderr: text(err) })
  })
  return promise
}

/** The same, but rejects with the output unless it exits with 0. Resolves to stdout. */
export async function commandOutput(
  command: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(command, options)
  if (code !== 0) throw new Error(`exit code ${code} of ${command.join(' ')}\n${stdout}${stderr}`)
  return stdout
}

/** Whose processes may have ended by now, while another one that they left keeps the output open. */
function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString()
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return signal === null ? 0 : constants.signals[signal]
}
