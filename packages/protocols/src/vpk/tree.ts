import { ProtocolError } from '../protocol-error.ts'
import type { VpkHeader } from './header.ts'

export interface VpkEntry {
  /** As stored, with forward slashes. May hold anything: see `isSafeVpkPath` before it becomes a path of a disk. */
  readonly path: string
  readonly crc32: number
  /** The whole file: preloaded bytes, then those in the archive. */
  readonly size: number
  /** Where the preloaded bytes begin within the tree, and how many they are. */
  readonly preloadOffset: number
  readonly preloadBytes: number
  /** null: in the directory's own file, else the number of `NAME_NNN.vpk`. */
  readonly archive: number | null
  /** Where the rest begins: counted from the end of the tree when `archive` is null. */
  readonly offset: number
  readonly length: number
}

export interface VpkTree {
  /** In stored order; of several with the same path (letter case doesn't count) only the first, as the engine takes it. */
  readonly entries: readonly VpkEntry[]
  readonly duplicates: number
}

/** Reports say that the engine silently mounts nothing with more than about 220,000. */
const maxVpkEntries = 300_000
/** Characters of all paths: an extension or a folder stands in the list once, and in the path of each of its files. */
const maxVpkText = 64 * 1024 * 1024

const ownArchive = 0x7fff
const terminator = 0xffff

const oneByte = new TextDecoder('latin1')
const utf8 = new TextDecoder('utf-8')

/**
 * Reads the list of files. `fileBytes`: size of the file that it stands in, against which ranges are checked. Throws
 * `malformed` for a broken list and for a file whose bytes aren't there, `too-large` beyond `maxVpkEntries` and `maxVpkText`.
 * Linear.
 */
export function readVpkTree(tree: Uint8Array, header: VpkHeader, fileBytes: number): VpkTree {
  const reader = new TreeReader(tree, header, fileBytes)
  return reader.read()
}

class TreeReader {
  readonly #tree: Uint8Array
  /** The whole tree as one text, of which ASCII names are parts: far faster than decoding each. */
  readonly #text: string
  readonly #view: DataView
  readonly #ownBytes: number
  readonly #entries: VpkEntry[] = []
  readonly #known = new Set<string>()
  #at = 0
  #duplicates = 0
  #characters = 0

  constructor(tree: Uint8Array, header: VpkHeader, fileBytes: number) {
    this.#tree = tree
    this.#text = oneByte.decode(tree)
    this.#view = new DataView(tree.buffer, tree.byteOffset, tree.byteLength)
    const behindTree = fileBytes - header.treeOffset - header.treeBytes
    this.#ownBytes = header.dataBytes === null ? behindTree : Math.min(behindTree, header.dataBytes)
  }

  /** Extensions, in each folders, in each names; each level ends with an empty string. */
  read(): VpkTree {
    for (;;) {
      const extension = this.#string()
      if (extension === '') break
      for (;;) {
        const folder = this.#string()
        if (folder === '') break
        this.#readFolder(folder === ' ' ? '' : `${folder}/`, extension === ' ' ? '' : `.${extension}`)
      }
    }
    return { entries: this.#entries, duplicates: this.#duplicates }
  }

  #readFolder(prefix: string, suffix: string): void {
    for (;;) {
      const name = this.#string()
      if (name === '') return
      const entry = this.#entry(`${prefix}${name}${suffix}`)
      this.#characters += entry.path.length
      if (this.#characters > maxVpkText)
        throw new ProtocolError('too-large', 'The VPK lists names that are too long and too many.')
      const key = entry.path.toLowerCase()
      if (this.#known.has(key)) {
        this.#duplicates += 1
      } else {
        this.#known.add(key)
        this.#entries.push(entry)
      }
      if (this.#entries.length + this.#duplicates > maxVpkEntries) {
        throw new ProtocolError('too-large', `The VPK lists more than ${maxVpkEntries} files.`)
      }
    }
  }

  #entry(path: string): VpkEntry {
    const at = this.#at
    if (at + 18 > this.#tree.length) throw this.#cut()
    const preloadBytes = this.#view.getUint16(at + 4, true)
    const archive = this.#view.getUint16(at + 6, true)
    const offset = this.#view.getUint32(at + 8, true)
    const length = this.#view.getUint32(at + 12, true)
    if (this.#view.getUint16(at + 16, true) !== terminator) {
      throw new ProtocolError('malformed', `The list of files is broken behind “${path.slice(0, 200)}”.`)
    }
    this.#at = at + 18 + preloadBytes
    if (this.#at > this.#tree.length) throw this.#cut()
    if (archive === ownArchive && offset + length > this.#ownBytes) {
      throw new ProtocolError('malformed', `“${path.slice(0, 200)}” goes beyond the end of the VPK.`, {
        remedy: 'The VPK is cut off: fetch it again.',
      })
    }
    return {
      path,
      crc32: this.#view.getUint32(at, true),
      size: preloadBytes + length,
      preloadOffset: at + 18,
      preloadBytes,
      archive: archive === ownArchive ? null : archive,
      offset,
      length,
    }
  }

  #string(): string {
    const tree = this.#tree
    const start = this.#at
    let end = start
    let highBits = 0
    for (let byte = tree[end]; byte !== 0; byte = tree[end]) {
      if (byte === undefined) throw this.#cut()
      highBits |= byte
      end += 1
    }
    this.#at = end + 1
    return highBits < 0x80 ? this.#text.slice(start, end) : utf8.decode(tree.subarray(start, end))
  }

  #cut(): ProtocolError {
    return new ProtocolError('malformed', 'The list of files ends in the middle of an entry.')
  }
}

/**
 * Whether a stored path may become one below a folder: relative, forward slashes, no `..`, no control characters, nothing
 * that is special on any system.
 */
export function isSafeVpkPath(path: string): boolean {
  if (path.length === 0 || path.length > 1024 || /[\0-\x1f\x7f\\:*?"<>|]/.test(path)) return false
  return path.split('/').every(part => part !== '' && part !== '.' && part !== '..' && part.length <= 255)
}
