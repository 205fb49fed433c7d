import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type DiskLimitReport,
  formatInstanceEnvironment,
  HelperError,
  type HelperProblem,
  hostPaths,
  type InstanceEnvironment,
  parseDiskLimit,
  parseInstanceEnvironment,
  parseProblem,
} from '@left4me/privileged'
import { replaceFile } from '../files/atomic-file.ts'
import { removeTree } from '../files/remove-tree.ts'
import type { LayerReference } from '../host.ts'
import { HostError } from '../host-error.ts'
import { installationPlace, revisionOfLowerdir } from '../installation/installation-folder.ts'
import { parseReason } from '../instance/status.ts'
import { integerOf, objectOf } from '../json-value.ts'
import type { Layout } from '../layout.ts'
import type { Refusal } from './instance-state.ts'
import { parseInstanceId, unitNameOf } from './units/unit-name.ts'

/** Larger than any that we or the helpers write. */
const reportLimit = 64 * 1024

export interface InstancePlacesOptions {
  readonly layout: Layout
  /** Root's reports, below `/run/left4me`. */
  readonly reports: string
  /** The links of the units that are started at boot; systemd.unit(5), “WantedBy=”. */
  readonly wanted: string
}

export const wantedAtBoot = '/etc/systemd/system/multi-user.target.wants'

/** What lies on the disk about instances besides their files: ours to write below `instances`, root's to read. */
export class InstancePlaces {
  readonly #layout: Layout
  readonly #reports: string
  readonly #wanted: string

  constructor({ layout, reports, wanted }: InstancePlacesOptions) {
    this.#layout = layout
    this.#reports = reports
    this.#wanted = wanted
  }

  /** Ids of the instances that have files of any kind. */
  async known(): Promise<number[]> {
    const folders = [this.#layout.instances, this.#layout.runtime]
    const names = await Promise.all(folders.map(folder => readdir(folder).catch(() => [])))
    return names.flat().flatMap(name => parseInstanceId(name) ?? [])
  }

  /** Where the numbers of its console lines are kept. */
  log(instanceId: number): string {
    return this.#layout.instance(instanceId).log
  }

  async writeEnvironment(instanceId: number, environment: InstanceEnvironment): Promise<void> {
    let text: string
    try {
      text = formatInstanceEnvironment(environment)
    } catch (error) {
      if (!(error instanceof HelperError)) throw error
      throw new HostError('start-failed', error.message, { remedy: 'Change its settings.', cause: error })
    }
    await this.#makeFolder(instanceId)
    await replaceFile(this.#environment(instanceId), text)
  }

  /** null: it was never started, or something else lies there. */
  async readEnvironment(instanceId: number): Promise<InstanceEnvironment | null> {
    try {
      return parseInstanceEnvironment(await readFile(this.#environment(instanceId), 'utf8'))
    } catch {
      return null
    }
  }

  /** Of its last start; none when that can't be read. The installation isn't one of them. */
  async readLayers(instanceId: number): Promise<LayerReference[]> {
    const { lowerdirs = [] } = (await this.readEnvironment(instanceId)) ?? {}
    return lowerdirs.flatMap(lowerdir => parseLowerdir(lowerdir) ?? [])
  }

  /** Revision of the game files that it was last started with; null for those of an earlier left4me. */
  async readInstallation(instanceId: number): Promise<number | null> {
    const { lowerdirs = [] } = (await this.readEnvironment(instanceId)) ?? {}
    for (const lowerdir of lowerdirs) {
      const revision = revisionOfLowerdir(lowerdir)
      if (revision !== undefined) return revision
    }
    return null
  }

  /** Game files without a revision have become one: whoever named them is started with that from now on. */
  async adoptInstallation(revision: number): Promise<void> {
    const { lowerdir: adopted } = await installationPlace(this.#layout, revision)
    for (const instanceId of new Set(await this.known())) {
      const environment = await this.readEnvironment(instanceId)
      if (!environment?.lowerdirs.includes('installation')) continue
      const lowerdirs = environment.lowerdirs.map(lowerdir =>
        lowerdir === 'installation' ? adopted : lowerdir,
      )
      await this.writeEnvironment(instanceId, { ...environment, lowerdirs })
    }
  }

  isWantedAtBoot(instanceId: number): Promise<boolean> {
    return isThere(join(this.#wanted, unitNameOf('server', instanceId)))
  }

  hasRuntime(instanceId: number): Promise<boolean> {
    return isThere(this.#layout.runtimeOf(instanceId).folder)
  }

  hasUpper(instanceId: number): Promise<boolean> {
    return isThere(this.#layout.runtimeOf(instanceId).upper)
  }

  /** Why the last mount or unmount failed. */
  async readProblem(instanceId: number): Promise<HelperProblem | null> {
    const text = await readReport(join(this.#reports, 'instances', `${instanceId}.problem`))
    return text === null ? null : parseProblem(text)
  }

  async readDiskLimit(instanceId: number): Promise<DiskLimitReport | null> {
    const text = await readReport(join(this.#reports, 'disk-limit', String(instanceId)))
    return text === null ? null : parseDiskLimit(text)
  }

  /** Kept on disk, so that a restart of the web application doesn't forget it. */
  async writeRefusal(instanceId: number, refusal: Refusal): Promise<void> {
    await this.#makeFolder(instanceId)
    await replaceFile(this.#refusal(instanceId), `${JSON.stringify(refusal)}\n`)
  }

  async readRefusal(instanceId: number): Promise<Refusal | null> {
    const text = await readReport(this.#refusal(instanceId))
    if (text === null) return null
    try {
      const value = objectOf(JSON.parse(text), 'refusal')
      return {
        reason: parseReason(value['reason']),
        at: integerOf(value['at'], 'at', 0, Number.MAX_SAFE_INTEGER),
      }
    } catch {
      return null
    }
  }

  async clearRefusal(instanceId: number): Promise<void> {
    await rm(this.#refusal(instanceId), { force: true })
  }

  async remove(instanceId: number): Promise<void> {
    await removeTree(this.#layout.instance(instanceId).folder)
  }

  async #makeFolder(instanceId: number): Promise<void> {
    await mkdir(this.#layout.instance(instanceId).folder, { recursive: true, mode: 0o750 })
  }

  #environment(instanceId: number): string {
    return join(this.#layout.instance(instanceId).folder, 'instance.env')
  }

  #refusal(instanceId: number): string {
    return join(this.#layout.instance(instanceId).folder, 'refusal.json')
  }
}

export const reportsFolder = hostPaths.run

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  )
}

/** As `instance.env` names a layer, relative to the data directory. */
export function lowerdirOf({ overlayId, revision }: LayerReference): string {
  return `overlays/${overlayId}/revisions/${revision}`
}

function parseLowerdir(lowerdir: string): LayerReference | null {
  const [, overlayId, revision] = /^overlays\/(\d+)\/revisions\/(\d+)$/.exec(lowerdir) ?? []
  return overlayId && revision ? { overlayId: Number(overlayId), revision: Number(revision) } : null
}

/** null when there is none. */
async function readReport(path: string): Promise<string | null> {
  const text = await readFile(path, 'utf8').catch(() => null)
  return text === null || text.length > reportLimit ? null : text
}
