import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ContentSpace } from '../overlay-contract.ts'
import { DiskUse } from './disk-use.ts'
import type { TreeTask } from './tree-work.ts'
import { unfinishedDownloads } from './unfinished-downloads.ts'
import { cachedItems, unusedVersions } from './unused-versions.ts'

/**
 * What the data directory's content takes on the disk. A file with several names is counted for the first of: the
 * Workshop's cache, revisions (by overlay, oldest first), drafts and uploads, uppers, the installation.
 */
export function measureContent({ places, busy }: Extract<TreeTask, { kind: 'measure' }>): ContentSpace {
  const use = new DiskUse()
  const workshopCache = {
    bytes: use.of(places.workshopCache).bytes,
    unusedBytes: unusedVersions(places.workshopCache).reduce((sum, { bytes }) => sum + bytes, 0),
    items: cachedItems(places.workshopCache).length,
  }
  let leftoverBytes = 0
  for (const place of unfinishedDownloads(places.downloads)) leftoverBytes += use.of(place).bytes
  const overlays = numbersIn(places.overlays).map(overlayId => {
    const folder = join(places.overlays, String(overlayId))
    const revisions = numbersIn(join(folder, 'revisions')).map(revision => {
      const { bytes, ownBytes } = use.of(join(folder, 'revisions', String(revision)))
      const record = use.of(join(folder, 'records', String(revision)))
      return { revision, bytes: bytes + record.bytes, ownBytes: ownBytes + record.ownBytes }
    })
    const work = namesIn(join(folder, 'revisions')).filter(name => name.startsWith('.'))
    const workBytes = work.reduce((sum, name) => sum + use.of(join(folder, 'revisions', name)).bytes, 0)
    const draft = use.of(join(folder, 'draft')).bytes
    if (!busy.includes(overlayId)) leftoverBytes += workBytes
    return {
      overlayId,
      draftBytes: busy.includes(overlayId) ? draft + workBytes : draft,
      uploadBytes: use.of(join(folder, 'uploads')).bytes,
      revisions,
    }
  })
  const uppers = numbersIn(places.runtime).map(instanceId => ({
    instanceId,
    bytes: use.of(join(places.runtime, String(instanceId), 'upper')).bytes,
  }))
  return {
    overlays,
    uppers,
    installationBytes: use.of(places.installation).bytes,
    workshopCache,
    leftoverBytes,
  }
}

function numbersIn(folder: string): number[] {
  return namesIn(folder)
    .filter(name => /^[1-9][0-9]{0,14}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b)
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
