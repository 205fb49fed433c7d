import { compareText } from '../compare-text.ts'
import type { IndexedFile } from './layer-index.ts'

export interface HiddenPart {
  readonly layer: number
  readonly kind: 'file' | 'folder'
  /** Files that aren't seen because of it, and their bytes. */
  readonly files: number
  readonly bytes: number
}

const nothing: never[] = []
const noChildren: ReadonlyMap<string, MergedNode> = new Map()

/** One name in a merged tree. Layers are added uppermost first, so that who comes later is hidden by who was before. */
export class MergedNode {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'whiteout'
  readonly layer: number
  readonly size: number
  readonly mode: number
  /** Of a folder: the layers that have a part in it. */
  readonly layers: number[]
  #children: Map<string, MergedNode> | null = null
  #sorted: readonly MergedNode[] | null = null
  #hides: HiddenPart[] | null = null
  /** Layers below this one don't reach into the folder. */
  #sealedBelow = Number.POSITIVE_INFINITY

  constructor(name: string, kind: MergedNode['kind'], layer: number, size = 0, mode = 0) {
    this.name = name
    this.kind = kind
    this.layer = layer
    this.size = size
    this.mode = mode
    this.layers = kind === 'folder' ? [] : nothing
  }

  get children(): ReadonlyMap<string, MergedNode> {
    return this.#children ?? noChildren
  }

  get hides(): readonly HiddenPart[] {
    return this.#hides ?? nothing
  }

  sortedChildren(): readonly MergedNode[] {
    this.#sorted ??= [...this.children.values()].sort((a, b) => compareText(a.name, b.name))
    return this.#sorted
  }

  isSealedFor(layer: number): boolean {
    return layer > this.#sealedBelow
  }

  seal(layer: number): void {
    this.#sealedBelow = Math.min(this.#sealedBelow, layer)
  }

  join(layer: number): void {
    if (this.layers.at(-1) !== layer) this.layers.push(layer)
  }

  addFolder(name: string, layer: number): MergedNode {
    return this.#add(new MergedNode(name, 'folder', layer))
  }

  addFile({ name, size, mode }: IndexedFile, layer: number): void {
    const known = this.#children?.get(name)
    if (known === undefined) {
      this.#add(new MergedNode(name, 'file', layer, size, mode))
      return
    }
    // overlayfs merges folders only as far down as there is nothing else between them.
    if (known.kind === 'folder') known.seal(layer)
    known.hide(layer, 'file', size)
  }

  addWhiteout(name: string, layer: number): void {
    const known = this.#children?.get(name)
    if (known === undefined) this.#add(new MergedNode(name, 'whiteout', layer))
    else if (known.kind === 'folder') known.seal(layer)
  }

  /** Counts one file of a lower layer that isn't seen because of this node. */
  hide(layer: number, kind: HiddenPart['kind'], bytes: number): void {
    this.#hides ??= []
    const last = this.#hides.at(-1)
    if (last?.layer === layer && last.kind === kind)
      this.#hides[this.#hides.length - 1] = {
        layer,
        kind,
        files: last.files + 1,
        bytes: last.bytes + bytes,
      }
    else this.#hides.push({ layer, kind, files: 1, bytes })
  }

  visit(visitor: (node: MergedNode) => void): void {
    visitor(this)
    for (const child of this.children.values()) child.visit(visitor)
  }

  #add(node: MergedNode): MergedNode {
    this.#children ??= new Map()
    this.#children.set(node.name, node)
    return node
  }
}
