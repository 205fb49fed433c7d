import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, mkdir, open, readdir, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathComponents } from '../files/relative-path.ts'
import { removeTree } from '../files/remove-tree.ts'
import { SafeFolder } from '../files/safe-folder.ts'
import { inFolderOf, inMadeFolderOf } from '../files/walk-path.ts'
import type { LayerReference, OverlayStore } from '../host.ts'
import { HostError } from '../host-error.ts'
import type { Layout } from '../process/layout.ts'
import { listTree } from './file-tree.ts'

/**
 * Overlays on the local file system. Drafts and revisions are ours alone (a running game doesn't see them), but what is
 * in them came from people: paths are checked and links never followed.
 *
 * Files of a revision are 0644 or 0755 and folders 0755, not read-only: overlayfs shows a lower layer's permissions in
 * the merged tree, and plugins write into folders and configuration files that overlays bring. What keeps a revision as
 * it is: nothing of ours writes below `revisions`, and the game reaches it through overlayfs only.
 */
export class LocalOverlayStore implements OverlayStore {
  readonly #layout: Layout
  /** The overlays that servers use at the moment, by instance. */
  readonly #inUse: () => Promise<ReadonlyMap<number, readonly LayerReference[]>>
  readonly #publishing = new Map<string, Promise<void>>()

  constructor(layout: Layout, inUse: () => Promise<ReadonlyMap<number, readonly LayerReference[]>>) {
    this.#layout = layout
    this.#inUse = inUse
  }

