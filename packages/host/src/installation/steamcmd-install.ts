import { copyFile, lstat, mkdir, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  type SteamcmdEvent,
  type SteamcmdProblem,
  type SteamcmdProblemCode,
  type SteamcmdResult,
  steamcmdInstallRuns,
  steamcmdPatience,
} from '@left4me/protocols'
import type { InstallProgress } from '../host.ts'
import { HostError } from '../host-error.ts'
import type { Layout } from '../layout.ts'
import { diskFull, formatBytes, freeBytes, leastFree, RoomWatch } from './disk-room.ts'
import type { ProgramLauncher } from './program-launcher.ts'
import { runSteamcmd } from './steamcmd-run.ts'

export interface InstallationTimings {
  /** Milliseconds without output after which steamcmd is given up. */
  readonly inactivityMs: number
  /** Multiplies the delays between attempts. */
  readonly retryScale: number
}

export const defaultInstallationTimings: InstallationTimings = {
  inactivityMs: steamcmdPatience.inactivityMs,
  retryScale: 1,
}

export interface SteamcmdInstallOptions {
  /** Where the game files go. Nobody else uses it. */
  readonly folder: string
  /** Compares every file that is there with what Steam has. */
  readonly validate: boolean
  readonly steamcmd: string
  /** steamcmd's HOME. */
  readonly home: string
  readonly environment: Readonly<Record<string, string>>
  readonly launcher: () => ProgramLauncher
  readonly timings: InstallationTimings
  /** Fractions never fall. */
  readonly onProgress: (progress: InstallProgress) => void
  readonly onOutput: (line: string) => void
  readonly signal: AbortSignal
}

type Way = 'linux' | 'two-platforms'

/** Attempts after the first, by kind of failure that passes by itself. */
const retryLimits: Partial<Record<SteamcmdProblemCode, number>> = {
  'self-update': 1,
  inactive: 1,
  'missing-configuration': 3,
}
const otherRetryLimit = 2

/**
 * Fills a folder with the game by steamcmd: Linux directly, and by way of Windows where that is refused. Resolves after
 * steamcmd's success. Rejects with `disk-full`, `cancelled` or `install-failed`; a later call goes on in the same folder.
 */
export async function installBySteamcmd(options: SteamcmdInstallOptions): Promise<void> {
  const { folder, timings, signal, onOutput } = options
  const tries = new Map<SteamcmdProblemCode, number>()
  const report = monotonous(options.onProgress)
  let way: Way = 'linux'
  let { validate } = options
  for (;;) {
    const runs = steamcmdInstallRuns({ directory: folder, way, validate })
    const problem = await runAll(runs, way, options, report)
    if (!problem) return
    const count = (tries.get(problem.code) ?? 0) + 1
    tries.set(problem.code, count)
    const passing = problem.retry === 'again' && count <= (retryLimits[problem.code] ?? otherRetryLimit)
    const byWindows =
      way === 'linux' && (problem.retry === 'other-way' || problem.code === 'missing-configuration')
    if (passing) {
      const milliseconds = problem.retryAfterSeconds * 1000 * timings.retryScale
      onOutput(`left4me: ${problem.message} Trying again in ${Math.ceil(milliseconds / 1000)} s.`)
      await delay(milliseconds, undefined, { signal }).catch(() => {
        throw cancelled()
      })
      validate ||= problem.code === 'missing-files' || problem.code === 'corrupt-files'
    } else if (byWindows) {
      onOutput(`left4me: ${problem.message} Installing for Windows first, then switching to Linux.`)
      way = 'two-platforms'
    } else throw await failureOf(problem, folder)
  }
}

