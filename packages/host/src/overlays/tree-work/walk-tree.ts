import { isUtf8 } from 'node:buffer'
import { chmodSync, lstatSync, readdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import { pathComponents } from '../../files/relative-path.ts'
import { HostError } from '../../host-error.ts'

/** As many as pre-flight takes in one layer. */
export const fileLimit = 220_000

interface FoundFile {
  readonly path: string
  readonly stats: Stats
}

export interface FoundTree {
  /** By path. */
  readonly files: readonly FoundFile[]
  /** Every folder but the root, each before those in it. */
  readonly folders: readonly string[]
  readonly emptyFolders: readonly string[]
}

/**
 * Lists a tree that nobody else changes. Throws `file-refused` for links, devices and other things that no revision can
 * have, `bad-path` for names. `openFolders`: folders get mode 0755 before they are looked into.
 */
export function walkTree(root: string, openFolders = false): FoundTree {
  const files: FoundFile[] = []
  const folders: string[] = []
  const emptyFolders: string[] = []
  const pending = ['']
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const place = join(root, folder)
    if (openFolders) chmodSync(place, 0o755)
    const names = readdirSync(place, { encoding: 'buffer' })
    if (names.length === 0 && folder !== '') emptyFolders.push(folder)
    for (const name of names) {
      if (!isUtf8(name)) throw refused(`${folder}/${name.toString('latin1')}`, 'has a name that is no text')
      const path = folder === '' ? name.toString() : `${folder}/${name.toString()}`
      pathComponents(path)
      const stats = lstatSync(join(root, path))
      if (stats.isDirectory()) {
        folders.push(path)
        pending.push(path)
      } else if (stats.isFile()) files.push({ path, stats })
      else throw refused(path, stats.isSymbolicLink() ? 'is a link' : 'is neither a file nor a folder')
      if (files.length + folders.length > fileLimit)
        throw new HostError('file-refused', `There are more than ${fileLimit} files and folders.`, {
          remedy: 'Split the overlay, or pack its content into VPKs.',
        })
    }
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1))
  return { files, folders: folders.sort(), emptyFolders: emptyFolders.sort() }
}

function refused(path: string, why: string): HostError {
  return new HostError('file-refused', `${path} ${why}: a revision holds plain files and folders only.`, {
    remedy: 'Put the file itself there (in a script: cp -L), or leave it out.',
  })
}
