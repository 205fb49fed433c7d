import { compareText } from '../compare-text.ts'
import type { Mission } from '../mission.ts'

/**
 * What there is to know about the content of one layer, made once when a revision is published: whoever scans servers
 * later needs neither the files nor the VPKs. Never changes, as the revision doesn't.
 */
export interface LayerIndex {
  /** Every folder with files, and empty ones; by path. */
  readonly folders: readonly LayerFolder[]
  /** The VPKs that a server would mount, by path; broken ones without content. */
  readonly vpks: readonly IndexedVpk[]
  /** Of loose `missions/*.txt`, by path. */
  readonly missions: readonly IndexedMission[]
}

export interface LayerFolder {
  /** Relative to the layer, without a slash at its end; the layer itself is the empty text. */
  readonly path: string
  /** By name. */
  readonly files: readonly IndexedFile[]
}

export interface IndexedFile {
  readonly name: string
  /** Bytes. */
  readonly size: number
  /** Permission bits, with setuid, setgid and sticky. */
  readonly mode: number
}

export interface IndexedVpk {
  /** Within the layer. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** The same for VPKs that hold the same files by name, size and checksum; null for a broken one. */
  readonly identity: string | null
  readonly title: string | null
  readonly author: string | null
  readonly version: string | null
  /** Something that a browser can show. */
  readonly image: IndexedImage | null
  readonly contents: readonly VpkFolder[]
  readonly missions: readonly IndexedMission[]
}

export interface IndexedImage {
  /** Within the VPK. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  readonly type: ImageType
}

export const imageTypes = ['image/jpeg', 'image/png'] as const
export type ImageType = (typeof imageTypes)[number]

/** Names and folders within a VPK, in lower case, as the engine compares them. */
export interface VpkFolder {
  readonly path: string
  readonly names: readonly string[]
}

export interface IndexedMission extends Omit<Mission, 'warnings'> {
  /** Within the layer, or within the VPK that it stands in. */
  readonly path: string
}

export interface LayerFile {
  /** Relative to the layer, with forward slashes. */
  readonly path: string
  readonly size: number
  readonly mode: number
}

/** Files by folder. `emptyFolders` are those that hold nothing; others are known by their files. */
export function foldersOf(
  files: Iterable<LayerFile>,
  emptyFolders: Iterable<string> = [],
): readonly LayerFolder[] {
  const byPath = new Map<string, IndexedFile[]>()
  for (const { path, size, mode } of files) {
    const slash = path.lastIndexOf('/')
    const folder = slash < 0 ? '' : path.slice(0, slash)
    const file = { name: path.slice(slash + 1), size, mode }
    const known = byPath.get(folder)
    if (known === undefined) byPath.set(folder, [file])
    else known.push(file)
  }
  for (const folder of emptyFolders) if (!byPath.has(folder)) byPath.set(folder, [])
  return [...byPath]
    .map(([path, found]) => ({ path, files: found.sort((a, b) => compareText(a.name, b.name)) }))
    .sort((a, b) => compareText(a.path, b.path))
}

/** Paths within a VPK by folder, in lower case. */
export function vpkFoldersOf(paths: Iterable<string>): readonly VpkFolder[] {
  const byPath = new Map<string, Set<string>>()
  for (const stored of paths) {
    const path = stored.toLowerCase()
    const slash = path.lastIndexOf('/')
    const folder = slash < 0 ? '' : path.slice(0, slash)
    const known = byPath.get(folder)
    if (known === undefined) byPath.set(folder, new Set([path.slice(slash + 1)]))
    else known.add(path.slice(slash + 1))
  }
  return [...byPath]
    .map(([path, names]) => ({ path, names: [...names].sort(compareText) }))
    .sort((a, b) => compareText(a.path, b.path))
}

/** The path of a name in a folder. */
export function joined(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`
}
