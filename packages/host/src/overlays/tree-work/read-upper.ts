import { isUtf8 } from 'node:buffer'
import type { Stats } from 'node:fs'
import { HostError } from '../../host-error.ts'
import { overlayAttributes } from './tar-attributes.ts'
import type { TreeResults, TreeTask } from './tree-work.ts'
import { visitTree } from './visit-tree.ts'

const entryLimit = 200_000
const depthLimit = 64

interface Found {
  readonly files: { path: string; size: number; mode: number }[]
  readonly folders: string[]
  readonly whiteouts: string[]
}

/**
 * An upper as overlayfs reads it. It belongs to a game that may run and swap whatever is in it.
 * https://docs.kernel.org/filesystems/overlayfs.html, “whiteouts and opaque directories”
 */
export function readUpper({ root }: Extract<TreeTask, { kind: 'upper' }>): TreeResults['upper'] {
  const found: Found = { files: [], folders: [], whiteouts: [] }
  visitTree(root, depthLimit, (stats, path) => {
    // A name that is no text can't be asked for.
    if (path.length > 0 && isUtf8(path)) add(path.toString(), stats, found)
  })
  // With `/.` at its end tar opens nothing but folders, whatever has the name by now.
  const attributes = overlayAttributes(
    root,
    found.folders.map(path => `${path}/.`),
  )
  const opaqueFolders = found.folders.filter(path => attributes.get(path)?.get('opaque') === 'y')
  const marked = new Set(found.folders.filter(path => attributes.get(path)?.get('opaque') === 'x'))
  const whiteouts = markedWhiteouts(root, found, marked)
  const deleted = new Set(whiteouts)
  const files = found.files.filter(({ path }) => !deleted.has(path))
  const full = new Set<string>([...files.map(({ path }) => parentOf(path)), ...found.folders.map(parentOf)])
  return {
    files,
    emptyFolders: found.folders.filter(path => !full.has(path)),
    whiteouts: [...found.whiteouts, ...whiteouts],
    opaqueFolders,
  }
}

/** In folders that say so an empty file with an attribute is a deletion too: of an overlay on an overlay. */
function markedWhiteouts(root: string, found: Found, marked: ReadonlySet<string>): string[] {
  if (marked.size === 0) return []
  const candidates = found.files
    .filter(({ path, size }) => size === 0 && marked.has(parentOf(path)))
    .map(({ path }) => path)
  const attributes = overlayAttributes(root, candidates)
  return candidates.filter(path => attributes.get(path)?.has('whiteout'))
}

function add(path: string, stats: Stats, found: Found): void {
  if (stats.isDirectory()) found.folders.push(path)
  else if (stats.isCharacterDevice() && stats.rdev === 0) found.whiteouts.push(path)
  // Links, FIFOs and so on hide what is below as a file does.
  else found.files.push({ path, size: stats.isFile() ? stats.size : 0, mode: stats.mode & 0o7777 })
  if (found.files.length + found.folders.length + found.whiteouts.length > entryLimit)
    throw new HostError('file-refused', `The server’s own files are more than ${entryLimit}.`, {
      remedy: 'Reset the server, or delete what a plugin leaves there.',
    })
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}
