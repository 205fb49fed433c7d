import type { LayerFolder } from './layer-index.ts'
import { joined } from './layer-index.ts'
import { type HiddenPart, MergedNode } from './merged-node.ts'

/** One layer as the kernel sees it. A LayerIndex is one; an upper has deletions and opaque folders besides. */
export interface TreeLayer {
  readonly folders: readonly LayerFolder[]
  /** Paths that overlayfs shows as gone (character devices 0/0, or `trusted.overlay.whiteout`). */
  readonly whiteouts?: readonly string[]
  /** Folders that hide what the layers below have in them (`overlay.opaque`). */
  readonly opaqueFolders?: readonly string[]
}

export interface MergedEntry {
  readonly name: string
  readonly path: string
  /** `deleted`: a whiteout hides what lower layers have here. */
  readonly kind: 'file' | 'folder' | 'deleted'
  /** Bytes; null unless it is a file. */
  readonly size: number | null
  /** Permission bits; null unless it is a file. */
  readonly mode: number | null
  /** Position of the layer that it comes from, 0 for the uppermost; of a folder the uppermost that has it. */
  readonly layer: number
  /** Every layer that has a part in it: for a file that one, for a folder all that reach into it. */
  readonly layers: readonly number[]
  /** What lower layers have in its place, uppermost first. */
  readonly hides: readonly HiddenPart[]
}

export interface MergedPage {
  /** By name. */
  readonly entries: readonly MergedEntry[]
  /** Give it as `after` for the next page; null on the last. */
  readonly next: string | null
}

/**
 * The files that a stack of layers shows, where each comes from, and what it hides: overlayfs's own rules
 * (https://docs.kernel.org/filesystems/overlayfs.html). Folders of all layers are one; anything else hides what is below
 * it; a file between two layers' folders ends the merging there.
 */
export class MergedTree {
  readonly #root: MergedNode
  /** Files that are seen, and their bytes. */
  readonly files: number
  readonly bytes: number

  private constructor(root: MergedNode, files: number, bytes: number) {
    this.#root = root
    this.files = files
    this.bytes = bytes
  }

  /** `layers`: uppermost first. Linear in the files of all of them. */
  static of(layers: readonly TreeLayer[]): MergedTree {
    const root = new MergedNode('', 'folder', 0)
    for (const [layer, content] of layers.entries()) addLayer(root, layer, content)
    let files = 0
    let bytes = 0
    root.visit(node => {
      if (node.kind !== 'file') return
      files += 1
      bytes += node.size
    })
    return new MergedTree(root, files, bytes)
  }

  /** null where nothing is seen, and nothing was deleted. The empty path is the whole tree. */
  find(path: string): MergedEntry | null {
    const node = this.#node(path)
    return node === null || !isShown(node) ? null : entryOf(node, path)
  }

  /** What a folder shows, page by page; null when the path is no folder. */
  list(path: string, page: { readonly after?: string; readonly limit: number }): MergedPage | null {
    const node = this.#node(path)
    if (node?.kind !== 'folder') return null
    const shown = node.sortedChildren()
    let from = 0
    if (page.after !== undefined) {
      let end = shown.length
      while (from < end) {
        const middle = (from + end) >>> 1
        if ((shown[middle]?.name ?? '') <= page.after) from = middle + 1
        else end = middle
      }
    }
    const entries: MergedEntry[] = []
    let at = from
    for (; at < shown.length && entries.length < page.limit; at += 1) {
      const child = shown[at]
      if (child !== undefined && isShown(child)) entries.push(entryOf(child, joined(path, child.name)))
    }
    const more = shown.slice(at).some(isShown)
    return { entries, next: more ? (entries.at(-1)?.name ?? null) : null }
  }

  /** Every file, folder and deletion, folders before what is in them; in no other order. */
  *entries(): Generator<MergedEntry> {
    const pending: { path: string; node: MergedNode }[] = [{ path: '', node: this.#root }]
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      for (const child of next.node.children.values()) {
        const path = joined(next.path, child.name)
        if (isShown(child)) yield entryOf(child, path)
        if (child.kind === 'folder') pending.push({ path, node: child })
      }
    }
  }

  #node(path: string): MergedNode | null {
    let node: MergedNode | undefined = this.#root
    if (path !== '') for (const name of path.split('/')) node = node?.children.get(name)
    return node ?? null
  }
}

function addLayer(root: MergedNode, layer: number, content: TreeLayer): void {
  for (const path of content.opaqueFolders ?? []) {
    const { node, complete } = enter(root, path, layer)
    if (complete) node.seal(layer)
  }
  for (const path of content.whiteouts ?? []) {
    const slash = path.lastIndexOf('/')
    const { node, complete } = enter(root, slash < 0 ? '' : path.slice(0, slash), layer)
    if (complete) node.addWhiteout(path.slice(slash + 1), layer)
  }
  for (const { path, files } of content.folders) {
    const { node, complete } = enter(root, path, layer)
    if (complete) for (const file of files) node.addFile(file, layer)
    else for (const file of files) node.hide(layer, 'folder', file.size)
  }
}

/** The folder of a layer in the tree, made where it is new; or, not complete, what hides it. */
function enter(root: MergedNode, path: string, layer: number): { node: MergedNode; complete: boolean } {
  let node = root
  if (node.isSealedFor(layer)) return { node, complete: false }
  node.join(layer)
  if (path === '') return { node, complete: true }
  for (const name of path.split('/')) {
    const child: MergedNode = node.children.get(name) ?? node.addFolder(name, layer)
    if (child.kind !== 'folder' || child.isSealedFor(layer)) return { node: child, complete: false }
    child.join(layer)
    node = child
  }
  return { node, complete: true }
}

/** A deletion of nothing (left by a program that made and removed a file, or of a layer that is gone) isn't shown. */
function isShown(node: MergedNode): boolean {
  return node.kind !== 'whiteout' || node.hides.length > 0
}

function entryOf(node: MergedNode, path: string): MergedEntry {
  const { name, layer, hides } = node
  if (node.kind === 'folder')
    return { name, path, kind: 'folder', size: null, mode: null, layer, layers: node.layers, hides }
  const layers = [layer]
  if (node.kind === 'whiteout')
    return { name, path, kind: 'deleted', size: null, mode: null, layer, layers, hides }
  return { name, path, kind: 'file', size: node.size, mode: node.mode, layer, layers, hides }
}
