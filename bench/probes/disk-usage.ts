import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * Bytes of the blocks that everything below `folder` (itself included) occupies, as du(1) counts them: sparse parts are
 * free, folders cost what they cost, a file with several links counts once. What goes away meanwhile counts nothing.
 */
export async function allocatedBytes(folder: string): Promise<number> {
  const seen = new Set<string>()
  const count = async (path: string): Promise<number> => {
    const found = await lstat(path).catch(() => null)
    if (found === null) return 0
    const identity = `${found.dev}:${found.ino}`
    if (found.nlink > 1 && !found.isDirectory()) {
      if (seen.has(identity)) return 0
      seen.add(identity)
    }
    let bytes = found.blocks * 512
    if (found.isDirectory())
      for (const name of await readdir(path).catch(() => [])) bytes += await count(join(path, name))
    return bytes
  }
  return await count(folder)
}

/** The same for each entry of `folder`, and for the folder itself as `.`. */
export async function allocatedBytesByEntry(folder: string): Promise<Map<string, number>> {
  const entries = new Map([['.', (await lstat(folder)).blocks * 512]])
  for (const name of await readdir(folder)) entries.set(name, await allocatedBytes(join(folder, name)))
  return entries
}
