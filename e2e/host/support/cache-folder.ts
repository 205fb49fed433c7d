import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { lockFile } from './lock-file.ts'

/** What the beds keep between runs: trees and images by the hash of what they were made from, and the beds themselves. */
export const cacheFolder = '/var/cache/left4me-beds'

/**
 * The absolute path of a folder that was built from exactly `ingredients` (texts; their order counts). Built when it
 * isn't there, once, also when several ask at the same time and when one is killed while it builds; older builds of the
 * same name are removed unless something is mounted from them. `build` fills the empty folder that it is given.
 */
export async function cachedFolder(
  name: string,
  ingredients: readonly string[],
  build: (folder: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256')
  for (const ingredient of ingredients) hash.update(`${ingredient.length}\0${ingredient}`)
  const wanted = join(cacheFolder, `${name}-${hash.digest('hex').slice(0, 16)}`)
  await mkdir(cacheFolder, { recursive: true, mode: 0o755 })
  if (await exists(wanted)) return wanted
  await using _lock = await lockFile(join(cacheFolder, `${name}.lock`))
  if (await exists(wanted)) return wanted
  const unfinished = join(cacheFolder, `.${name}-unfinished`)
  await rm(unfinished, { recursive: true, force: true })
  await mkdir(unfinished, { mode: 0o755 })
  await build(unfinished)
  await rename(unfinished, wanted)
  await removeOlder(name, wanted)
  return wanted
}

/** Only such as nobody uses: neither as the lower of a container nor as the image of a machine. */
async function removeOlder(name: string, wanted: string): Promise<void> {
  const inUse = await textsOfProcesses()
  for (const entry of await readdir(cacheFolder)) {
    const path = join(cacheFolder, entry)
    if (!new RegExp(`^${name}-[0-9a-f]{16}$`).test(entry) || path === wanted || inUse.includes(path)) continue
    await rm(path, { recursive: true, force: true })
  }
}

/** Command lines and mounts of every process on the machine. */
async function textsOfProcesses(): Promise<string> {
  const texts: string[] = []
  for (const pid of (await readdir('/proc')).filter(name => /^\d+$/.test(name))) {
    for (const file of ['cmdline', 'mountinfo'])
      texts.push(await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => ''))
  }
  return texts.join('\n')
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
