import { randomBytes } from 'node:crypto'
import { access, mkdir, readdir } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gameAppId, type SteamcmdProblem, type SteamcmdResult } from '@left4me/protocols'
import { removeTree } from '../files/remove-tree.ts'
import { HostError } from '../host-error.ts'
import type { ProgramLauncher } from '../installation/program-launcher.ts'
import { runSteamcmd } from '../installation/steamcmd-run.ts'
import { isAlive, readProcess } from '../process/process-table.ts'
import { Gate } from '../turns/gate.ts'
import type { WorkshopSteamcmd } from './workshop-steamcmd.ts'

export interface SteamcmdWorkshopOptions {
  /** Absolute path of steamcmd. */
  readonly steamcmd: string
  /**
   * steamcmd's HOME for this, not the installation's: two of them with one HOME get in each other's way, and an
   * installation takes hours.
   */
  readonly home: string
  readonly environment: Readonly<Record<string, string>>
  readonly launcher: () => ProgramLauncher
  /** Milliseconds without output after which a run is given up. */
  readonly inactivityMs: number
  /** Multiplies the pauses between runs. */
  readonly retryScale: number
}

type DownloadOptions = Parameters<WorkshopSteamcmd['download']>[1]

/** Items of one run: one that times out ends the run, and the rest has to be asked for again. */
const itemsOfRun = 20
/** Runs in a row that bring nothing. */
const emptyRuns = 3
/** Of one item, where a failure passes by itself. */
const itemAttempts = 3

/** null without a steamcmd. `folder` is the data directory's for steamcmd. */
export function steamcmdWorkshop(options: {
  readonly steamcmd: string | null
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
  readonly launcher: () => ProgramLauncher
  readonly inactivityMs: number
  readonly retryScale: number
}): WorkshopSteamcmd | null {
  const { steamcmd, folder, ...rest } = options
  return steamcmd === null
    ? null
    : new SteamcmdWorkshop({ ...rest, steamcmd, home: join(folder, 'workshop') })
}

/** steamcmd's `workshop_download_item`, one run at a time. */
export class SteamcmdWorkshop implements WorkshopSteamcmd {
  readonly #options: SteamcmdWorkshopOptions
  readonly #oneRun = new Gate(1)

  constructor(options: SteamcmdWorkshopOptions) {
    this.#options = options
  }

  async download(ids: readonly string[], options: DownloadOptions): Promise<void> {
    const { steamcmd } = this.#options
    await access(steamcmd).catch(cause => {
      throw new HostError('unsupported', `${steamcmd} isn't there.`, {
        remedy: 'Set LEFT4ME_STEAMCMD to the absolute path of steamcmd.',
        cause,
      })
    })
    try {
      await this.#oneRun.pass(options.signal, () => this.#download(ids, options))
    } catch (error) {
      if (options.signal.aborted)
        throw new HostError('cancelled', 'Downloading by steamcmd was cancelled.', { cause: error })
      throw error
    }
  }

  async #download(ids: readonly string[], options: DownloadOptions): Promise<void> {
    const { home, retryScale } = this.#options
    const runs = join(home, 'runs')
    await mkdir(runs, { recursive: true, mode: 0o700 })
    await removeDeadRuns(runs)
    const folder = join(
      runs,
      `${process.pid}.${readProcess(process.pid)?.start ?? 0}.${randomBytes(6).toString('hex')}`,
    )
    const attempts = new Map<string, number>()
    const waiting = [...new Set(ids)]
    let empty = 0
    try {
      while (waiting.length > 0) {
        const asked = waiting.slice(0, itemsOfRun)
        const result = await this.#run(folder, asked, options)
        const before = waiting.length
        for (const { itemId, path } of result.items) {
          if (!waiting.includes(itemId)) continue
          waiting.splice(waiting.indexOf(itemId), 1)
          await options.onItem(itemId, checkedPath(folder, path))
        }
        // After a login that failed every item fails as well, for no reason of its own.
        const general = problemOfRun(result)
        for (const { itemId, problem } of general ? [] : result.failedItems) {
          const count = (attempts.get(itemId) ?? 0) + 1
          attempts.set(itemId, count)
          if (problem.retry !== 'again' || count >= itemAttempts) throw failed(problem, itemId)
        }
        empty = waiting.length < before ? 0 : empty + 1
        if (waiting.length === 0) break
        const problem = general ?? result.failedItems[0]?.problem ?? result.problem
        if (empty > 0 && problem) {
          if (problem.retry !== 'again' || empty >= emptyRuns) throw failed(problem, asked[0] ?? '')
          const pause = problem.retryAfterSeconds * 1000 * retryScale
          options.onOutput(`left4me: ${problem.message} Trying again in ${Math.ceil(pause / 1000)} s.`)
          await delay(pause, undefined, { signal: options.signal })
        }
      }
    } finally {
      // With its content steamcmd's list of what it has goes too: an item is downloaded anew when it is wanted again.
      await removeTree(folder)
    }
  }

  async #run(folder: string, ids: readonly string[], options: DownloadOptions): Promise<SteamcmdResult> {
    const { steamcmd, home, environment, launcher, inactivityMs } = this.#options
    options.signal.throwIfAborted()
    await mkdir(folder, { recursive: true, mode: 0o755 })
    return runSteamcmd({
      launcher: launcher(),
      steamcmd,
      arguments: [
        '+force_install_dir',
        folder,
        '+login',
        'anonymous',
        ...ids.flatMap(id => ['+workshop_download_item', String(gameAppId), id]),
        '+quit',
      ],
      home,
      environment,
      inactivityMs,
      onEvent: event => {
        if (event.kind === 'output') options.onOutput(event.line)
      },
      signal: options.signal,
    })
  }
}

/** What kept the whole run from its work. That it said nothing of the game, which nobody asked for, is none. */
function problemOfRun({ problem, items }: SteamcmdResult): SteamcmdProblem | null {
  return problem === null || problem.code === 'no-success' || items.length > 0 ? null : problem
}

/** What steamcmd prints is only a text. */
function checkedPath(folder: string, path: string): string {
  const absolute = resolve(path)
  if (!absolute.startsWith(folder + sep))
    throw new HostError('download-failed', 'steamcmd put an item elsewhere than it was told to.', {
      remedy: 'Look at its output.',
    })
  return absolute
}

/** Of processes that were killed. */
async function removeDeadRuns(runs: string): Promise<void> {
  for (const name of await readdir(runs)) {
    const [pid, start] = name.split('.')
    if (pid === undefined || start === undefined || !isAlive({ pid: Number(pid), start }))
      await removeTree(join(runs, name))
  }
}

function failed(problem: SteamcmdProblem, itemId: string): HostError {
  return new HostError('download-failed', `Item ${itemId}: ${problem.message}`, { remedy: problem.remedy })
}
