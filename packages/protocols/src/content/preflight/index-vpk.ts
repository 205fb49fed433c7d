import { createHash } from 'node:crypto'
import type { VpkEntry } from '../../vpk/tree.ts'
import type { AddonInspection } from '../addon/inspect-addon.ts'
import { compareText } from '../compare-text.ts'
import {
  type IndexedImage,
  type IndexedMission,
  type IndexedVpk,
  type LayerFile,
  vpkFoldersOf,
} from '../layers/layer-index.ts'
import type { Mission } from '../mission.ts'

/** Texts of strangers are kept for showing, and as long as they can be shown. */
const longestText = 300
const longestDescription = 2000

export function indexVpk(
  file: LayerFile,
  entries: readonly VpkEntry[],
  addon: AddonInspection,
  image: IndexedImage | null,
): IndexedVpk {
  return {
    path: file.path,
    size: file.size,
    identity: identityOf(entries),
    title: shortened(addon.info?.title ?? null),
    author: shortened(addon.info?.author ?? null),
    version: shortened(addon.info?.version ?? null),
    image,
    contents: vpkFoldersOf(entries.map(({ path }) => shortenedPath(path))),
    missions: addon.missions.map(({ path, mission }) => indexMission(path, mission)),
  }
}

/** A VPK that can't be opened is still in the way of others with its name. */
export function indexBrokenVpk(file: LayerFile): IndexedVpk {
  const nothing = { identity: null, title: null, author: null, version: null, image: null }
  return { path: file.path, size: file.size, ...nothing, contents: [], missions: [] }
}

export function indexMission(path: string, mission: Mission): IndexedMission {
  const { warnings: _, ...kept } = mission
  return {
    ...kept,
    path: shortenedPath(path),
    name: shortened(mission.name) ?? '',
    version: shortened(mission.version),
    author: shortened(mission.author),
    website: shortened(mission.website),
    title: shortened(mission.title),
    description: shortened(mission.description, longestDescription),
    image: shortened(mission.image),
    modes: mission.modes.map(({ mode, chapters }) => ({
      mode,
      chapters: chapters.map(chapter => ({
        ...chapter,
        title: shortened(chapter.title),
        image: shortened(chapter.image),
      })),
    })),
  }
}

/** Names, sizes and checksums of all files, in an order of their own. */
function identityOf(entries: readonly VpkEntry[]): string {
  const lines = entries.map(({ path, size, crc32 }) => `${path.toLowerCase()}\0${size}\0${crc32}`)
  return createHash('sha256').update(lines.sort(compareText).join('\n')).digest('hex')
}

function shortened(text: string | null, longest = longestText): string | null {
  return text === null ? null : text.slice(0, longest).toWellFormed()
}

/** Longer ones are no file that the engine could open. */
function shortenedPath(path: string): string {
  return path.slice(0, 1024)
}
