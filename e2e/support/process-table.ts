import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { waitFor } from './wait-for.ts'

/** Facts about processes out of /proc: what the machine says, not what left4me says. */

export interface ProcessFacts {
  readonly pid: number
  readonly parent: number
  /** Ticks since boot at its start: with the pid it names one process for good. */
  readonly startTime: string
  readonly commandLine: readonly string[]
}

/** null when there is no such process, or only its zombie. */
export function readProcess(pid: number): ProcessFacts | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The program's name is in parentheses and may hold anything, blanks and parentheses too (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (fields[0] === 'Z') return null
    return {
      pid,
      parent: Number(fields[1]),
      startTime: fields[19] ?? '',
      commandLine: readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1),
    }
  } catch {
    return null
  }
}

function allProcesses(): ProcessFacts[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(name => readProcess(Number(name)) ?? [])
}

/** Every process below `pid`, however deep, without itself. */
export function descendants(pid: number): ProcessFacts[] {
  const all = allProcesses()
  const below = (parent: number): ProcessFacts[] =>
    all.filter(process => process.parent === parent).flatMap(child => [child, ...below(child.pid)])
  return below(pid)
}

/** Processes that name `folder` in their command line, or work in it, in whatever namespace. */
export function processesOf(folder: string): ProcessFacts[] {
  return allProcesses().filter(
    process =>
      process.pid !== globalThis.process.pid &&
      (process.commandLine.some(argument => argument.includes(folder)) ||
        linkOf(process.pid, 'cwd').startsWith(folder)),
  )
}

function linkOf(pid: number, name: string): string {
  try {
    return readlinkSync(`/proc/${pid}/${name}`)
  } catch {
    return ''
  }
}

export interface Mount {
  readonly mountPoint: string
  readonly type: string
  readonly options: readonly string[]
}

/** The mounts that a process sees (proc_pid_mountinfo(5)). */
export function mountsOf(pid: number): Mount[] {
  return readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => {
      const [before = '', after = ''] = line.split(' - ')
      const [type = '', , options = ''] = after.split(' ')
      return { mountPoint: before.split(' ')[4] ?? '', type, options: options.split(',') }
    })
}

/**
 * Kills all that is left of a left4me with this data directory: servers that outlive it, and what a failed test leaves
 * behind. Resolves when it is gone.
 */
export async function killLeftovers(folder: string): Promise<void> {
  await waitFor(`the processes of ${folder} to be gone`, () => {
    const left = processesOf(folder)
    for (const { pid } of left) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has ended meanwhile.
      }
    }
    return left.length === 0
  })
}
