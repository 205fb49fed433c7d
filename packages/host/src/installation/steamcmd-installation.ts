import { access, copyFile, lstat, mkdir, rename, rm, statfs, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import {
  dedicatedServerAppId,
  type SteamcmdEvent,
  type SteamcmdProblem,
  type SteamcmdProblemCode,
  type SteamcmdResult,
  steamcmdInstallRuns,
  steamcmdPatience,
} from '@left4me/protocols'
import type { InstallationStatus, InstallationStore, InstallProgress } from '../host.ts'
import { HostError } from '../host-error.ts'
import type { Layout } from '../process/layout.ts'
import type { Programs } from '../process/supervisor/configuration.ts'
import { readInstallation } from './read-installation.ts'
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

export interface SteamcmdInstallationOptions {
  readonly layout: Layout
  readonly steamcmd: string | null
  readonly environment: Readonly<Record<string, string>>
  readonly programs: () => Programs
  readonly timings: InstallationTimings
  /** Ids of the instances that run or are meant to. */
  readonly activeInstances: () => Promise<number[]>
}

type UpdateOptions = Parameters<InstallationStore['update']>[0]
type Way = 'linux' | 'two-platforms'

/** Bytes that must be free before anything is begun. steamcmd says later how much it needs. */
const leastFree = 64 * 1024 * 1024
/** Attempts after the first, by kind of failure that passes by itself. */
const retryLimits: Partial<Record<SteamcmdProblemCode, number>> = {
  'self-update': 1,
  inactive: 1,
  'missing-configuration': 3,
}
const otherRetryLimit = 2

/** The game files by steamcmd. One update at a time; an update is refused while servers run. */
export class SteamcmdInstallation implements InstallationStore {
  readonly #options: SteamcmdInstallationOptions
  #updating = false

  constructor(options: SteamcmdInstallationOptions) {
    this.#options = options
  }

  status(): Promise<InstallationStatus> {
    return readInstallation(this.#options.layout)
  }

  async update(options: UpdateOptions): Promise<InstallationStatus> {
    if (this.#updating)
      throw new HostError('install-failed', 'The game is being installed already.', {
        remedy: 'Wait until that has finished.',
      })
    this.#updating = true
    try {
      return await this.#update(options)
    } finally {
      this.#updating = false
    }
  }

  async #update(options: UpdateOptions): Promise<InstallationStatus> {
    const { layout, steamcmd } = this.#options
    if (steamcmd === null || !(await exists(steamcmd)))
      throw new HostError(
        'unsupported',
        steamcmd === null ? 'No steamcmd is configured.' : `${steamcmd} isn't there.`,
        {
          remedy: 'Set LEFT4ME_STEAMCMD to the absolute path of steamcmd.',
        },
      )
    await mkdir(layout.steam, { recursive: true, mode: 0o700 })
    await mkdir(layout.installation, { recursive: true, mode: 0o755 })
    await this.#requireRoom()
    const unfinishedBefore = await exists(layout.installationIncomplete)
    // First the mark, then the look: a start looks for the mark after it has said that it wants to run.
    await writeFile(layout.installationIncomplete, '', { mode: 0o600 })
    const active = await this.#options.activeInstances()
    if (active.length > 0) {
      if (!unfinishedBefore) await rm(layout.installationIncomplete, { force: true })
      throw new HostError(
        'servers-running',
        active.length === 1 ? `Server ${active[0]} is running.` : `${active.length} servers are running.`,
        { remedy: 'Stop them first.' },
      )
    }
    await this.#install(options, steamcmd, unfinishedBefore)
    await this.#provideSteamclient(steamcmd, options.onOutput)
    const finished = await readInstallation({
      ...layout,
      installationIncomplete: join(layout.steam, 'no-mark'),
    })
    if (finished.state !== 'ready')
      throw new HostError(
        'install-failed',
        `steamcmd succeeded, but: ${finished.problem ?? 'nothing is there.'}`,
        {
          remedy: 'Install again; look at the output if it comes back.',
        },
      )
    await rm(layout.installationIncomplete, { force: true })
    return finished
  }

  /** Linux directly, and by way of Windows where that is refused. Resolves after success. */
  async #install(options: UpdateOptions, steamcmd: string, validate: boolean): Promise<void> {
    const { layout, timings } = this.#options
    const { signal, onOutput } = options
    const tries = new Map<SteamcmdProblemCode, number>()
    const report = monotonous(options.onProgress)
    let way: Way = 'linux'
    let validating = validate
    for (;;) {
      const runs = steamcmdInstallRuns({ directory: layout.installation, way, validate: validating })
      const problem = await this.#runAll(runs, way, steamcmd, options, report)
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
        validating ||= problem.code === 'missing-files' || problem.code === 'corrupt-files'
      } else if (byWindows) {
        onOutput(`left4me: ${problem.message} Installing for Windows first, then switching to Linux.`)
        way = 'two-platforms'
      } else throw await this.#failure(problem)
    }
  }

  /** null after success of every run. */
  async #runAll(
    runs: readonly string[][],
    way: Way,
    steamcmd: string,
    options: UpdateOptions,
    report: (progress: InstallProgress) => void,
  ): Promise<SteamcmdProblem | null> {
    const { layout, environment, programs, timings } = this.#options
    const { signal, onOutput } = options
    for (const [index, run] of runs.entries()) {
      const [from, share] = span(way, index)
      const room = new RoomWatch(layout.installation)
      // Not the caller's signal itself: a disk that is too small ends the run as well.
      const stop = new AbortController()
      const onEvent = (event: SteamcmdEvent) => {
        if (event.kind === 'output') onOutput(event.line)
        if (event.kind === 'progress')
          report({ fraction: from + event.fraction * share, activity: event.activity })
        void room.consider(event).then(enough => {
          if (!enough) stop.abort()
        })
      }
      if (signal.aborted) throw cancelled()
      const result: SteamcmdResult = await runSteamcmd({
        programs: programs(),
        steamcmd,
        arguments: run,
        home: layout.steam,
        environment,
        inactivityMs: timings.inactivityMs,
        onEvent,
        signal: AbortSignal.any([signal, stop.signal]),
      })
      if (signal.aborted) throw cancelled()
      if (room.missing !== null) throw diskFull(`${gigabytes(room.missing)} GB more are needed.`)
      if (result.problem) return result.problem
    }
    return null
  }

  async #failure(problem: SteamcmdProblem): Promise<HostError> {
    if (problem.code === 'disk-space' || (problem.code === 'disk-write' && (await this.#free()) < leastFree))
      return diskFull(problem.message)
    return new HostError('install-failed', problem.message, { remedy: problem.remedy })
  }

  async #requireRoom(): Promise<void> {
    const free = await this.#free()
    if (free < leastFree) throw diskFull(`Only ${Math.floor(free / 1024 ** 2)} MiB are free.`)
  }

  async #free(): Promise<number> {
    const disk = await statfs(this.#options.layout.installation)
    return disk.bavail * disk.bsize
  }

  /** Without it a server only answers on its own network. It must be a file: the game doesn't see where it came from. */
  async #provideSteamclient(steamcmd: string, onOutput: (line: string) => void): Promise<void> {
    const { layout } = this.#options
    const sources = [
      join(dirname(steamcmd), 'linux32'),
      join(layout.steam, '.steam', 'steamcmd', 'linux32'),
      join(layout.steam, '.local', 'share', 'Steam', 'steamcmd', 'linux32'),
      join(layout.steam, 'Steam', 'linux32'),
      join(layout.installation, 'linux32'),
      join(layout.installation, 'bin'),
    ].map(folder => join(folder, 'steamclient.so'))
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
}

