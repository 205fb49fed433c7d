import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDiskFull } from '../files/full-disk.ts'
import { removeTree } from '../files/remove-tree.ts'
import type { InstallationRevision, InstallationStatus, InstallationStore } from '../host.ts'
import { HostError } from '../host-error.ts'
import { adoptInstallation, hasUnversioned } from './adopt-installation.ts'
import { BuildInstallation } from './build-installation.ts'
import { diskFull } from './disk-room.ts'
import { readInstallationFile, readInstallationIndex } from './installation-files.ts'
import {
  installationPlace,
  isThere,
  namesIn,
  nextRevision,
  notePath,
  publishedRevisions,
  readCurrent,
  readInstalledAt,
  unpublishedRevisions,
  writeCurrent,
  writeNote,
} from './installation-folder.ts'
import type { InstallationOptions } from './installation-options.ts'
import { readGameFiles } from './read-installation.ts'
import { ownBytesOf } from './share-files.ts'
import { monotonous } from './steamcmd-install.ts'

type UpdateOptions = Parameters<InstallationStore['update']>[0]

/** Newest revisions that are kept although nothing runs with them: the current one and what one may roll back to. */
const keptRevisions = 3

/** The game files on the local file system; see docs/adr/0015-installation-revisions.md. */
export class RevisionedInstallation implements InstallationStore {
  readonly #options: InstallationOptions
  readonly #ownBytes = new Map<number, number>()
  #ownBytesOf = ''
  #updating = false

  constructor(options: InstallationOptions) {
    this.#options = options
  }

  async status(): Promise<InstallationStatus> {
    const { layout } = this.#options
    const { revision, folder } = await installationPlace(layout)
    if (revision !== null || (await hasUnversioned(layout))) {
      const unfinished = revision === null && (await isThere(layout.installationIncomplete))
      return statusOf(revision, await readGameFiles(folder), unfinished)
    }
    const begun = await isThere(layout.installationBuilding)
    return statusOf(null, await readGameFiles(layout.installationBuilding), begun)
  }

  async revisions(): Promise<InstallationRevision[]> {
    const { layout } = this.#options
    const [numbers, current, uses] = await Promise.all([
      publishedRevisions(layout),
      readCurrent(layout),
      this.#options.uses(),
    ])
    await this.#measure(numbers)
    return await Promise.all(
      numbers.map(async revision => {
        const { buildId, version } = await readGameFiles(layout.installationRevision(revision))
        return {
          revision,
          buildId,
          version,
          installedAt: await readInstalledAt(layout, revision),
          ownBytes: this.#ownBytes.get(revision) ?? 0,
          current: revision === current,
          usedBy: uses
            .filter(use => use.running && use.revision === revision)
            .map(({ instanceId }) => instanceId),
        }
      }),
    )
  }

