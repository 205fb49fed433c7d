import { createHash } from 'node:crypto'
import { action, type Item } from '@left4me/converge'
import { hostPaths } from '@left4me/privileged'
import { type SourceFiles, sourcePaths } from './source-files.ts'
import { need } from './tags.ts'

const folder = 'examples/script-overlays'

/**
 * Scripts that everybody may build overlays from: again when one of them is another. What people changed about such an
 * overlay (its name, who may use it) stays as it is.
 */
export function scriptOverlays(files: SourceFiles): Item {
  return action('seed-script-overlays', {
    command: 'exec /usr/local/sbin/left4me seed-script-overlays "$1"',
    arguments: [`${hostPaths.source}/${folder}`],
    stamp: [hashOf(files)],
    needs: need('release', 'source'),
  })
}

/** One hash of the scripts, by name and content. */
function hashOf(files: SourceFiles): string {
  const hash = createHash('sha256')
  for (const path of sourcePaths(files, folder)) {
    const content = files.get(path) ?? new Uint8Array()
    hash.update(`${path}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}
