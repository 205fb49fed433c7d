import { gamePathOf } from '../game-path.ts'
import { joined } from '../layers/layer-index.ts'
import type { ContentPlace, ServerContent, ServerLayer, VisibleVpk } from '../layers/server-content.ts'
import type { Conflict, ConflictCode } from './conflict.ts'
import { type ConflictWriter, counted } from './conflict-writer.ts'

/** Something that brings files of the game: a VPK, or a layer with loose files. */
interface Provider {
  readonly layer: number
  readonly vpk: string | null
}

/**
 * Files that several VPKs bring, or a VPK and a layer. Which VPK the server asks first isn't documented (it goes by
 * addonlist.txt and names), so that no winner is told.
 */
export function addonConflicts(
  content: ServerContent,
  layers: readonly ServerLayer[],
  writer: ConflictWriter,
): Conflict[] {
  const { distinct, conflicts } = sameVpks(content.vpks, writer)
  const shared = new SharedFiles()
  for (const { layer, vpk } of distinct) {
    const provider = shared.provider({ layer, vpk: vpk.path })
    for (const { path, names } of vpk.contents) shared.add(provider, path, names)
  }
  addLooseFiles(shared, content, layers)
  for (const { code, providers, paths } of shared.groups()) {
    const subjects = paths.sort()
    const [first = ''] = subjects
    const places = providers.map(({ layer, vpk }): ContentPlace => ({ layer, vpk, path: first }))
    const what = `${counted(subjects, 'The file', 'files')} ${subjects.length === 1 ? 'is' : 'are'}`
    conflicts.push(writer.write(code, { subjects, places, winner: null, what }))
  }
  return conflicts
}

/** Of VPKs with the same content one is as good as all: further conflicts are told once. */
function sameVpks(
  vpks: readonly VisibleVpk[],
  writer: ConflictWriter,
): { distinct: VisibleVpk[]; conflicts: Conflict[] } {
  const byIdentity = Map.groupBy(vpks, ({ vpk }) => vpk.identity ?? `broken ${vpk.path}`)
  const groups = [...byIdentity.values()]
  const conflicts = groups
    .filter(([first, second]) => second !== undefined && (first?.vpk.contents.length ?? 0) > 0)
    .map(group => {
      const subjects = group.map(({ vpk }) => vpk.path)
      const places = group.map(({ layer, vpk }) => ({ layer, vpk: vpk.path, path: '' }))
      return writer.write('same-vpk', { subjects, places, winner: null, what: 'The same files are' })
    })
  return { distinct: groups.flatMap(([first]) => first ?? []), conflicts }
}

/** Loose files of overlays. What is loose in the installation is there to be replaced. */
function addLooseFiles(shared: SharedFiles, { tree }: ServerContent, layers: readonly ServerLayer[]): void {
  for (const [layer, { index, installation }] of layers.entries()) {
    if (installation === true) continue
    const provider = shared.provider({ layer, vpk: null })
    for (const { path, files } of index.folders) {
      const gameFolder = gamePathOf(joined(path, ''))
      if (gameFolder === null) continue
      const names = files.flatMap(({ name }) => {
        const entry = tree.find(joined(path, name))
        return entry?.kind === 'file' && entry.layer === layer ? [name.toLowerCase()] : []
      })
      shared.add(provider, gameFolder.path.replace(/\/$/, ''), names)
    }
  }
}

/** Names that say nothing of a conflict: every addon has its own, or the engine runs all of them. */
const harmless = new Set([
  'addoninfo.txt',
  'addoninfo.jpg',
  'addonimage.jpg',
  'addonimage.jpeg',
  'addonimage.png',
  'addonimage.vtf',
  'readme.txt',
  'sound/sound.cache',
  // Loaded alongside those of other addons: https://developer.valvesoftware.com/wiki/Left_4_Dead_2/Scripting
  'scripts/vscripts/mapspawn_addon.nut',
  'scripts/vscripts/response_testbed_addon.nut',
  'scripts/vscripts/scriptedmode_addon.nut',
  'scripts/vscripts/director_base_addon.nut',
])

/** null: told in another way, or no conflict. */
function codeOf(folder: string, name: string): ConflictCode | null {
  if (harmless.has(joined(folder, name)) || folder.startsWith('addons')) return null
  const top = folder.includes('/') ? folder.slice(0, folder.indexOf('/')) : folder
  switch (top) {
    case 'maps':
      // A map itself is told by its name; its companions belong to it.
      return null
    case 'materials':
    case 'models':
    case 'sound':
    case 'resource':
    case 'particles':
    case 'media':
      return 'same-look'
    case 'scripts':
      return folder.startsWith('scripts/vscripts') ? 'same-vscript' : 'same-game-file'
    default:
      return 'same-game-file'
  }
}

interface SharedGroup {
  readonly code: ConflictCode
  readonly providers: readonly Provider[]
  readonly paths: string[]
}

/** Folders and names are compared as they come from the indexes: no path is put together unless it is shared. */
class SharedFiles {
  readonly #providers: Provider[] = []
  readonly #folders = new Map<string, Map<string, number>>()
  /** By folder and name; the first of the providers is in `#folders`. */
  readonly #further = new Map<string, { folder: string; name: string; providers: number[] }>()

  provider(provider: Provider): number {
    return this.#providers.push(provider) - 1
  }

  add(provider: number, folder: string, names: readonly string[]): void {
    let known = this.#folders.get(folder)
    if (known === undefined) {
      known = new Map()
      this.#folders.set(folder, known)
    }
    for (const name of names) {
      const first = known.get(name)
      if (first === undefined) known.set(name, provider)
      else if (first !== provider) this.#share(folder, name, first, provider)
    }
  }

  /** Shared files by who brings them and what they are. */
  groups(): Iterable<SharedGroup> {
    const groups = new Map<string, SharedGroup>()
    for (const { folder, name, providers } of this.#further.values()) {
      const code = codeOf(folder, name)
      if (code === null) continue
      const key = `${code} ${providers.join(' ')}`
      const known = groups.get(key)
      const path = joined(folder, name)
      if (known !== undefined) known.paths.push(path)
      else groups.set(key, { code, paths: [path], providers: this.#providersOf(providers) })
    }
    return groups.values()
  }

  #share(folder: string, name: string, first: number, provider: number): void {
    const key = `${folder}/${name}`
    const known = this.#further.get(key)
    if (known === undefined) this.#further.set(key, { folder, name, providers: [first, provider] })
    else if (known.providers.at(-1) !== provider) known.providers.push(provider)
  }

  #providersOf(numbers: readonly number[]): Provider[] {
    return numbers.flatMap(number => this.#providers[number] ?? [])
  }
}
