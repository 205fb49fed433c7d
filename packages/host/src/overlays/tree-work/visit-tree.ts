import { closeSync, constants, lstatSync, openSync, readdirSync, type Stats } from 'node:fs'

const { O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK, O_RDONLY } = constants
const nothing = Buffer.alloc(0)
const slash = Buffer.from('/')

/**
 * Tells of every file and folder of a tree, the place itself included, each folder before what is in it; `path` is
 * relative to the place, as bytes. A running game may swap its folders for links meanwhile: each is entered by its
 * descriptor and never through a link, and no file is opened. What vanishes, can't be read or lies deeper than
 * `depthLimit` folders, of which each holds a descriptor meanwhile, is left out.
 */
export function visitTree(
  place: string,
  depthLimit: number,
  take: (stats: Stats, path: Buffer) => void,
): void {
  visit(Buffer.from(place), nothing, depthLimit, take)
}

function visit(
  place: Buffer,
  path: Buffer,
  levels: number,
  take: (stats: Stats, path: Buffer) => void,
): void {
  const stats = statOf(place)
  if (!stats) return
  take(stats, path)
  if (!stats.isDirectory() || levels < 0) return
  let descriptor: number
  try {
    descriptor = openSync(place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK)
  } catch {
    return
  }
  try {
    const here = Buffer.from(`/proc/self/fd/${descriptor}/`)
    for (const name of namesOf(here)) {
      const inner = path.length === 0 ? name : Buffer.concat([path, slash, name])
      visit(Buffer.concat([here, name]), inner, levels - 1, take)
    }
  } finally {
    closeSync(descriptor)
  }
}

function namesOf(place: Buffer): readonly Buffer[] {
  try {
    return readdirSync(place, { encoding: 'buffer' })
  } catch {
    return []
  }
}

function statOf(place: Buffer): Stats | null {
  try {
    return lstatSync(place)
  } catch {
    return null
  }
}
