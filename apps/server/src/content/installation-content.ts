import type { Host } from '@left4me/host'
import { decodeLayerIndex, type LayerIndex } from '@left4me/protocols'

/** Revisions whose indexes are kept: the current one, and one that servers still run with. */
const mostKept = 2

/** The lowest layer of every server. Indexes are kept: a revision never changes. */
export class InstallationContent {
  readonly #host: Pick<Host, 'installation'>
  readonly #kept = new Map<string, Promise<LayerIndex | null>>()

  constructor(options: { readonly host: Pick<Host, 'installation'> }) {
    this.#host = options.host
  }

  /** Of the current revision; null when nothing is installed. `revision` null: an earlier left4me installed it. */
  async current(): Promise<{ readonly revision: number | null; readonly index: LayerIndex } | null> {
    const { state, revision, buildId, updatedAt } = await this.#host.installation.status()
    if (state !== 'ready') return null
    const key = revision === null ? `${buildId} ${updatedAt}` : String(revision)
    const index = await this.#read(key, revision)
    return index === null ? null : { revision, index }
  }

  /** Of the revision that a server was started with. */
  async of(revision: number): Promise<LayerIndex | null> {
    return this.#read(String(revision), revision)
  }

  /** null when there is no such file. */
  async read(revision: number | null, path: string, maxBytes: number): Promise<Buffer | null> {
    return this.#host.installation.readFile(revision, path, maxBytes)
  }

  #read(key: string, revision: number | null): Promise<LayerIndex | null> {
    const kept = this.#kept.get(key)
    if (kept) return kept
    const reading = this.#host.installation
      .readIndex(revision)
      .then(text => (text === null ? null : decodeLayerIndex(text)))
    this.#kept.set(key, reading)
    // Neither a failure nor an absence is remembered.
    void reading.then(
      index => index === null && this.#kept.delete(key),
      () => this.#kept.delete(key),
    )
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break
      this.#kept.delete(oldest)
    }
    return reading
  }
}
