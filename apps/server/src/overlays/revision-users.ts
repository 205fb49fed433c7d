import type { LayerReference } from '@left4me/host'
import type { LiveServers } from '../live/live-servers.ts'
import type { ServerDirectory, ServerRecord } from '../servers/server-directory.ts'
import type { HeldLayers } from './held-layers.ts'

/** A server that needs a revision. */
export interface RevisionUser {
  readonly id: number
  readonly name: string
  readonly ownerId: number
  /** It has it mounted now. */
  readonly running: boolean
  /** It stays on it. */
  readonly held: boolean
}

/** Which server needs which revision, whatever its settings say by now. */
export class RevisionUsers {
  readonly #directory: ServerDirectory
  readonly #live: LiveServers
  readonly #held: HeldLayers

  constructor(options: { directory: ServerDirectory; live: LiveServers; held: HeldLayers }) {
    this.#directory = options.directory
    this.#live = options.live
    this.#held = options.held
  }

  /** By revision, of one overlay. */
  async of(overlayId: number): Promise<Map<number, RevisionUser[]>> {
    const held = new Map<number, number>()
    for (const { serverId, revision } of await this.#held.holders(overlayId)) held.set(serverId, revision)
    const running = new Set(this.#live.runningIds())
    const users = new Map<number, RevisionUser[]>()
    for (const record of this.#directory.all()) {
      const heldRevision = held.get(record.id)
      const started = this.#startedWith(record, running).find(layer => layer.overlayId === overlayId)
      for (const revision of new Set([heldRevision, started?.revision])) {
        if (revision === undefined) continue
        const user = {
          id: record.id,
          name: record.name,
          ownerId: record.ownerId,
          running: running.has(record.id) && started?.revision === revision,
          held: heldRevision === revision,
        }
        users.set(revision, [...(users.get(revision) ?? []), user])
      }
    }
    return users
  }

  /** Names of the servers that run with any revision of the overlay. */
  running(overlayId: number): string[] {
    const ids = new Set(this.#live.runningIds())
    return [...this.#directory.all()]
      .filter(
        record =>
          ids.has(record.id) &&
          record.startedWith?.specification.layers.some(layer => layer.overlayId === overlayId),
      )
      .map(record => record.name)
  }

  /** What it runs with, or would be started with by the machine's next boot, which asks nobody for settings. */
  #startedWith(record: ServerRecord, running: ReadonlySet<number>): readonly LayerReference[] {
    const needed = running.has(record.id) || record.wanted === 'running'
    return needed ? (record.startedWith?.specification.layers ?? []) : []
  }
}
