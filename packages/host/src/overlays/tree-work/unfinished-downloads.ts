import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { isFreePartial } from '../../downloads/partial-file.ts'

/** Milliseconds after which a build's work among the downloads is nobody's any more. */
const patience = 7 * 24 * 60 * 60 * 1000

/** Places of what lies among the unfinished downloads and nobody works on: a build would go on with a part of it. */
export function unfinishedDownloads(folder: string): string[] {
  let names: string[] = []
  try {
    names = readdirSync(folder)
  } catch {
    // Nothing was ever downloaded.
  }
  return names
    .filter(name => isFreePartial(name) || isOld(join(folder, name)))
    .map(name => join(folder, name))
}

function isOld(place: string): boolean {
  const stats = statSync(place, { throwIfNoEntry: false })
  return stats !== undefined && Date.now() - stats.mtimeMs > patience
}
