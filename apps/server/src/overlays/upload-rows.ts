import type { Kysely, Selectable } from 'kysely'
import type { Database } from '../db/schema.ts'
import { ProblemError } from '../http/problem-error.ts'

export type UploadRow = Selectable<Database['overlay_uploads']>

/** Files that were announced and are on their way. How much of each is there, the host knows. */
export class UploadRows {
  readonly #db: Kysely<Database>

  constructor(db: Kysely<Database>) {
    this.#db = db
  }

  /** Oldest first. */
  list(overlayId: number): Promise<UploadRow[]> {
    return this.#db
      .selectFrom('overlay_uploads')
      .selectAll()
      .where('overlay_id', '=', overlayId)
      .orderBy('id')
      .execute()
  }

  find(overlayId: number, id: number): Promise<UploadRow | undefined> {
    return this.#db
      .selectFrom('overlay_uploads')
      .selectAll()
      .where('overlay_id', '=', overlayId)
      .where('id', '=', id)
      .executeTakeFirst()
  }

  /** Rejects with `not-found`. */
  async get(overlayId: number, id: number): Promise<UploadRow> {
    const row = await this.find(overlayId, id)
    if (row === undefined) {
      throw new ProblemError(
        'not-found',
        `There is no upload ${id}: it was taken or given up. Begin it anew.`,
      )
    }
    return row
  }

  insert(upload: { overlayId: number; name: string; size: number }): Promise<UploadRow> {
    return this.#db
      .insertInto('overlay_uploads')
      .values({
        overlay_id: upload.overlayId,
        name: upload.name,
        size: upload.size,
        created_at: Date.now(),
      })
      .returningAll()
      .executeTakeFirstOrThrow()
  }

  /** Idempotent. */
  async remove(id: number): Promise<void> {
    await this.#db.deleteFrom('overlay_uploads').where('id', '=', id).execute()
  }

  /** Those that were announced before a moment (ms since the epoch). */
  announcedBefore(time: number): Promise<UploadRow[]> {
    return this.#db.selectFrom('overlay_uploads').selectAll().where('created_at', '<', time).execute()
  }
}
