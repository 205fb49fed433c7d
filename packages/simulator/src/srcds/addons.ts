import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface MountedAddons {
  /** Maps that addons bring. */
  readonly maps: readonly string[]
  /** Files named .vpk that are none. */
  readonly broken: readonly string[]
}

/** No addon of this game has a directory anywhere near as large; bytes. */
const largestTree = 64 * 1024 * 1024

/**
 * What the engine does with `addons/*.vpk` when it starts: it mounts those that `addonlist.txt` doesn't switch off, and
 * writes that list anew. `folder` is the game folder. What can't be written stays as it was.
 */
export function mountAddons(folder: string): MountedAddons {
  const maps: string[] = []
  const broken: string[] = []
  const names = vpksIn(join(folder, 'addons'))
  const disabled = disabledAddons(join(folder, 'addonlist.txt'))
  for (const name of names) {
    if (disabled.has(name.toLowerCase())) continue
    try {
      maps.push(...mapsOf(join(folder, 'addons', name)))
    } catch {
      broken.push(name)
    }
  }
  if (names.length > 0) writeAddonList(join(folder, 'addonlist.txt'), names, disabled)
  return { maps, broken }
}

function vpksIn(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(name => name.toLowerCase().endsWith('.vpk'))
      .sort()
  } catch {
    return []
  }
}

/** `"x.vpk" "0"` */
function disabledAddons(path: string): Set<string> {
  try {
    const pairs = readFileSync(path, 'utf8').matchAll(/"([^"\n]+)"\s+"([^"\n]*)"/g)
    return new Set(
      [...pairs].filter(([, , state]) => state === '0').map(([, name = '']) => name.toLowerCase()),
    )
  } catch {
    return new Set()
  }
}

function writeAddonList(path: string, names: readonly string[], disabled: ReadonlySet<string>): void {
  const rows = names.map(name => `\t"${name}"\t\t"${disabled.has(name.toLowerCase()) ? 0 : 1}"\n`)
  try {
    writeFileSync(path, `"AddonList"\n{\n${rows.join('')}}\n`)
  } catch {
    // The engine plays on.
  }
}

/** The names of the maps in a VPK's directory (developer.valvesoftware.com/wiki/VPK). Throws when it isn't one. */
function mapsOf(path: string): string[] {
  const tree = readTree(path)
  let at = 0
  const nextText = (): string => {
    const end = tree.indexOf(0, at)
    if (end === -1) throw new Error('the directory ends in the middle')
    const text = tree.toString('utf8', at, end)
    at = end + 1
    return text
  }
  const maps: string[] = []
  for (let extension = nextText(); extension !== ''; extension = nextText()) {
    for (let folder = nextText(); folder !== ''; folder = nextText()) {
      for (let name = nextText(); name !== ''; name = nextText()) {
        if (tree.readUInt16LE(at + 16) !== 0xffff) throw new Error('an entry has no end')
        at += 18 + tree.readUInt16LE(at + 4)
        if (extension.toLowerCase() === 'bsp' && folder.toLowerCase() === 'maps')
          maps.push(name.toLowerCase())
      }
    }
  }
  return maps
}

function readTree(path: string): Buffer {
  const file = openSync(path, 'r')
  try {
    const header = Buffer.alloc(28)
    const read = readSync(file, header, 0, 28, 0)
    const version = header.readUInt32LE(4)
    const treeBytes = header.readUInt32LE(8)
    const start = version === 1 ? 12 : 28
    const wrong = read < 12 || header.readUInt32LE(0) !== 0x55aa1234 || (version !== 1 && version !== 2)
    if (wrong || treeBytes > largestTree || start + treeBytes > fstatSync(file).size) {
      throw new Error('this is no VPK')
    }
    const tree = Buffer.alloc(treeBytes)
    readSync(file, tree, 0, treeBytes, start)
    return tree
  } finally {
    closeSync(file)
  }
}
