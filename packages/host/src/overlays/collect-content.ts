import { existsSync } from 'node:fs'
import { readdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { removeTree } from '../files/remove-tree.ts'
import { HostError } from '../host-error.ts'
import type { Layout } from '../layout.ts'
import { sweepOverlay } from './build-revision.ts'
import { publishedRevisions, readSummary } from './revision-record.ts'
import type { ScriptRunner } from './scripts/script-runner.ts'
import { DiskUse } from './tree-work/disk-use.ts'
import { unfinishedDownloads } from './tree-work/unfinished-downloads.ts'
import { unusedVersions } from './tree-work/unused-versions.ts'

/**
 * Deletes what no overlay needs: versions in the Workshop's cache that no revision links to (of items to be kept all but
 * the newest), what killed builds left, and downloads that nobody goes on with at the moment. Resolves to the bytes freed.
 */
export async function collectContent(
  layout: Layout,
  options: {
    readonly keepItems: ReadonlySet<string>
    readonly signal: AbortSignal
    readonly scripts: ScriptRunner
    /** Whether any overlay is built: what it takes out of the cache may not have its second name yet. */
    readonly isBuilding: () => boolean
    /** Places of uploaded files whose receiving was killed. */
    readonly leftUploads: (overlayId: number) => Promise<readonly string[]>
    /** Runs when nothing else changes the overlay; rejects with `build-running` otherwise. */
    readonly alone: (overlayId: number, action: () => Promise<void>) => Promise<void>
  },
): Promise<number> {
  let freed = 0
  const remove = async (place: string) => {
    if (options.signal.aborted)
      throw new HostError('cancelled', 'Collecting was cancelled; what was deleted until then stays deleted.')
    const { ownBytes } = new DiskUse().of(place)
    await removeTree(place)
    freed += ownBytes
  }
  await collectCache(layout.workshopCache, options, remove)
  for (const place of unfinishedDownloads(layout.downloads)) await remove(place)
  for (const name of await namesIn(layout.overlays)) {
    const overlayId = Number(name)
    if (!Number.isSafeInteger(overlayId) || overlayId < 1) continue
    for (const place of await options.leftUploads(overlayId)) await remove(place)
    await options
      .alone(overlayId, () => collectOverlay(layout, overlayId, options.scripts, remove))
      .catch(error => {
        // What is built at the moment has nothing that is left over.
        if (!(error instanceof HostError && error.code === 'build-running')) throw error
      })
  }
  return freed
}

async function collectCache(
  folder: string,
  { keepItems, isBuilding }: { readonly keepItems: ReadonlySet<string>; readonly isBuilding: () => boolean },
  remove: (place: string) => Promise<void>,
): Promise<void> {
  const unused = unusedVersions(folder)
  for (const { id, version, place } of unused) {
    const newer = (await namesIn(join(folder, id))).some(other => Number(other) > Number(version))
    if (isBuilding()) return
    if (keepItems.has(id) && !newer) continue
    await remove(place)
    await rmdir(join(folder, id)).catch(() => undefined)
  }
}

async function collectOverlay(
  layout: Layout,
  overlayId: number,
  scripts: ScriptRunner,
  remove: (place: string) => Promise<void>,
): Promise<void> {
  const paths = layout.overlay(overlayId)
  for (const name of await namesIn(paths.revisions))
    if (name.startsWith('.')) await remove(join(paths.revisions, name))
  await sweepOverlay(paths)
  const [newest] = await publishedRevisions(paths)
  const summary = newest === undefined ? null : await readSummary(paths, newest)
  // Only people's uploads have a draft that is more than a build's work.
  if (summary === null || summary.kind === 'upload' || !existsSync(paths.draft)) return
  await scripts.end(overlayId)
  await remove(paths.draft)
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => [])
}
