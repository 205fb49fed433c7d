import { ProtocolError } from '../../protocol-error.ts'
import { inspectAddon } from '../addon/inspect-addon.ts'
import type { ReadableVpk } from '../addon/readable-vpk.ts'
import { compareText } from '../compare-text.ts'
import { gamePathOf, isMissionFile, isMountedVpk, isVpk } from '../game-path.ts'
import {
  foldersOf,
  type IndexedMission,
  type IndexedVpk,
  joined,
  type LayerFile,
  type LayerIndex,
} from '../layers/layer-index.ts'
import { findImage } from '../library/browser-image.ts'
import { parseMission } from '../mission.ts'
import { checkConfig } from './check-config.ts'
import { checkFiles, checkOfficialFiles } from './check-files.ts'
import { checkMissions } from './check-missions.ts'
import { checkNames } from './check-names.ts'
import { checkNativeCode } from './check-native.ts'
import { belongsToSet, ChecksumBudget, checkChecksums, checkVpkName, checkVpkTree } from './check-vpk.ts'
import { disguiseBytes, disguiseOf } from './disguise.ts'
import { type Finding, Findings } from './finding.ts'
import { IndexBudget } from './index-budget.ts'
import { indexBrokenVpk, indexMission, indexVpk } from './index-vpk.ts'
import type { LayerSource } from './layer-source.ts'
import { checkSourceMod, readSourceMod, type SourceModContent } from './sourcemod.ts'

export interface LayerInspectionOptions {
  /** The installation is what others are held against: of it only VPKs in `addons` and missions are read. */
  readonly kind: 'overlay' | 'installation'
  /** Bytes within VPKs that may be read to compare checksums. 0 (unless said otherwise): none are compared. */
  readonly checksumBytes?: number
  readonly signal?: AbortSignal
}

export interface LayerInspection {
  readonly index: LayerIndex
  /** In an order of their own: errors first, then by path. Empty for the installation. */
  readonly findings: readonly Finding[]
  /** Further findings that weren't kept. */
  readonly omittedFindings: number
  /** Libraries below `addons`, sorted: whoever brings such needs the right for it. */
  readonly nativeCode: readonly string[]
  readonly sourceMod: SourceModContent
  /** Bytes within VPKs that were compared with their checksums. */
  readonly checkedBytes: number
}

const mostMissions = 200
const mostMissionBytes = 1024 * 1024

/**
 * Looks at everything in a layer once, before it is published: what is wrong with it, and the index of its content. Reads
 * small parts of files only, unless checksums are asked for. Broken content is findings; rejects only with errors of the
 * reader itself and with the signal's reason. Changes nothing.
 */
export async function inspectLayer(
  source: LayerSource,
  { kind, checksumBytes = 0, signal }: LayerInspectionOptions,
): Promise<LayerInspection> {
  const inspection = new Inspection(interruptible(source, signal), kind, checksumBytes)
  return inspection.run()
}

class Inspection {
  readonly #source: LayerSource
  readonly #isOverlay: boolean
  readonly #checksums: ChecksumBudget
  readonly #compares: boolean
  readonly #findings = new Findings()
  readonly #budget = new IndexBudget()
  readonly #paths: ReadonlySet<string>

  constructor(source: LayerSource, kind: LayerInspectionOptions['kind'], checksumBytes: number) {
    this.#source = source
    this.#isOverlay = kind === 'overlay'
    this.#compares = checksumBytes > 0
    this.#checksums = new ChecksumBudget(checksumBytes)
    this.#paths = new Set(source.files.map(({ path }) => path))
  }

  async run(): Promise<LayerInspection> {
    const { files, emptyFolders } = this.#source
    const index: LayerIndex = {
      folders: foldersOf(files, emptyFolders),
      vpks: await this.#vpks(),
      missions: await this.#missions(),
    }
    const sourceMod = readSourceMod(files)
    const nativeCode = this.#isOverlay ? await this.#checkOverlay(index, sourceMod) : []
    return {
      index,
      findings: this.#isOverlay ? this.#findings.all() : [],
      omittedFindings: this.#isOverlay ? this.#findings.omitted : 0,
      nativeCode,
      sourceMod,
      checkedBytes: this.#checksums.compared,
    }
  }