  readIndex(revision: number | null): Promise<string | null> {
    return readInstallationIndex(this.#options.layout, revision, new AbortController().signal)
  }

  readFile(revision: number | null, path: string, maxBytes: number): Promise<Buffer | null> {
    return readInstallationFile(this.#options.layout, revision, path, maxBytes)
  }

  /** Makes a revision of what an earlier left4me installed, unless servers run with it. Idempotent. */
  async adopt(): Promise<void> {
    const { layout, uses, onAdopted } = this.#options
    if (!(await hasUnversioned(layout)) || (await uses()).some(({ running }) => running)) return
    await adoptInstallation(layout)
    const current = await readCurrent(layout)
    if (current !== null) await onAdopted(current)
  }

  /** At every opening of the host: whatever it rejects with, servers start as before, and an update says why. */
  async adoptQuietly(): Promise<void> {
    await this.adopt().catch((error: unknown) => {
      console.error(error)
    })
  }

  async update(options: UpdateOptions): Promise<InstallationStatus> {
    if (this.#updating)
      throw new HostError('install-failed', 'The game is being installed already.', {
        remedy: 'Wait until that has finished.',
      })
    this.#updating = true
    try {
      await this.#update({ ...options, onProgress: monotonous(options.onProgress) })
      return await this.status()
    } catch (error) {
      const known = isDiskFull(error) ? diskFull('It became full while files were copied.') : error
      if (known instanceof HostError && known.code === 'disk-full') await this.#makeRoom()
      throw known
    } finally {
      this.#updating = false
    }
  }

  async use(revision: number): Promise<InstallationStatus> {
    const { layout } = this.#options
    if (!(await publishedRevisions(layout)).includes(revision))
      throw new HostError('not-installed', `There is no revision ${revision} of the game.`, {
        remedy: 'Choose one of those that the installation page shows.',
      })
    const { problem } = await readGameFiles(layout.installationRevision(revision))
    if (problem !== null)
      throw new HostError('not-installed', `Revision ${revision} of the game is broken: ${problem}`)
    await writeCurrent(layout, revision)
    return await this.status()
  }

  async removeRevision(revision: number): Promise<void> {
    const { layout } = this.#options
    if (!(await publishedRevisions(layout)).includes(revision)) return
    if (revision === (await readCurrent(layout)))
      throw new HostError('in-use', `Revision ${revision} of the game is the current one.`, {
        remedy: 'Use another revision first.',
      })
    const removing = join(layout.installationRevisions, `.removing-${revision}`)
    const folder = layout.installationRevision(revision)
    // First it is away, then comes the look: a start says what it wants before it looks for the folder.
    await rename(folder, removing)
    const user = (await this.#options.uses()).find(use => use.revision === revision)
    if (user) {
      await rename(removing, folder)
      throw new HostError(
        'in-use',
        `Server ${user.instanceId} ${user.running ? 'runs' : 'starts at boot'} with revision ${revision} of the game.`,
        { remedy: 'Restart it with the current revision first.' },
      )
    }
    await rm(notePath(layout, revision), { force: true })
    await removeTree(removing)
  }

  async #update(options: UpdateOptions): Promise<void> {
    const { layout } = this.#options
    const steamcmd = await this.#steamcmd()
    await mkdir(layout.steam, { recursive: true, mode: 0o700 })
    await mkdir(layout.installationRevisions, { recursive: true, mode: 0o755 })
    await this.adopt()
    if (await hasUnversioned(layout)) throw await this.#usedUnversioned()
    await this.#tidy()
    const build = new BuildInstallation(this.#options, { ...options, steamcmd })
    const identical = await build.run()
    if (identical !== null) {
      await writeCurrent(layout, identical)
      return
    }
    const revision = await nextRevision(layout)
    const folder = layout.installationRevision(revision)
    // Not a revision yet, but where the check's server may have it as a layer.
    await rename(layout.installationBuilding, folder)
    try {
      await build.tryOut(revision)
    } catch (error) {
      await rename(folder, layout.installationBuilding)
      throw error
    }
    await writeNote(layout, revision, Date.now())
    await writeCurrent(layout, revision)
    await this.#collect(options.onOutput)
    options.onProgress({ fraction: 1, activity: `revision ${revision} is the current one`, transfer: null })
  }

  async #steamcmd(): Promise<string> {
    const { steamcmd } = this.#options
    if (steamcmd !== null && (await isThere(steamcmd))) return steamcmd
    throw new HostError(
      'unsupported',
      steamcmd === null ? 'No steamcmd is configured.' : `${steamcmd} isn't there.`,
      { remedy: 'Set LEFT4ME_STEAMCMD to the absolute path of steamcmd.' },
    )
  }

  async #usedUnversioned(): Promise<HostError> {
    const running = (await this.#options.uses()).filter(use => use.running)
    const [first] = running
    return new HostError(
      'servers-running',
      running.length === 1 && first
        ? `Server ${first.instanceId} runs with game files of an earlier left4me, which had no revisions.`
        : `${running.length} servers run with game files of an earlier left4me, which had no revisions.`,
      { remedy: 'Stop all of them at once, this one time: later updates don’t need that.' },
    )
  }

  /** Servers need the room more than the next attempt needs a copy of what is there. A first download is kept. */
  async #makeRoom(): Promise<void> {
    const { layout } = this.#options
    if ((await readCurrent(layout)) !== null) await removeTree(layout.installationBuilding)
  }

  /** What somebody left who was killed. What steamcmd had downloaded is kept. */
  async #tidy(): Promise<void> {
    const { layout } = this.#options
    const folder = layout.installationRevisions
    for (const name of await namesIn(folder))
      if (name === '.copying' || name.startsWith('.removing-')) await removeTree(join(folder, name))
    const unpublished = await unpublishedRevisions(layout)
    if (unpublished.length > 0) await this.#options.trial.clear()
    for (const revision of unpublished) {
      const left = layout.installationRevision(revision)
      if (await isThere(layout.installationBuilding)) await removeTree(left)
      else await rename(left, layout.installationBuilding)
    }
    for (const name of await namesIn(folder)) {
      const revision = Number(/^(\d+)\.json$/.exec(name)?.[1] ?? 0)
      if (revision > 0 && !(await isThere(layout.installationRevision(revision))))
        await rm(join(folder, name), { force: true })
    }
  }

  /** Old revisions that nothing uses. */
  async #collect(onOutput: (line: string) => void): Promise<void> {
    const old = (await publishedRevisions(this.#options.layout)).slice(keptRevisions)
    for (const revision of old) {
      try {
        await this.removeRevision(revision)
        onOutput(`left4me: Deleted revision ${revision}, which nothing uses any more.`)
      } catch (error) {
        if (!(error instanceof HostError && error.code === 'in-use')) throw error
      }
    }
  }

  /** Which files are whose own changes only with the set of revisions. */
  async #measure(numbers: readonly number[]): Promise<void> {
    const key = numbers.join(' ')
    if (key === this.#ownBytesOf) return
    this.#ownBytes.clear()
    for (const revision of numbers) {
      const bytes = await ownBytesOf(this.#options.layout.installationRevision(revision)).catch(() => 0)
      this.#ownBytes.set(revision, bytes)
    }
    this.#ownBytesOf = key
  }
}

function statusOf(
  revision: number | null,
  files: Awaited<ReturnType<typeof readGameFiles>>,
  unfinished: boolean,
): InstallationStatus {
  const { missing, problem, ...facts } = files
  const begun = 'An installation was begun and not finished. Install again: it goes on where it stopped.'
  if (unfinished) return { ...facts, revision, state: 'broken', problem: begun }
  if (missing && revision === null) return { ...facts, revision, state: 'missing', problem: null }
  return { ...facts, revision, state: problem === null ? 'ready' : 'broken', problem }
}
