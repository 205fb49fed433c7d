import { randomBytes } from 'node:crypto'
import { rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathComponents } from '../files/relative-path.ts'
import { removeTree } from '../files/remove-tree.ts'
import { inFolderOf } from '../files/walk-path.ts'
import type { LayerReference } from '../host.ts'
import { HostError } from '../host-error.ts'
import type { Layout } from '../layout.ts'
import { Turns } from '../turns/turns.ts'
import { explainBuildFailure } from './build-failure.ts'
import { buildRevision } from './build-revision.ts'
import { collectContent } from './collect-content.ts'
import { measureContent } from './content-space.ts'
import { Draft, openIfThere } from './draft.ts'
import { DraftTurns } from './draft-turns.ts'
import type { FillTools } from './fill-recipe.ts'
import type {
  BuildOptions,
  ContentSpace,
  OverlayRecipe,
  OverlayStore,
  RevisionDifference,
  RevisionSummary,
  TakeUploadOptions,
  UnpackedUpload,
} from './overlay-contract.ts'
import { readIndexOf, summaryOf } from './revision-facts.ts'
import { publishedRevisions, recordFiles, recordOf, syncFolder } from './revision-record.ts'
import { takeUpload } from './take-upload.ts'
import { runTreeWork } from './tree-work/run-tree-work.ts'
import { UploadFiles } from './upload-files.ts'
import { readFromVpk } from './vpk-content.ts'

/**
 * Overlays on the local file system. Drafts and revisions are ours alone (a running game doesn't see them), but what is
 * in them came from people: paths are checked and links never followed.
 *
 * Files of a revision are 0644 or 0755 and folders 0755, not read-only: overlayfs shows a lower layer's permissions in
 * the merged tree, and plugins write into folders and configuration files that overlays bring. What keeps a revision as
 * it is: nothing of ours writes below `revisions`, and the game reaches it through overlayfs only. `verify` tells when it
 * isn't.
 */
export class LocalOverlayStore implements OverlayStore {
  readonly #layout: Layout
  readonly #tools: FillTools
  /** The overlays that servers use at the moment, by instance. */
  readonly #inUse: () => Promise<ReadonlyMap<number, readonly LayerReference[]>>
  /** Overlays that are built, or deleted from, at the moment. */
  readonly #turns = new Turns()
  readonly #uploading = new Set<string>()
  readonly #drafts = new DraftTurns()

  constructor(options: {
    readonly layout: Layout
    readonly tools: FillTools
    readonly inUse: () => Promise<ReadonlyMap<number, readonly LayerReference[]>>
  }) {
    this.#layout = options.layout
    this.#tools = options.tools
    this.#inUse = options.inUse
  }

  async listDraft(overlayId: number): Promise<{ path: string; size: number }[]> {
    return this.#draft(overlayId).list()
  }