/** The Windows pass downloads nearly everything. */
function span(way: Way, run: number): readonly [from: number, share: number] {
  if (way === 'linux') return [0, 1]
  return run === 0 ? [0, 0.9] : [0.9, 0.1]
}

function monotonous(onProgress: (progress: InstallProgress) => void): (progress: InstallProgress) => void {
  let highest = 0
  return ({ fraction, activity }) => {
    highest = Math.max(highest, Math.min(1, fraction))
    onProgress({ fraction: highest, activity })
  }
}

/** Compares what steamcmd says it will write with what is free, once, when it begins to. */
class RoomWatch {
  readonly #folder: string
  #done = false
  /** Bytes that are missing; null as far as is known none are. */
  missing: number | null = null

  constructor(folder: string) {
    this.#folder = folder
  }

  async consider(event: SteamcmdEvent): Promise<boolean> {
    // The simulator names the real game's size, and needs next to nothing of it.
    if (event.kind === 'output' && /steamcmd is simulated/i.test(event.line)) this.#done = true
    if (this.#done || event.kind !== 'progress') return true
    if (event.state !== 'preallocating' && event.state !== 'downloading') return true
    const { totalBytes, doneBytes } = event
    if (!totalBytes) return true
    this.#done = true
    const disk = await statfs(this.#folder)
    const missing = totalBytes - (doneBytes ?? 0) - disk.bavail * disk.bsize
    if (missing <= 0) return true
    this.missing = missing
    return false
  }
}

function cancelled(): HostError {
  return new HostError('cancelled', 'The installation was cancelled.', {
    remedy: 'Install again: it goes on where it stopped.',
  })
}

function diskFull(detail: string): HostError {
  return new HostError(
    'disk-full',
    `The disk has no room for the game (app ${dedicatedServerAppId}). ${detail}`,
    {
      remedy: 'Free space on the disk of the data directory: a whole installation needs about 10 GB.',
    },
  )
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
