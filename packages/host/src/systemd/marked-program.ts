import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { HostError } from '../host-error.ts'
import type { LaunchedProgram, ProgramLauncher, ProgramRequest } from '../installation/program-launcher.ts'

const mark = 'LEFT4ME_RUN'
const setpriv = '/usr/bin/setpriv'
/** What is killed may fork once more just before. */
const roundLimit = 20

/**
 * Runs steamcmd as an ordinary child: the web application's unit may make no namespaces (RestrictNamespaces=), and ends
 * whatever is left in its control group with itself. Everything that the program starts inherits a mark of this run in
 * its environment, by which all of it is found and killed, whatever session it fled to.
 */
export const markedLauncher: ProgramLauncher = {
  shell: '/bin/sh',
  script: '/usr/bin/script',
  launch: launchMarked,
}

function launchMarked({ command, environment, folder, onOutput }: ProgramRequest): LaunchedProgram {
  const run = randomUUID()
  const child = spawn(setpriv, ['--pdeathsig', 'KILL', '--', ...command], {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment, [mark]: run },
  })
  const { promise: exited, resolve, reject } = Promise.withResolvers<number>()
  child.stdout.on('data', onOutput)
  child.stderr.on('data', onOutput)
  child.once('error', cause =>
    reject(
      new HostError('unsupported', `${setpriv} can't be started.`, { remedy: 'Install util-linux.', cause }),
    ),
  )
  // `close` comes after the output's end, hence after everybody's who could write.
  child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGKILL' ? 137 : 143)))
  return { exited, kill: () => killMarked(run) }
}

function killMarked(run: string): void {
  for (let round = 0; round < roundLimit; round++) {
    const pids = findMarked(run)
    if (pids.length === 0) return
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // Gone in between.
      }
    }
  }
}

/** A killed one that nobody waited for yet has no environment any more. */
function findMarked(run: string): number[] {
  const entry = Buffer.from(`${mark}=${run}\0`)
  return readdirSync('/proc')
    .map(Number)
    .filter(pid => Number.isInteger(pid) && pid !== process.pid && isMarked(pid, entry))
}

function isMarked(pid: number, entry: Buffer): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`).includes(entry)
  } catch {
    // Gone, or somebody else's.
    return false
  }
}