  async putDraft(
    overlayId: number,
    path: string,
    content: AsyncIterable<Uint8Array>,
    maxBytes: number,
  ): Promise<{ path: string; size: number }> {
    const draft = this.#draft(overlayId)
    pathComponents(path)
    this.#drafts.refuseWhileCopied(overlayId)
    return this.#uploads(overlayId).receive(content, { path, maxBytes }, async (file, size) => {
      await this.#drafts.change(overlayId, () => draft.take(path, file))
      return { path, size }
    })
  }

  async removeDraft(overlayId: number, path: string): Promise<void> {
    const draft = this.#draft(overlayId)
    return this.#drafts.change(overlayId, () => draft.remove(path))
  }

  async appendUpload(
    overlayId: number,
    uploadId: number,
    offset: number,
    content: AsyncIterable<Uint8Array>,
    size: number,
  ): Promise<number> {
    return this.#uploads(overlayId).append(checkedId(uploadId), offset, content, size)
  }

  async uploadedBytes(overlayId: number, uploadId: number): Promise<number> {
    return this.#uploads(overlayId).size(checkedId(uploadId))
  }

  async takeUpload(
    overlayId: number,
    uploadId: number,
    fileName: string,
    take: TakeUploadOptions,
  ): Promise<UnpackedUpload> {
    const uploads = this.#uploads(overlayId)
    return takeUpload({
      upload: uploads.place(checkedId(uploadId)),
      work: uploads.workPlace(uploadId),
      draft: this.#layout.overlay(overlayId).draft,
      fileName,
      take,
    })
  }

  async discardUpload(overlayId: number, uploadId: number): Promise<void> {
    await this.#uploads(overlayId).discard(checkedId(uploadId))
  }

  async build(
    overlayId: number,
    revision: number,
    recipe: OverlayRecipe,
    build: BuildOptions,
  ): Promise<RevisionSummary> {
    const layer = { overlayId, revision: checkedId(revision) }
    return this.#turns
      .take(String(checkedId(overlayId)), build.signal, async () => {
        const published = await this.revision(layer)
        if (published) return published
        return buildRevision({
          layout: this.#layout,
          tools: this.#tools,
          drafts: this.#drafts,
          ...layer,
          recipe,
          build,
        })
      })
      .catch(error => {
        throw explainBuildFailure(error, overlayId, build.signal)
      })
  }

  async revisions(overlayId: number): Promise<RevisionSummary[]> {
    const numbers = await publishedRevisions(this.#layout.overlay(checkedId(overlayId)))
    const summaries = await Promise.all(numbers.map(revision => this.revision({ overlayId, revision })))
    return summaries.filter(summary => summary !== null)
  }

  async revision(layer: LayerReference): Promise<RevisionSummary | null> {
    return (await isFolder(this.#place(layer))) ? summaryOf(this.#layout, layer) : null
  }

  async readIndex(layer: LayerReference): Promise<string> {
    if (!(await isFolder(this.#place(layer)))) throw missing(layer)
    return readIndexOf(this.#layout, layer)
  }

  async readFile(layer: LayerReference, path: string, maxBytes: number): Promise<Buffer | null> {
    const components = pathComponents(path)
    await using root = await openIfThere(this.#place(layer))
    return root
      ? await inFolderOf(root, components, (folder, name) => folder.read(name, maxBytes, 'any'))
      : null
  }

  async readVpkFile(
    layer: LayerReference,
    vpk: string,
    path: string,
    maxBytes: number,
  ): Promise<Buffer | null> {
    const components = pathComponents(vpk)
    await using root = await openIfThere(this.#place(layer))
    return root
      ? await inFolderOf(root, components, (folder, name) => readFromVpk(folder, name, path, maxBytes))
      : null
  }

  async verify(layer: LayerReference, signal: AbortSignal): Promise<RevisionDifference[]> {
    const root = this.#place(layer)
    if (!(await isFolder(root))) throw missing(layer)
    await summaryOf(this.#layout, layer)
    const manifest = join(recordOf(this.#layout.overlay(layer.overlayId), layer.revision), recordFiles.files)
    return [...(await runTreeWork({ kind: 'verify', root, manifest }, { signal }))]
  }

  async removeRevision(layer: LayerReference): Promise<void> {
    const place = this.#place(layer)
    const paths = this.#layout.overlay(layer.overlayId)
    const isUsed = (used: LayerReference) =>
      used.overlayId === layer.overlayId && used.revision === layer.revision
    await this.#alone(layer.overlayId, async () => {
      if (!(await isFolder(place))) return
      await this.#refuseUsed(isUsed, `revision ${layer.revision} of overlay ${layer.overlayId}`)
      const removed = join(paths.revisions, `.removed-${layer.revision}-${randomBytes(6).toString('hex')}`)
      await rename(place, removed)
      try {
        // A server may have begun to use it since we looked; from now on none can.
        await this.#refuseUsed(isUsed, `revision ${layer.revision} of overlay ${layer.overlayId}`)
      } catch (error) {
        await rename(removed, place)
        throw error
      }
      await syncFolder(paths.revisions)
      await removeTree(recordOf(paths, layer.revision))
      await removeTree(removed)
    })
  }

  async endScripts(): Promise<void> {
    await this.#tools.scripts.endAll()
  }

  async removeOverlay(overlayId: number): Promise<void> {
    const { folder } = this.#layout.overlay(checkedId(overlayId))
    await this.#alone(overlayId, async () => {
      await this.#refuseUsed(used => used.overlayId === overlayId, `overlay ${overlayId}`)
      await this.#tools.scripts.end(overlayId)
      await removeTree(folder)
    })
  }

  space(): Promise<ContentSpace> {
    return measureContent(this.#layout, overlayId => this.#turns.isTaken(String(overlayId)))
  }

  collect(options: {
    readonly keepItems: ReadonlySet<string>
    readonly signal: AbortSignal
  }): Promise<number> {
    return collectContent(this.#layout, {
      ...options,
      scripts: this.#tools.scripts,
      isBuilding: () => this.#turns.isTaken(),
      leftUploads: overlayId => this.#uploads(overlayId).leftFiles(),
      alone: (overlayId, action) => this.#alone(overlayId, action),
    })
  }

  #draft(overlayId: number): Draft {
    return new Draft(this.#layout.overlay(checkedId(overlayId)).draft)
  }

  #uploads(overlayId: number): UploadFiles {
    return new UploadFiles(this.#layout.overlay(checkedId(overlayId)).uploads, this.#uploading)
  }

  #place({ overlayId, revision }: LayerReference): string {
    return this.#layout.revision(checkedId(overlayId), checkedId(revision))
  }

  /** What changes an overlay's revisions is done one at a time: a build waits for its turn, a deletion is refused. */
  async #alone<Result>(overlayId: number, action: () => Promise<Result>): Promise<Result> {
    const key = String(checkedId(overlayId))
    if (this.#turns.isTaken(key))
      throw new HostError('build-running', `Overlay ${overlayId} is being built or deleted already.`, {
        remedy: 'Wait until that has ended, or cancel it.',
      })
    return this.#turns.take(key, new AbortController().signal, action)
  }

  async #refuseUsed(isUsed: (layer: LayerReference) => boolean, what: string): Promise<void> {
    for (const [instanceId, layers] of await this.#inUse())
      if (layers.some(isUsed))
        throw new HostError('in-use', `Server ${instanceId} runs with ${what}.`, { remedy: 'Stop it first.' })
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
}

function missing({ overlayId, revision }: LayerReference): HostError {
  return new HostError('layer-missing', `Overlay ${overlayId} has no revision ${revision}.`, {
    remedy: 'Build the overlay anew.',
  })
}

function checkedId(id: number): number {
  if (!Number.isSafeInteger(id) || id < 1) throw new HostError('bad-path', `${id} is not an id.`)
  return id
}
