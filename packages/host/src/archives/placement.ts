import { pathComponents } from '../files/relative-path.ts'
import { HostError } from '../host-error.ts'
import type { ContentKind } from './content-kind.ts'

export interface UnpackedFile {
  /** As it was in the archive, with forward slashes. */
  readonly path: string
  readonly kind: ContentKind
}

export interface Placement {
  /** `to` is below the game's root. No two are the same, letter case aside. */
  readonly files: readonly { readonly from: string; readonly to: string }[]
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
}

const gameFolder = 'left4dead2'
/** What lies in `left4dead2` itself: an archive with one of them on top is meant to be unpacked there. */
const gameFolders = new Set([
  'addons',
  'cfg',
  'ems',
  'maps',
  'materials',
  'media',
  'missions',
  'models',
  'modes',
  'particles',
  'resource',
  'scenes',
  'scripts',
  'sound',
])
const vpkPart = /^(.*)_\d{3}\.vpk$/i
/** Folders with nothing but one folder in them, such as `My plugin 1.2/`. */
const deepestRoot = 4

/**
 * Says where the files of an archive belong. VPKs, told by their content, go to `left4dead2/addons` wherever they were;
 * a tree of the game keeps its shape; what else is there is left out and named. Throws `archive-refused` when two files
 * would become one, `bad-path` for names that no file may have.
 */
export function placeFiles(files: readonly UnpackedFile[]): Placement {
  const placed: { from: string; to: string }[] = []
  const skipped: { path: string; reason: string }[] = []
  const sets = new Set(
    files
      .filter(file => file.kind === 'vpk' && /_dir\.vpk$/i.test(file.path))
      .map(file => file.path.slice(0, -'_dir.vpk'.length).toLowerCase()),
  )
  const root = gameRoot(files.map(file => file.path.split('/')))
  for (const { path, kind } of files) {
    const partOf = vpkPart.exec(path)?.[1]
    if (kind === 'vpk' || (partOf !== undefined && sets.has(partOf.toLowerCase())))
      placed.push({ from: path, to: `${gameFolder}/addons/${vpkName(path)}` })
    else if (/\.vpk$/i.test(path))
      skipped.push({ path, reason: `It is called a VPK and is ${spoken(kind)}.` })
    else if (kind === 'zip' || kind === '7z' || kind === 'rar')
      skipped.push({ path, reason: 'An archive in an archive isn’t unpacked: upload it by itself.' })
    else {
      const to = root === null ? null : belowRoot(path.split('/'), root)
      if (to === null) skipped.push({ path, reason: 'It is in no folder of the game.' })
      else placed.push({ from: path, to: to.join('/') })
    }
  }
  for (const { to } of placed) pathComponents(to)
  refuseTwins(placed)
  return { files: placed, skipped }
}

interface GameRoot {
  /** Components that are left away. */
  readonly depth: number
  /** Whether `left4dead2` itself is there. */
  readonly named: boolean
}

function gameRoot(paths: readonly (readonly string[])[]): GameRoot | null {
  for (let depth = 0; depth < deepestRoot; depth++) {
    const folders = new Set(
      paths.filter(path => path.length > depth + 1).map(path => path[depth]?.toLowerCase() ?? ''),
    )
    if (folders.has(gameFolder)) return { depth, named: true }
    if ([...folders].some(folder => gameFolders.has(folder))) return { depth, named: false }
    const [only] = folders
    if (folders.size !== 1 || only === undefined) return null
  }
  return null
}

/** null for what lies beside the game's folders. */
function belowRoot(path: readonly string[], root: GameRoot): string[] | null {
  const rest = path.slice(root.depth)
  const top = rest[0]?.toLowerCase() ?? ''
  if (rest.length < 2) return null
  if (root.named) {
    if (top !== gameFolder) return null
    const second = rest[1]?.toLowerCase() ?? ''
    const known = rest.length > 2 && gameFolders.has(second) ? second : (rest[1] ?? '')
    return [gameFolder, known, ...rest.slice(2)]
  }
  return gameFolders.has(top) ? [gameFolder, top, ...rest.slice(1)] : null
}

/** The game looks for `.vpk` in small letters. */
function vpkName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return `${name.replace(/\.(?:vpk|bin)$/i, '')}.vpk`
}

function refuseTwins(files: readonly { from: string; to: string }[]): void {
  const seen = new Map<string, string>()
  for (const { from, to } of files) {
    const other = seen.get(to.toLowerCase())
    if (other !== undefined)
      throw new HostError(
        'archive-refused',
        `${JSON.stringify(other)} and ${JSON.stringify(from)} would both become ${to}.`,
        { remedy: 'Leave one of them out.' },
      )
    seen.set(to.toLowerCase(), from)
  }
}

function spoken(kind: ContentKind): string {
  if (kind === 'other') return 'none'
  return kind === 'web-page' ? 'a web page' : `a ${kind} archive`
}
