import { type ChildProcess, spawn } from 'node:child_process'
import { HostError } from '../host-error.ts'
import type { LaunchedProgram, ProgramLauncher, ProgramRequest } from '../installation/program-launcher.ts'
import { childrenOf, isAlive, readProcessTable } from './process-table.ts'
import type { Programs } from './supervisor/configuration.ts'

export interface ConfinedProgram extends LaunchedProgram {
  /** Of the process outside, below which all the others are; undefined when none could be started. */
  readonly pid: number | undefined
}

/**
 * Runs a program in a PID namespace of its own that dies with it, with `kill` and with us, so that neither an abort nor
 * `kill -9` of the application leaves a descendant behind (pid_namespaces(7), PR_SET_PDEATHSIG of prctl(2)).
 */
export function spawnConfined(
  options: ProgramRequest & {
    readonly programs: Programs
    /** Also a mount namespace and root in it: for a script that mounts. */
    readonly mounts?: boolean
  },
): ConfinedProgram {
  const { programs } = options
  const unshare = [
    programs.unshare,
    '--user',
    ...(options.mounts
      ? ['--map-root-user', '--mount', '--propagation', 'private']
      : [`--map-user=${process.getuid?.() ?? 0}`, `--map-group=${process.getgid?.() ?? 0}`]),
    '--pid',
    '--fork',
    '--kill-child',
    '--',
    ...options.command,
  ]
  const [program = '', ...rest] = programs.setpriv
    ? [programs.setpriv, '--pdeathsig', 'KILL', '--', ...unshare]
    : unshare
  const child = spawn(program, rest, {
    cwd: options.folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: options.environment,
  })
  const { promise: exited, resolve, reject } = Promise.withResolvers<number>()
  child.stdout.on('data', options.onOutput)
  child.stderr.on('data', options.onOutput)
  child.once('error', cause =>
    reject(
      new HostError('unsupported', `${program} can't be started.`, { remedy: 'Install util-linux.', cause }),
    ),
  )
  // `close` comes after the output's end.
  child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)))
  return { exited, kill: () => killWhole(child), pid: child.pid }
}

export function confinedLauncher(programs: Programs): ProgramLauncher {
  const { shell, script } = programs
  return { shell, script, launch: request => spawnConfined({ ...request, programs }) }
}

/**
 * Kills the namespace's first process: the kernel ends all the others before `unshare` learns of it, so that none of
 * them is left when `unshare` ends. Killed itself, it would end before they do.
 */
function killWhole(child: ChildProcess): void {
  const [first] = child.pid === undefined ? [] : childrenOf(readProcessTable(), child.pid)
  if (!first) {
    child.kill('SIGKILL')
    return
  }
  try {
    if (isAlive(first)) process.kill(first.pid, 'SIGKILL')
  } catch {
    // Gone in between.
  }
}
