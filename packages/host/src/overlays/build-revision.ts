import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { encodeLayerIndex, inspectLayer } from '@left4me/protocols'
import { removeTree } from '../files/remove-tree.ts'
import { HostError } from '../host-error.ts'
import type { Layout, OverlayPaths } from '../layout.ts'
import { explainBuildFailure } from './build-failure.ts'
import { BuildSteps } from './build-steps.ts'
import type { DraftTurns } from './draft-turns.ts'
import type { FillTools } from './fill-recipe.ts'
import { fillRecipe } from './fill-recipe.ts'
import { layerFolder } from './layer-folder.ts'
import type { BuildOptions, OverlayRecipe, RevisionSummary } from './overlay-contract.ts'
import {
  beginRecord,
  publishedRevisions,
  publishRecord,
  recordFiles,
  recordOf,
  syncFolder,
  writeRecord,
} from './revision-record.ts'
import { TreeWorker } from './tree-work/run-tree-work.ts'
import type { PublishedTree, SealedTree } from './tree-work/tree-work.ts'

/** Bytes within VPKs that are compared with their checksums before a revision is published. */
const checksumBytes = 512 * 1024 * 1024

/**
 * Builds revision `revision`, which isn't published: in a folder beside, from which it gets its name by a rename when
 * everything in it is checked, listed and on the disk. Before that rename there is no revision, after it a whole one. The
 * caller sees to it that an overlay has one build at a time.
 */
export async function buildRevision(options: {
  readonly layout: Layout
  readonly tools: FillTools
  readonly drafts: DraftTurns
  readonly overlayId: number
  readonly revision: number
  readonly recipe: OverlayRecipe
  readonly build: BuildOptions
}): Promise<RevisionSummary> {
  const { layout, overlayId, revision, recipe, build } = options
  const paths = layout.overlay(overlayId)
  const { signal, maxBytes } = build
  const steps = new BuildSteps(build.onProgress)
  const building = join(paths.revisions, `.building-${revision}-${randomBytes(6).toString('hex')}`)
  let record: string | null = null
  try {
    signal.throwIfAborted()
    await sweepOverlay(paths)
    await mkdir(building, { recursive: true, mode: 0o755 })
    record = await beginRecord(paths, revision)
    const previous = await previousTree(layout, overlayId, revision)
    await using worker = new TreeWorker()
    const { sources, keepLinks } = await fillRecipe({ ...options, building, previous, steps, worker })
    steps.begin('checking the files', 0.8, 0.93)
    const sealed = await worker.run(
      {
        kind: 'seal',
        root: building,
        previous,
        maxBytes,
        keepLinks,
        manifest: join(record, recordFiles.files),
      },
      { signal, onProgress: (fraction, bytes) => steps.tell(fraction, bytes) },
    )
    if (!build.allowNativeCode) refuseNativeCode(sealed)
    steps.begin('looking at the content', 0.93, 0.97)
    const { index, findings } = await inspectLayer(layerFolder(building, sealed), {
      kind: 'overlay',
      checksumBytes,
      signal,
    })
    const summary: RevisionSummary = {
      overlayId,
      revision,
      publishedAt: Date.now(),
      kind: recipe.kind,
      files: sealed.files.length,
      bytes: sealed.bytes,
      digest: sealed.digest,
      findings,
      sources,
    }
    await writeRecord(record, summary, encodeLayerIndex(index))
    steps.begin('publishing', 0.97, 1)
    await worker.run({ kind: 'sync', folder: building }, { signal })
    await publishRecord(paths, record, revision)
    signal.throwIfAborted()
    await rename(building, layout.revision(overlayId, revision))
    await syncFolder(paths.revisions)
    steps.tell(1, null)
    return summary
  } catch (error) {
    await removeTree(building)
    if (record !== null) await removeTree(record)
    throw explainBuildFailure(error, overlayId, signal)
  }
}

/** Removes what builds and deletions left that were killed. Nothing of the overlay may be under way. */
export async function sweepOverlay(paths: OverlayPaths): Promise<void> {
  const published = new Set((await publishedRevisions(paths)).map(String))
  for (const name of await namesIn(paths.revisions))
    if (name.startsWith('.')) await removeTree(join(paths.revisions, name))
  for (const name of await namesIn(paths.records))
    if (!published.has(name)) await removeTree(join(paths.records, name))
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(error => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  })
}

/** The newest revision before this one: the one that most files are the same as in. */
async function previousTree(
  layout: Layout,
  overlayId: number,
  revision: number,
): Promise<PublishedTree | null> {
  const paths = layout.overlay(overlayId)
  const previous = (await publishedRevisions(paths)).find(number => number < revision)
  if (previous === undefined) return null
  return {
    root: layout.revision(overlayId, previous),
    manifest: join(recordOf(paths, previous), recordFiles.files),
  }
}

function refuseNativeCode({ nativeCode }: SealedTree): void {
  const [first] = nativeCode
  if (first === undefined) return
  const more = nativeCode.length > 1 ? ` and ${nativeCode.length - 1} more like it` : ''
  throw new HostError('native-code-refused', `The result holds native code or plugins: ${first}${more}.`, {
    remedy: 'Leave it out, or ask an administrator for the right to use such code.',
  })
}
