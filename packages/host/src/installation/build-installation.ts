import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { removeTree } from '../files/remove-tree.ts'
import type { InstallationStore, InstallProgress } from '../host.ts'
import { HostError } from '../host-error.ts'
import { canShareBlocks, copyInstallation } from './copy-installation.ts'
import { requireRoom } from './disk-room.ts'
import { isThere, publishedRevisions, readCurrent } from './installation-folder.ts'
import type { InstallationOptions } from './installation-options.ts'
import { readGameFiles } from './read-installation.ts'
import { bytesOf, shareFiles, syncFiles } from './share-files.ts'
import { cancelled, installBySteamcmd, provideSteamclient } from './steamcmd-install.ts'

type UpdateOptions = Parameters<InstallationStore['update']>[0]

/** Parts of the whole progress: where each step begins. */
const steps = { copy: 0, download: 0.15, compare: 0.85, check: 0.93 } as const

/** One attempt to build the next revision, in a folder that no server has as a layer. */
export class BuildInstallation {
  readonly #options: InstallationOptions
  readonly #call: UpdateOptions & { readonly steamcmd: string }

  constructor(options: InstallationOptions, call: UpdateOptions & { readonly steamcmd: string }) {
    this.#options = options
    this.#call = call
  }

  /**
   * Fills the folder and verifies it. Resolves to the published revision that it turned out to be the same as, the folder
   * being gone then, or null for a new one. After a rejection what was downloaded is kept for the next attempt.
   */
  async run(): Promise<number | null> {
    const { layout } = this.#options
    const resumed = await isThere(layout.installationBuilding)
    const base = await readCurrent(layout)
    await this.#unlessCancelled(() => this.#prepare(resumed, base))
    const from = base === null || resumed ? 0 : steps.download
    const damaged = base !== null && (await readGameFiles(layout.installationRevision(base))).problem !== null
    await this.#download(resumed || damaged, from, base === null ? steps.check : steps.compare)
    const { missing, problem } = await readGameFiles(layout.installationBuilding)
    if (missing || problem !== null)
      throw new HostError(
        'install-failed',
        `steamcmd succeeded, but: ${missing ? 'nothing is there.' : problem}`,
        {
          remedy: 'Install again; look at the output if it comes back.',
        },
      )
    return await this.#unlessCancelled(() => this.#compare())
  }

  /** Tries the revision out, which isn't published yet. */
  async tryOut(revision: number): Promise<void> {
    const { onOutput, onProgress, signal } = this.#call
    onProgress({ fraction: steps.check, activity: 'trying it out with a hidden server', transfer: null })
    await this.#options.trial.run(revision, { onOutput, signal })
  }

  async #prepare(resumed: boolean, base: number | null): Promise<void> {
    const { layout } = this.#options
    const { onOutput, signal } = this.#call
    const folder = layout.installationRevisions
    if (resumed) {
      await requireRoom(folder, 0)
      onOutput('left4me: Going on with what an earlier attempt downloaded.')
      return
    }
    if (base === null) {
      await requireRoom(folder, 0)
      await mkdir(layout.installationBuilding, { mode: 0o755 })
      return
    }
    const source = layout.installationRevision(base)
    const { apparent, allocated } = await bytesOf(source)
    const sharing = await canShareBlocks(join(source, 'srcds_run'), folder)
    await requireRoom(folder, sharing ? 0 : allocated)
    onOutput(
      `left4me: Copying revision ${base}${sharing ? '; the file system lets both share their blocks' : ''}.`,
    )
    // Under another name until it is complete: half a copy isn't what steamcmd should go on with.
    const copying = join(folder, '.copying')
    await removeTree(copying)
    const report = this.#reporter('copying the present revision', 'copy', apparent)
    try {
      await copyInstallation({ from: source, to: copying, onBytes: report, signal })
    } catch (error) {
      await removeTree(copying)
      throw error
    }
    await rename(copying, layout.installationBuilding)
  }

  async #download(validate: boolean, from: number, to: number): Promise<void> {
    const { layout, environment, launcher, timings } = this.#options
    const { steamcmd, onProgress, onOutput, signal } = this.#call
    const folder = layout.installationBuilding
    await installBySteamcmd({
      folder,
      validate,
      steamcmd,
      home: layout.steam,
      environment,
      launcher,
      timings,
      onProgress: step => onProgress({ ...step, fraction: from + step.fraction * (to - from) }),
      onOutput,
      signal,
    })
    await provideSteamclient({ layout, steamcmd, folder, onOutput })
  }

  async #compare(): Promise<number | null> {
    const { layout } = this.#options
    const { signal, onOutput } = this.#call
    const newer = layout.installationBuilding
    const { apparent } = await bytesOf(newer)
    for (const revision of await publishedRevisions(layout)) {
      const report = this.#reporter(`comparing with revision ${revision}`, 'compare', apparent)
      const older = layout.installationRevision(revision)
      if (!(await shareFiles({ older, newer, onBytes: report, signal }))) continue
      onOutput(`left4me: Steam has nothing newer than revision ${revision}.`)
      await removeTree(newer)
      return revision
    }
    await syncFiles(newer)
    return null
  }

  #reporter(activity: string, step: 'copy' | 'compare', total: number): (bytes: number) => void {
    const from = steps[step]
    const share = (step === 'copy' ? steps.download : steps.check) - from
    const began = performance.now()
    return bytes => {
      const seconds = Math.max(0.001, (performance.now() - began) / 1000)
      const progress: InstallProgress = {
        fraction: from + (total === 0 ? 1 : Math.min(1, bytes / total)) * share,
        activity,
        transfer: { bytes, total, rate: bytes / seconds },
      }
      this.#call.onProgress(progress)
    }
  }

  /** Whatever fails after a cancellation was cancelled. */
  async #unlessCancelled<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      throw this.#call.signal.aborted ? cancelled() : error
    }
  }
}
