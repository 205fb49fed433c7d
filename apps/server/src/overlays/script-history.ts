import type { OverlayScript } from '@left4me/contract'
import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../db/schema.ts'

/** Texts of one overlay that are kept. */
const kept = 50

/** Adds the newest text, and forgets the oldest beyond those that are kept. */
export async function saveScript(
  transaction: Transaction<Database>,
  overlayId: number,
  script: string,
  userId: number | null,
): Promise<void> {
  await transaction
    .insertInto('overlay_scripts')
    .values({ overlay_id: overlayId, script, user_id: userId, saved_at: Date.now() })
    .execute()
  await transaction
    .deleteFrom('overlay_scripts')
    .where('overlay_id', '=', overlayId)
    .where('id', 'not in', eb =>
      eb
        .selectFrom('overlay_scripts')
        .select('id')
        .where('overlay_id', '=', overlayId)
        .orderBy('id', 'desc')
        .limit(kept),
    )
    .execute()
}

/** Newest first; the first is the present one. */
export async function listScripts(db: Kysely<Database>, overlayId: number): Promise<OverlayScript[]> {
  const rows = await db
    .selectFrom('overlay_scripts')
    .leftJoin('users', 'users.id', 'overlay_scripts.user_id')
    .select(['overlay_scripts.id', 'script', 'username', 'saved_at'])
    .where('overlay_id', '=', overlayId)
    .orderBy('overlay_scripts.id', 'desc')
    .execute()
  return rows.map(row => ({
    id: row.id,
    script: row.script,
    username: row.username,
    savedAt: new Date(row.saved_at).toISOString(),
  }))
}