  async listDraft(overlayId: number): Promise<{ path: string; size: number }[]> {
    await using draft = await openIfThere(this.#layout.overlay(checkedId(overlayId)).draft)
    return draft ? await listTree(draft) : []
  }

  async putDraft(
    overlayId: number,
    path: string,
    content: AsyncIterable<Uint8Array>,
    maxBytes: number,
  ): Promise<{ path: string; size: number }> {
    const components = pathComponents(path)
    const { draft: folder } = this.#layout.overlay(checkedId(overlayId))
    await mkdir(folder, { recursive: true, mode: 0o755 })
    await using draft = await SafeFolder.open(folder)
    await refuseFileAsFolder(draft, components)
    let size = 0
    await inMadeFolderOf(draft, components, (parent, name) =>
      parent.replace(name, async handle => {
        for await (const chunk of content) {
          size += chunk.byteLength
          if (size > maxBytes)
            throw new HostError('file-too-large', `${path} has more than ${maxBytes} bytes.`, {
              remedy: 'Upload a smaller file.',
            })
          await handle.writeFile(chunk)
        }
      }),
    ).catch(async (error: unknown) => {
      await pruneEmptyFolders(draft, components)
      throw error
    })
    return { path, size }
  }

  async removeDraft(overlayId: number, path: string): Promise<void> {
    const components = pathComponents(path)
    await using draft = await openIfThere(this.#layout.overlay(checkedId(overlayId)).draft)
    if (!draft) return
    await inFolderOf(draft, components, (parent, name) => parent.removeFile(name))
    await pruneEmptyFolders(draft, components)
  }

  publish(overlayId: number, revision: number, signal: AbortSignal): Promise<void> {
    const key = `${checkedId(overlayId)}/${checkedId(revision)}`
    const running = this.#publishing.get(key)
    if (running) return running
    const publishing = this.#publish(overlayId, revision, signal).finally(() => this.#publishing.delete(key))
    this.#publishing.set(key, publishing)
    return publishing
  }

  async readFile(layer: LayerReference, path: string, maxBytes: number): Promise<Buffer | null> {
    const components = pathComponents(path)
    const place = this.#layout.revision(checkedId(layer.overlayId), checkedId(layer.revision))
    await using root = await openIfThere(place)
    return root ? await inFolderOf(root, components, (folder, name) => folder.read(name, maxBytes)) : null
  }

  async removeOverlay(overlayId: number): Promise<void> {
    const { folder } = this.#layout.overlay(checkedId(overlayId))
    for (const [instanceId, layers] of await this.#inUse())
      if (layers.some(layer => layer.overlayId === overlayId))
        throw new HostError('instance-running', `Server ${instanceId} runs with overlay ${overlayId}.`, {
          remedy: 'Stop it first.',
        })
    await removeTree(folder)
  }

  async #publish(overlayId: number, revision: number, signal: AbortSignal): Promise<void> {
    const { draft: source, revisions } = this.#layout.overlay(overlayId)
    const target = this.#layout.revision(overlayId, revision)
    if (await isFolder(target)) return
    await mkdir(revisions, { recursive: true, mode: 0o755 })
    // What an earlier attempt left when it was killed.
    for (const name of await readdir(revisions))
      if (name.startsWith(`.building-${revision}-`)) await removeTree(join(revisions, name))
    const building = join(revisions, `.building-${revision}-${randomBytes(6).toString('hex')}`)
    try {
      await mkdir(building, { mode: 0o755 })
      await using draft = await openIfThere(source)
      if (draft) await copyTree(draft, building, signal)
      await syncFolder(building)
      await rename(building, target)
      await syncFolder(revisions)
    } catch (error) {
      await removeTree(building)
      throw explained(error, overlayId, signal)
    }
  }
}

/** Copies: a file that the draft keeps must not be the one that a revision has. */
async function copyTree(from: SafeFolder, to: string, signal: AbortSignal): Promise<void> {
  for (const name of await from.names()) {
    signal.throwIfAborted()
    const target = join(to, name)
    const inner = (await from.stat(name))?.isDirectory() ? await from.folder(name) : null
    if (inner) {
      await using folder = inner
      await mkdir(target, { mode: 0o755 })
      await copyTree(folder, target, signal)
      await syncFolder(target)
      continue
    }
    const file = await from.openFile(name)
    if (!file) continue
    await using source = file.handle
    await copyFile(`/proc/self/fd/${source.fd}`, target, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
    await using copied = await open(target, 'r')
    await copied.chmod(file.stats.mode & 0o111 ? 0o755 : 0o644)
    await copied.sync()
  }
}

/** A file where the path wants a folder is somebody's own file: it isn't replaced by a folder. */
async function refuseFileAsFolder(draft: SafeFolder, components: readonly string[]): Promise<void> {
  await using opened = new AsyncDisposableStack()
  let folder = draft
  for (const component of components.slice(0, -1)) {
    const next = await folder.folder(component)
    if (!next) return
    opened.use(next)
    folder = next
  }
  const name = components.at(-1)
  if (name !== undefined && (await folder.stat(name))?.isDirectory())
    throw new HostError('file-refused', `${components.join('/')} is a folder in the draft.`, {
      remedy: 'Give the file another name, or delete the folder first.',
    })
}

async function pruneEmptyFolders(draft: SafeFolder, components: readonly string[]): Promise<void> {
  for (let depth = components.length - 1; depth > 0; depth--) {
    const removed = await inFolderOf(draft, components.slice(0, depth), (folder, name) =>
      folder.removeEmptyFolder(name),
    ).catch(() => false)
    if (!removed) return
  }
}

async function openIfThere(path: string): Promise<SafeFolder | null> {
  return SafeFolder.open(path).catch(error => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  })
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  )
}

async function syncFolder(path: string): Promise<void> {
  await using handle = await open(path, 'r')
  await handle.sync()
}

function explained(error: unknown, overlayId: number, signal: AbortSignal): unknown {
  if (signal.aborted)
    return new HostError('cancelled', `Building overlay ${overlayId} was cancelled.`, { cause: error })
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new HostError('disk-full', `Overlay ${overlayId} could not be built: the disk is full.`, {
      remedy: 'Free space on the disk of the data directory.',
      cause: error,
    })
  return error
}

function checkedId(id: number): number {
  if (!Number.isSafeInteger(id) || id < 1) throw new HostError('bad-path', `${id} is not an id.`)
  return id
}
