import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { gameFacts } from '../game-facts.ts'
import { officialMaps } from '../official-maps.ts'
import { mountAddons } from './addons.ts'

/** What a server reads and writes in its game folder (`left4dead2/`). A path is relative to it. */
export interface GameFiles {
  /** null when there is no such file. */
  read(path: string): string | null
  hasMap(map: string): boolean
  /** Mounts addons, as the engine does once, at its start; returns the files that are no VPK. */
  mountAddons(): readonly string[]
  /** Names in a folder; none when it isn't there. */
  list(path: string): readonly string[]
  maps(): string[]
  /** Creates what is missing. A failure (full disk, read-only) is swallowed: the engine goes on without the file. */
  append(path: string, text: Uint8Array): void
  /** The same for a whole file. */
  replace(path: string, text: string): void
  /** `cfg/valve.rc`: without it the engine hibernates for ever, and neither queries nor RCON are answered. */
  hasStartScript(): boolean
  /** As the log's first line names it. */
  readonly root: string
}

/** A game tree on disk; `root` is the folder that holds `left4dead2/`. */
export class GameTree implements GameFiles {
  readonly root: string
  #addonMaps: readonly string[] = []

  constructor(root: string) {
    this.root = join(root, gameFacts.gameFolder)
  }

  read(path: string): string | null {
    const inside = this.#inside(path)
    if (inside === null) return null
    try {
      return readFileSync(inside, 'utf8').replace(/^\uFEFF/, '')
    } catch {
      return null
    }
  }

  mountAddons(): readonly string[] {
    const { maps, broken } = mountAddons(this.root)
    this.#addonMaps = maps
    return broken
  }

  list(path: string): readonly string[] {
    const inside = this.#inside(path)
    try {
      return inside === null ? [] : readdirSync(inside).sort()
    } catch {
      return []
    }
  }

  hasMap(map: string): boolean {
    if (!/^[\w-]+$/.test(map)) return false
    return this.#addonMaps.includes(map.toLowerCase()) || existsSync(join(this.root, 'maps', `${map}.bsp`))
  }

  maps(): string[] {
    const own = this.list('maps').filter(name => name.endsWith('.bsp'))
    return [...new Set([...own.map(name => name.slice(0, -4)), ...this.#addonMaps])].sort()
  }

  hasStartScript(): boolean {
    return existsSync(join(this.root, 'cfg/valve.rc'))
  }

  append(path: string, text: Uint8Array): void {
    this.#write(path, text, 'a')
  }

  replace(path: string, text: string): void {
    this.#write(path, text, 'w')
  }

  #write(path: string, text: string | Uint8Array, flag: 'a' | 'w'): void {
    const inside = this.#inside(path)
    if (inside === null) return
    try {
      mkdirSync(dirname(inside), { recursive: true })
      writeFileSync(inside, text, { flag })
    } catch {
      // The engine plays on when it can't write.
    }
  }

  #inside(path: string): string | null {
    const relative = normalize(path)
    return relative.startsWith('..') || relative.startsWith('/') ? null : join(this.root, relative)
  }
}

/** A server without a game tree: the official maps, and configuration files that were handed over. Writes nothing. */
export class MemoryGameFiles implements GameFiles {
  readonly root = `/${gameFacts.simulated}/${gameFacts.gameFolder}`
  readonly #files: Readonly<Record<string, string>>

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.#files = files
  }

  read(path: string): string | null {
    return Object.hasOwn(this.#files, path) ? (this.#files[path] ?? null) : null
  }

  mountAddons(): readonly string[] {
    return []
  }

  list(): readonly string[] {
    return []
  }

  hasMap(map: string): boolean {
    return officialMaps.includes(map) || this.read(`maps/${map}.bsp`) !== null
  }

  maps(): string[] {
    return [...officialMaps]
  }

  hasStartScript(): boolean {
    return true
  }

  append(): void {
    // Nothing is kept.
  }

  replace(): void {
    // Nothing is kept.
  }
}
