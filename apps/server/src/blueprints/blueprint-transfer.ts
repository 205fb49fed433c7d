import type { ImportedBlueprint } from '@left4me/contract'
import { limits } from '@left4me/contract'
import type { Kysely, Transaction } from 'kysely'
import type { Database } from '../db/schema.ts'
import type { SignedIn } from '../http/endpoints.ts'
import { saveScript } from '../overlays/script-history.ts'
import { refuseReservedSettings } from '../servers/settings/refuse-reserved-settings.ts'
import { answerOfBlueprint, type BlueprintRecord, type BlueprintRows } from './blueprint-rows.ts'
import type { BlueprintDefinition } from './blueprint-text.ts'
import { type KnownOverlay, KnownOverlays } from './known-overlays.ts'
import { digestOf, type OverlayDefinition } from './overlay-definition.ts'

type Importer = Pick<SignedIn, 'userId' | 'role' | 'mayBringCode'>

/**
 * The blueprint with the definitions of its overlays, as far as the reader may see them: a script is its owner's and
 * admins' to see, and of an overlay that isn't shared with the reader only the digest is told.
 */
export async function definitionOf(
  db: Kysely<Database>,
  reader: Importer,
  blueprint: BlueprintRecord,
): Promise<BlueprintDefinition> {
  const known = await KnownOverlays.read(db, blueprint.overlayIds)
  return {
    name: blueprint.name,
    description: blueprint.description,
    arguments: blueprint.arguments,
    config: blueprint.config,
    overlays: blueprint.overlayIds.flatMap(id => {
      const overlay = known.get(id)
      return overlay === undefined ? [] : [shownTo(reader, overlay)]
    }),
  }
}

/**
 * Makes a blueprint of the importer's own from a definition, and the overlays that there isn't one of yet, all or
 * nothing. An overlay that the importer may use and that is built from the same is used instead of a second one; nothing
 * that exists is changed. Rejects with `reserved-setting` for arguments and lines that belong to the platform.
 */
export async function importBlueprint(
  { db, blueprints }: { readonly db: Kysely<Database>; readonly blueprints: BlueprintRows },
  importer: Importer,
  definition: BlueprintDefinition,
): Promise<ImportedBlueprint> {
  refuseReservedSettings(definition, 'of the text')
  const overlays: ImportedBlueprint['overlays'] = []
  const notes: string[] = []
  const id = await db.transaction().execute(async transaction => {
    const known = await KnownOverlays.usable(transaction, importer)
    for (const overlay of definition.overlays) {
      const same = known.sameAs(overlay, importer.userId)
      if (same !== null && overlays.some(each => each.id === same.id)) {
        notes.push(`“${overlay.name}” is built from the same as “${same.name}”, which is used once.`)
      } else if (same !== null) overlays.push({ id: same.id, name: same.name, made: false })
      else {
        const missing = whyNotMade(overlay, importer)
        if (missing !== null) notes.push(missing)
        else {
          const made = await insertOverlay(transaction, overlay, importer.userId)
          known.add(made)
          overlays.push({ id: made.id, name: made.name, made: true })
        }
      }
    }
    const name = await freeName(transaction, importer.userId, definition.name)
    if (name !== definition.name) {
      notes.push(`You have a blueprint called “${definition.name}” already, so that this one is “${name}”.`)
    }
    return blueprints.insertIn(transaction, {
      ownerId: importer.userId,
      name,
      description: definition.description,
      shared: false,
      arguments: definition.arguments,
      config: definition.config,
      overlayIds: overlays.map(overlay => overlay.id),
    })
  })
  return { blueprint: answerOfBlueprint(await blueprints.get(id)), overlays, notes }
}

function shownTo(reader: Importer, { ownerId, shared, definition }: KnownOverlay): OverlayDefinition {
  const own = reader.role === 'admin' || ownerId === reader.userId
  if (own || definition.kind === 'upload' || (shared && definition.kind !== 'script')) return definition
  return { name: definition.name, kind: definition.kind, digest: digestOf(definition) ?? '' }
}

/** One sentence for the person, or null when it can be made. */
function whyNotMade(overlay: OverlayDefinition, importer: Importer): string | null {
  if (overlay.kind === 'upload') {
    return `“${overlay.name}” is left out: the text doesn’t bring the files of upload overlays. Make one, put the files into it, and add it to the blueprint.`
  }
  if ('digest' in overlay) {
    return `“${overlay.name}” is left out: who exported the blueprint may not see what it is built from. Ask its owner to share it with you, and import again.`
  }
  if (overlay.kind === 'script' && !importer.mayBringCode) {
    return `“${overlay.name}” is left out: it is a script, and you may not bring code. Ask an admin for that right, or to make and share this overlay, and import again.`
  }
  return null
}

async function insertOverlay(
  transaction: Transaction<Database>,
  overlay: OverlayDefinition,
  ownerId: number,
): Promise<KnownOverlay> {
  const now = Date.now()
  const { id } = await transaction
    .insertInto('overlays')
    .values({
      name: overlay.name,
      kind: overlay.kind,
      owner_id: ownerId,
      shared: 0,
      script: 'script' in overlay ? overlay.script : null,
      workshop_ids: 'items' in overlay ? JSON.stringify(overlay.items) : null,
      index_url: 'url' in overlay ? overlay.url : null,
      content_changed_at: now,
      created_at: now,
      updated_at: now,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  if ('script' in overlay) await saveScript(transaction, id, overlay.script, ownerId)
  return { id, name: overlay.name, ownerId, shared: false, definition: overlay }
}

/** Its own name, or the first with a number behind that the owner has no blueprint of yet. */
async function freeName(
  transaction: Transaction<Database>,
  ownerId: number,
  wanted: string,
): Promise<string> {
  const rows = await transaction
    .selectFrom('blueprints')
    .select('name')
    .where('owner_id', '=', ownerId)
    .execute()
  const taken = new Set(rows.map(row => row.name))
  let name = wanted
  for (let number = 2; taken.has(name); number += 1) {
    const end = ` (${number})`
    name = wanted.slice(0, limits.blueprintName - end.length).trimEnd() + end
  }
  return name
}
