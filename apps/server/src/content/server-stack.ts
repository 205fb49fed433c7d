import type { LayerName, OverlayKind } from '@left4me/contract'
import type { BlueprintRows } from '../blueprints/blueprint-rows.ts'
import type { OverlayRows } from '../overlays/overlay-rows.ts'
import type { ServerRecord } from '../servers/server-directory.ts'

/** One overlay's revision in a server's stack. */
export interface StackLayer {
  readonly overlayId: number
  readonly revision: number
  readonly name: string
  readonly kind: OverlayKind
}

/**
 * Which revisions a server is made of, uppermost first. What can't be started with (an overlay that is gone or was never
 * built) is left out: this is for looking at content, and a start says what is wrong.
 */
export class ServerStacks {
  readonly #overlays: OverlayRows
  readonly #blueprints: BlueprintRows

  constructor(options: { overlays: OverlayRows; blueprints: BlueprintRows }) {
    this.#overlays = options.overlays
    this.#blueprints = options.blueprints
  }

  /** What the next start takes: of each overlay the revision that the server stays on, else the newest. */
  async next(record: ServerRecord): Promise<StackLayer[]> {
    const { blueprintId } = record
    const inherited = blueprintId === null ? [] : await this.#blueprints.overlayIdsOf(blueprintId)
    const ids = [...new Set([...record.overlayIds, ...inherited])]
    const [known, held] = await Promise.all([this.#overlays.byIds(ids), this.#overlays.heldBy(record.id)])
    return ids.flatMap(overlayId => {
      const overlay = known.get(overlayId)
      const revision = held.get(overlayId) ?? overlay?.revision ?? null
      return overlay === undefined || revision === null
        ? []
        : [{ overlayId, revision, name: overlay.name, kind: overlay.kind }]
    })
  }

  /** What it was last started with, and has mounted while it runs; null when it never was. */
  async mounted(record: ServerRecord): Promise<StackLayer[] | null> {
    const layers = record.startedWith?.specification.layers
    if (layers === undefined) return null
    const known = await this.#overlays.byIds(layers.map(({ overlayId }) => overlayId))
    return layers.map(({ overlayId, revision }) => {
      const overlay = known.get(overlayId)
      return {
        overlayId,
        revision,
        name: overlay?.name ?? `Overlay ${overlayId}`,
        kind: overlay?.kind ?? 'upload',
      }
    })
  }
}

export function layerNameOf({ overlayId, revision, name }: StackLayer): LayerName {
  return { kind: 'overlay', overlayId, name, revision }
}

export const upperName: LayerName = { kind: 'upper', overlayId: null, name: 'This server', revision: null }

export function installationName(revision: number | null): LayerName {
  return { kind: 'installation', overlayId: null, name: 'Game', revision }
}
