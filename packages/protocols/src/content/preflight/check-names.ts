import type { LayerFile } from '../layers/layer-index.ts'
import type { Findings } from './finding.ts'

/** Bytes: `NAME_MAX` and what left4me takes of a path. */
const longestName = 255
const longestPath = 1024
/** Files of one layer. The engine mounts no VPK with more, and the kernel's and our own lists have an end too. */
export const mostFiles = 220_000

export function checkNames(files: readonly LayerFile[], findings: Findings): void {
  if (files.length > mostFiles)
    findings.add('too-many-files', '', `The layer has ${files.length} files; ${mostFiles} are taken.`)
  for (const { path } of files) {
    if (/[\0-\x1f\x7f\\]/.test(path) || !path.isWellFormed())
      findings.add(
        'name-unusable',
        path,
        'The name has a control character or a backslash, or isn’t Unicode.',
      )
    const name = path.slice(path.lastIndexOf('/') + 1)
    if (bytesOf(path) > longestPath || path.split('/').some(part => bytesOf(part) > longestName))
      findings.add('name-too-long', path, `The name “${name.slice(0, 40)}…” or its path is too long.`)
  }
  for (const twins of letterCaseTwins(files.map(({ path }) => path))) {
    const [first = '', ...others] = twins
    const named = others.slice(0, 3).join('” and “')
    findings.add('letter-case-twins', first, `“${first}” and “${named}” differ in letter case only.`)
  }
}

function bytesOf(text: string): number {
  // Far from the limit even if every unit takes three bytes.
  return text.length * 3 <= longestName ? text.length : Buffer.byteLength(text)
}

/** Files and folders whose whole paths are equal but for letter case, each group in order. */
function letterCaseTwins(paths: readonly string[]): string[][] {
  const spellings = new Map<string, Set<string>>()
  const add = (path: string) => {
    const key = path.toLowerCase()
    const known = spellings.get(key)
    if (known === undefined) spellings.set(key, new Set([path]))
    else known.add(path)
  }
  const folders = new Set<string>()
  for (const path of paths) {
    add(path)
    const slash = path.lastIndexOf('/')
    if (slash > 0) folders.add(path.slice(0, slash))
  }
  for (const folder of folders)
    for (let end = folder.length; end > 0; end = folder.lastIndexOf('/', end - 1)) add(folder.slice(0, end))
  const groups = [...spellings.values()].filter(group => group.size > 1).map(group => [...group].sort())
  // Twin folders make twins of all that is in them: only the outermost are told.
  const outermost = new Set(groups.map(([first = '']) => first.toLowerCase()))
  return groups.filter(([first = '']) => {
    const key = first.toLowerCase()
    for (let slash = key.lastIndexOf('/'); slash > 0; slash = key.lastIndexOf('/', slash - 1))
      if (outermost.has(key.slice(0, slash))) return false
    return true
  })
}
