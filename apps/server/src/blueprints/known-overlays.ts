import type { Kysely, Selectable, Transaction } from 'kysely'
import { sql } from 'kysely'
import { isListOfText, parseJsonColumn } from '../db/json-column.ts'
import type { Database } from '../db/schema.ts'
import type { Viewer } from '../overlays/overlay-rows.ts'
import { digestOf, type OverlayDefinition } from './overlay-definition.ts'

export interface KnownOverlay {
  readonly id: number
  readonly name: string
  readonly ownerId: number | null
  readonly shared: boolean
  readonly definition: OverlayDefinition
}

type Executor = Kysely<Database> | Transaction<Database>
type Row = Selectable<Database['overlays']> & { digest: string | null }

/** Overlays by what they are built from. */
export class KnownOverlays {
  readonly #byId: Map<number, KnownOverlay>

  private constructor(overlays: readonly KnownOverlay[]) {
    this.#byId = new Map(overlays.map(overlay => [overlay.id, overlay]))
  }

  /** By id; those that are gone are missing. Throws CorruptRowError. */
  static async read(db: Executor, ids: readonly number[]): Promise<KnownOverlays> {
    if (ids.length === 0) return new KnownOverlays([])
    return new KnownOverlays((await select(db).where('overlays.id', 'in', ids).execute()).map(knownOf))
  }

  /** Those that somebody may use: their own and the shared ones; all of them for an admin. Throws CorruptRowError. */
  static async usable(db: Executor, viewer: Viewer): Promise<KnownOverlays> {
    const rows = await select(db)
      .$if(viewer.role !== 'admin', query =>
        query.where(eb => eb.or([eb('owner_id', '=', viewer.userId), eb('shared', '=', 1)])),
      )
      .orderBy('overlays.id')
      .execute()
    return new KnownOverlays(rows.map(knownOf))
  }

  get(id: number): KnownOverlay | undefined {
    return this.#byId.get(id)
  }

  add(overlay: KnownOverlay): void {
    this.#byId.set(overlay.id, overlay)
  }

  /** One that is built from the same: one's own rather than a shared one, a shared one rather than another's. */
  sameAs(wanted: OverlayDefinition, userId: number): KnownOverlay | null {
    const digest = digestOf(wanted)
    if (digest === null) return null
    const same = [...this.#byId.values()].filter(
      ({ definition }) => definition.kind === wanted.kind && digestOf(definition) === digest,
    )
    return (
      same.find(overlay => overlay.ownerId === userId) ??
      same.find(overlay => overlay.shared) ??
      same[0] ??
      null
    )
  }
}

function select(db: Executor) {
  return db
    .selectFrom('overlays')
    .leftJoin('overlay_revisions', join =>
      join
        .onRef('overlay_revisions.overlay_id', '=', 'overlays.id')
        .onRef('overlay_revisions.revision', '=', 'overlays.revision'),
    )
    .selectAll('overlays')
    .select(sql<string | null>`json_extract(overlay_revisions.summary, '$.digest')`.as('digest'))
}

function knownOf(row: Row): KnownOverlay {
  const { id, name, owner_id: ownerId } = row
  return { id, name, ownerId, shared: row.shared === 1, definition: definitionOfRow(row) }
}

function definitionOfRow(row: Row): OverlayDefinition {
  const { name, kind } = row
  switch (kind) {
    case 'script':
      return { name, kind, script: row.script ?? '' }
    case 'workshop': {
      const cell = { table: 'overlays', id: row.id, column: 'workshop_ids' } as const
      return { name, kind, items: parseJsonColumn(cell, row.workshop_ids ?? '[]', isListOfText) }
    }
    case 'map-index':
      return { name, kind, url: row.index_url ?? '' }
    case 'upload':
      return { name, kind, digest: row.digest }
  }
}
