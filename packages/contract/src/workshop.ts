import Type from 'typebox'
import { limits } from './limits.ts'
import { Id, nullable, oneOf, type Static, strictObject, Time } from './schema.ts'

/** The id of a Workshop item or collection: decimal digits, since it doesn't fit a JavaScript number. */
export const WorkshopId = Type.String({ pattern: '^[1-9][0-9]{0,19}$', description: 'Published file id' })
export const WorkshopIds = Type.Array(WorkshopId, { maxItems: limits.workshopIds, uniqueItems: true })

/** An item or collection, as Steam describes it. */
export const WorkshopItem = strictObject(
  {
    id: WorkshopId,
    kind: oneOf(['item', 'collection', 'unknown'] as const),
    title: nullable(Type.String()),
    /** Bytes; of a collection those of all its items. */
    size: nullable(Type.Integer()),
    updatedAt: nullable(Time),
    /** Path of its preview on this host (`/api/v1/…`), which changes with the item; null: it has none. */
    preview: nullable(Type.String()),
    /** Where people see it. */
    url: Type.String(),
    /** Of a collection: every item in it, nested ones included, each once. */
    itemIds: Type.Array(WorkshopId),
    /** What is wrong with it: of another game, gone, banned, a collection within itself. All but the last refuse a build. */
    problem: nullable(Type.String()),
  },
  'WorkshopItem',
)
export type WorkshopItem = Static<typeof WorkshopItem>

export const ResolveWorkshop = strictObject({
  /** Ids, or addresses of Workshop pages, as people paste them. */
  items: Type.Array(Type.String({ minLength: 1, maxLength: 300 }), {
    minItems: 1,
    maxItems: limits.workshopIds,
  }),
})
export type ResolveWorkshop = Static<typeof ResolveWorkshop>

export const ResolvedWorkshop = strictObject(
  {
    /** Those that were asked for, in that order. */
    items: Type.Array(WorkshopItem),
    /** Those within collections. */
    members: Type.Array(WorkshopItem),
    /** All of them together, each once. Bytes. */
    totalSize: Type.Integer(),
    totalItems: Type.Integer(),
    /** Steam can't be asked now, so that this is what it said before; null: it is what Steam says. */
    notice: nullable(Type.String()),
  },
  'ResolvedWorkshop',
)
export type ResolvedWorkshop = Static<typeof ResolvedWorkshop>

/** What the last refresh found: which overlays have a new revision, and which servers would get it. */
export const WorkshopRefresh = strictObject(
  {
    jobId: nullable(Id),
    finishedAt: nullable(Time),
    overlays: Type.Array(
      strictObject({
        overlayId: Id,
        name: Type.String(),
        /** `building`: what changed is being downloaded. */
        outcome: oneOf(['unchanged', 'building', 'published', 'failed'] as const),
        /** The build of what changed. */
        buildJobId: nullable(Id),
        revision: nullable(Type.Integer()),
        changed: Type.Array(strictObject({ id: WorkshopId, title: nullable(Type.String()) })),
        message: nullable(Type.String()),
        servers: Type.Array(
          strictObject({
            serverId: Id,
            name: Type.String(),
            gets: oneOf(['at-next-start', 'when-accepted', 'held'] as const),
          }),
        ),
      }),
    ),
  },
  'WorkshopRefresh',
)
export type WorkshopRefresh = Static<typeof WorkshopRefresh>