  async #checkOverlay(index: LayerIndex, sourceMod: SourceModContent): Promise<string[]> {
    const { files } = this.#source
    checkNames(files, this.#findings)
    checkFiles(files, this.#findings)
    checkOfficialFiles(files, this.#findings)
    checkMissions(index, this.#findings)
    checkSourceMod(sourceMod, this.#findings)
    await checkConfig(this.#source, this.#findings)
    return checkNativeCode(this.#source, this.#findings)
  }

  /** One after another: a VPK's list of files takes memory, and a layer may have hundreds. */
  async #vpks(): Promise<IndexedVpk[]> {
    const indexed: IndexedVpk[] = []
    for (const file of this.#source.files) {
      if (!isVpk(file.path) || belongsToSet(file.path, this.#paths)) continue
      if (!this.#isOverlay && !isMountedVpk(file.path)) continue
      checkVpkName(file.path, this.#findings)
      const vpk = await this.#vpk(file)
      if (isMountedVpk(file.path)) indexed.push(vpk)
    }
    return indexed.sort((a, b) => compareText(a.path, b.path))
  }

  async #vpk(file: LayerFile): Promise<IndexedVpk> {
    if (this.#budget.spent) return this.#unlistedVpk(file)
    const disguise = disguiseOf(await this.#source.readStart(file.path, disguiseBytes))
    if (disguise !== null) {
      this.#findings.add('vpk-disguised', file.path, `This is ${disguise}, no VPK.`)
      return indexBrokenVpk(file)
    }
    try {
      await using vpk = await this.#source.openVpk(file.path)
      const indexed = await this.#openVpk(file, vpk)
      return this.#budget.takes(indexed) ? indexed : this.#unlistedVpk(file)
    } catch (error) {
      if (!(error instanceof ProtocolError) || error.code === 'aborted') throw error
      this.#findings.add('vpk-broken', file.path, error.message)
      return indexBrokenVpk(file)
    }
  }

  #unlistedVpk(file: LayerFile): IndexedVpk {
    const message = 'What is in this VPK isn’t known: the VPKs of the layer list too many files together.'
    this.#findings.add('too-many-files', file.path, message)
    return indexBrokenVpk(file)
  }

  async #openVpk(file: LayerFile, vpk: ReadableVpk): Promise<IndexedVpk> {
    const complete = checkVpkTree(file.path, vpk, this.#paths, this.#findings)
    if (complete && this.#compares) await checkChecksums(file.path, vpk, this.#checksums, this.#findings)
    const addon = await inspectAddon(vpk)
    for (const { code, path, message } of addon.problems)
      this.#findings.add(
        code === 'addoninfo-unreadable' ? 'vpk-unreadable-info' : code,
        joined(file.path, path),
        message,
      )
    for (const { path, mission } of addon.missions)
      this.#missionWarnings(joined(file.path, path), mission.warnings)
    const appId = addon.info?.appId ?? null
    if (appId !== null && appId !== 550)
      this.#findings.add('vpk-of-another-game', file.path, `It says that it was made for the app ${appId}.`)
    return indexVpk(file, vpk.entries, addon, await findImage(vpk))
  }

  async #missions(): Promise<IndexedMission[]> {
    const files = this.#source.files.filter(({ path }) => isMissionFile(gamePathOf(path)?.path ?? ''))
    const missions: IndexedMission[] = []
    for (const { path } of files.slice(0, mostMissions)) {
      try {
        const mission = parseMission(await this.#source.readStart(path, mostMissionBytes + 1))
        const indexed = indexMission(path, mission)
        if (this.#budget.takes(indexed)) missions.push(indexed)
        else this.#findings.add('too-many-files', path, 'The campaigns of the layer say too much together.')
        this.#missionWarnings(path, mission.warnings)
      } catch (error) {
        if (!(error instanceof ProtocolError) || error.code === 'aborted') throw error
        this.#findings.add('mission-unreadable', path, error.message)
      }
    }
    if (files.length > mostMissions)
      this.#findings.add(
        'mission-unreadable',
        '',
        `Only ${mostMissions} of ${files.length} mission files are read.`,
      )
    return missions.sort((a, b) => compareText(a.path, b.path))
  }

  #missionWarnings(path: string, warnings: readonly string[]): void {
    const [first] = warnings
    if (first === undefined) return
    const more = warnings.length > 1 ? ` And ${warnings.length - 1} more.` : ''
    this.#findings.add('mission-incomplete', path, `${first}${more}`)
  }
}

/** Looks at the signal before each access, so that a layer of gigabytes doesn't keep anybody waiting. */
function interruptible(source: LayerSource, signal: AbortSignal | undefined): LayerSource {
  if (signal === undefined) return source
  return {
    files: source.files,
    emptyFolders: source.emptyFolders ?? [],
    async readStart(path, maxBytes) {
      signal.throwIfAborted()
      return source.readStart(path, maxBytes)
    },
    async openVpk(path) {
      signal.throwIfAborted()
      const vpk = await source.openVpk(path)
      return {
        entries: vpk.entries,
        duplicates: vpk.duplicates,
        find: wanted => vpk.find(wanted),
        async read(entry, range) {
          signal.throwIfAborted()
          return vpk.read(entry, range)
        },
        [Symbol.asyncDispose]: () => Promise.resolve(vpk[Symbol.asyncDispose]()),
      }
    },
  }
}
