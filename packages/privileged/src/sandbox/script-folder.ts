import { mkdirSync, rmdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { HelperError } from '../helper-error.ts'
import type { HostPaths } from '../host-paths.ts'
import { HostileFileError, HostileFolder } from '../hostile-files/hostile-folder.ts'
import { readHostileFile } from '../hostile-files/read-hostile-file.ts'
import { requireRootFolder } from '../root-files/root-file.ts'
import type { ScriptPlaces } from './script-places.ts'

/** Bytes. */
const scriptLimit = 1024 * 1024

/**
 * Makes the folder of a run: the script, copied as it is at this moment so that nobody can change it any more, in a root
 * directory for it. Throws `HelperError` (`unsafe-path`).
 */
export function makeScriptFolder(paths: HostPaths, places: ScriptPlaces, scriptName: string): void {
  const script = readScript(paths, scriptName)
  requireRootFolder(`${paths.run}/scripts`)
  removeScriptFolder(places)
  mkdirSync(places.folder, { mode: 0o700 })
  mkdirSync(places.overlay, { mode: 0o755 })
  mkdirSync(places.root, { mode: 0o755 })
  for (const name of ['usr', 'etc', 'var', 'overlay']) mkdirSync(`${places.root}/${name}`, { mode: 0o755 })
  // As in Debian since 12: hier(7), “merged /usr”.
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, `${places.root}/${name}`)
  writeFileSync(`${places.root}/script`, script, { mode: 0o555, flag: 'wx' })
}

/** Idempotent. The draft must not be mounted in it any more. */
export function removeScriptFolder(places: ScriptPlaces): void {
  rmSync(places.root, { recursive: true, force: true })
  for (const file of [places.output, places.problem, places.cancelled]) rmSync(file, { force: true })
  // Not recursive: if it were still the draft, nothing of it would be deleted.
  for (const folder of [places.overlay, places.folder])
    try {
      rmdirSync(folder)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
}

function readScript(paths: HostPaths, name: string): Buffer {
  try {
    using root = HostileFolder.openTrusted(paths.root)
    using folder = root.open(['tmp', 'scripts'])
    return readHostileFile(folder, name, scriptLimit)
  } catch (error) {
    if (!(error instanceof HostileFileError)) throw error
    throw new HelperError('unsafe-path', `The script can't be read: ${error.message}.`, {
      remedy: 'Start the build again.',
      cause: error,
    })
  }
}
