import type { MergedEntry } from '../layers/merged-tree.ts'
import type { ContentPlace, ServerContent, ServerLayer } from '../layers/server-content.ts'
import type { Conflict } from './conflict.ts'
import { type ConflictWriter, counted } from './conflict-writer.ts'

/** What layers do to each other as files: overlayfs decides, and the uppermost wins. */
export function layerConflicts(
  { tree }: ServerContent,
  layers: readonly ServerLayer[],
  writer: ConflictWriter,
): Conflict[] {
  const sameFiles = new Map<string, string[]>()
  const spellings = new Spellings()
  const found: Conflict[] = []
  for (const entry of tree.entries()) {
    spellings.add(entry)
    if (entry.hides.length === 0 || entry.kind === 'deleted') continue
    if (entry.kind === 'file' && entry.hides.every(({ kind }) => kind === 'file')) {
      const key = [entry.layer, ...entry.hides.map(({ layer }) => layer)].join(' ')
      const known = sameFiles.get(key)
      if (known === undefined) sameFiles.set(key, [entry.path])
      else known.push(entry.path)
    } else found.push(hidden(entry, writer))
  }
  for (const [key, paths] of sameFiles) {
    const subjects = paths.sort()
    const places = key.split(' ').map(layer => ({ layer: Number(layer), vpk: null, path: paths[0] ?? '' }))
    const what = `${counted(subjects, 'The file', 'files')} ${subjects.length === 1 ? 'is' : 'are'}`
    found.push(writer.write('same-file', { subjects, places, winner: 0, what }))
  }
  for (const twins of spellings.twins()) {
    if (twins.every(entry => entry.layers.every(layer => layers[layer]?.installation === true))) continue
    const subjects = twins.map(({ path }) => path)
    const places = twins.map(({ layer, path }): ContentPlace => ({ layer, vpk: null, path }))
    const what = `“${subjects.slice(0, 3).join('” and “')}” differ in letter case only,`
    found.push(writer.write('letter-case', { subjects, places, winner: null, what }))
  }
  return found
}

function hidden(entry: MergedEntry, writer: ConflictWriter): Conflict {
  const layers = [entry.layer, ...new Set(entry.hides.map(({ layer }) => layer))]
  const code = entry.kind === 'folder' ? 'folder-hides-file' : 'file-hides-folder'
  return writer.write(code, {
    subjects: [entry.path],
    places: layers.map(layer => ({ layer, vpk: null, path: entry.path })),
    winner: 0,
    what: `${counted([entry.path], 'The path', 'paths')} is a file in one layer and a folder in another,`,
  })
}

/** Finds files and folders whose paths are equal but for letter case. */
class Spellings {
  readonly #first = new Map<string, MergedEntry>()
  readonly #twins = new Map<string, MergedEntry[]>()

  add(entry: MergedEntry): void {
    if (entry.kind === 'deleted') return
    const lower = entry.path.toLowerCase()
    const first = this.#first.get(lower)
    const twins = this.#twins.get(lower)
    if (first === undefined) this.#first.set(lower, entry)
    else if (twins === undefined) this.#twins.set(lower, [first, entry])
    else twins.push(entry)
  }

  /** Those in twin folders are left out: they are known by their folders. */
  *twins(): Generator<MergedEntry[]> {
    for (const [lower, entries] of this.#twins) {
      let slash = lower.lastIndexOf('/')
      while (slash > 0 && !this.#twins.has(lower.slice(0, slash))) slash = lower.lastIndexOf('/', slash - 1)
      if (slash <= 0) yield entries.sort((a, b) => (a.path < b.path ? -1 : 1))
    }
  }
}