/** null after success of every run. */
async function runAll(
  runs: readonly string[][],
  way: Way,
  options: SteamcmdInstallOptions,
  report: (progress: InstallProgress) => void,
): Promise<SteamcmdProblem | null> {
  const { folder, steamcmd, home, environment, launcher, timings, signal, onOutput } = options
  for (const [index, run] of runs.entries()) {
    const [from, share] = span(way, index)
    const room = new RoomWatch(folder)
    const transfer = new TransferRate()
    // Not the caller's signal itself: a disk that is too small ends the run as well.
    const stop = new AbortController()
    const onEvent = (event: SteamcmdEvent) => {
      if (event.kind === 'output') onOutput(event.line)
      if (event.kind === 'progress') {
        const fraction = from + event.fraction * share
        report({ fraction, activity: event.activity, transfer: transfer.of(event) })
      }
      void room.consider(event).then(enough => {
        if (!enough) stop.abort()
      })
    }
    if (signal.aborted) throw cancelled()
    const result: SteamcmdResult = await runSteamcmd({
      launcher: launcher(),
      steamcmd,
      arguments: run,
      home,
      environment,
      inactivityMs: timings.inactivityMs,
      onEvent,
      signal: AbortSignal.any([signal, stop.signal]),
    })
    if (signal.aborted) throw cancelled()
    if (room.missing !== null) throw diskFull(`${formatBytes(room.missing)} more are needed.`)
    if (result.problem) return result.problem
  }
  return null
}

async function failureOf(problem: SteamcmdProblem, folder: string): Promise<HostError> {
  if (
    problem.code === 'disk-space' ||
    (problem.code === 'disk-write' && (await freeBytes(folder)) < leastFree)
  )
    return diskFull(problem.message)
  return new HostError('install-failed', problem.message, { remedy: problem.remedy })
}

/**
 * Copies steamclient.so to where servers look for it. Without it a server only answers on its own network. It must be a
 * file: the game doesn't see where it came from. The one that servers have open is replaced, not written to.
 */
export async function provideSteamclient(options: {
  readonly layout: Layout
  readonly steamcmd: string
  readonly folder: string
  readonly onOutput: (line: string) => void
}): Promise<void> {
  const { layout, steamcmd, folder, onOutput } = options
  const sources = [
    join(dirname(steamcmd), 'linux32'),
    join(layout.steam, '.steam', 'steamcmd', 'linux32'),
    join(layout.steam, '.local', 'share', 'Steam', 'steamcmd', 'linux32'),
    join(layout.steam, 'Steam', 'linux32'),
    join(folder, 'linux32'),
    join(folder, 'bin'),
  ].map(place => join(place, 'steamclient.so'))
  for (const source of sources) {
    if (!(await lstat(source).catch(() => null))?.isFile()) continue
    await mkdir(layout.steamSdk, { recursive: true, mode: 0o755 })
    const target = join(layout.steamSdk, 'steamclient.so')
    await copyFile(source, `${target}.new`)
    await rename(`${target}.new`, target)
    return
  }
  onOutput(
    'left4me: steamclient.so was not found beside steamcmd; servers may not be seen from the internet.',
  )
}

/** The Windows pass downloads nearly everything. */
function span(way: Way, run: number): readonly [from: number, share: number] {
  if (way === 'linux') return [0, 1]
  return run === 0 ? [0, 0.9] : [0.9, 0.1]
}

/** Fractions that never fall. */
export function monotonous(
  onProgress: (progress: InstallProgress) => void,
): (progress: InstallProgress) => void {
  let highest = 0
  return ({ fraction, activity, transfer }) => {
    highest = Math.max(highest, Math.min(1, fraction))
    onProgress({ fraction: highest, activity, transfer })
  }
}

/** Bytes a second of steamcmd's download, since it began. */
class TransferRate {
  #beganAt: number | null = null
  #firstBytes = 0

  of(event: SteamcmdEvent & { readonly kind: 'progress' }): InstallProgress['transfer'] {
    const { state, doneBytes, totalBytes } = event
    if (state !== 'downloading' || doneBytes === null) return null
    if (this.#beganAt === null) {
      this.#beganAt = performance.now()
      this.#firstBytes = doneBytes
    }
    const seconds = (performance.now() - this.#beganAt) / 1000
    const rate = seconds > 0 ? Math.max(0, doneBytes - this.#firstBytes) / seconds : 0
    return { bytes: doneBytes, total: totalBytes, rate }
  }
}

export function cancelled(): HostError {
  return new HostError('cancelled', 'The installation was cancelled.', {
    remedy: 'Install again: it goes on where it stopped.',
  })
}
