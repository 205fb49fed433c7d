import Type from 'typebox'
import { ContentFinding } from './content.ts'
import { limits } from './limits.ts'
import { Id, lineOfText, nullable, oneOf, type Static, strictObject, Time } from './schema.ts'
import { WorkshopIds } from './workshop.ts'

export const overlayKinds = ['script', 'workshop', 'map-index', 'upload'] as const
export type OverlayKind = (typeof overlayKinds)[number]

const Script = Type.String({
  maxLength: limits.scriptLength,
  pattern: '^[^\\u0000]*$',
  description: 'A bash script that fills the folder $OVERLAY',
})
const IndexUrl = Type.String({
  minLength: 1,
  maxLength: 2000,
  pattern: '^https?://[^\\s\\u0000-\\u001f]+$',
  description: 'Where the index is: lines of name;size;md5;link',
})

/** A named layer of files over the installation. Its root is the game's root: the folder that holds `srcds_run` and `left4dead2/`. */
export const Overlay = strictObject(
  {
    id: Id,
    name: Type.String(),
    kind: oneOf(overlayKinds),
    ownerId: nullable(Id),
    ownerName: nullable(Type.String()),
    shared: Type.Boolean(),
    /** Of a script overlay, for its owner and admins; else null. */
    script: nullable(Type.String()),
    /** Of a workshop overlay: items and collections, as they were added; else null. */
    workshopIds: nullable(Type.Array(Type.String())),
    /** Of a map-index overlay; else null. */
    indexUrl: nullable(Type.String()),
    revision: nullable(
      Type.Integer({ description: 'Number of the newest revision, null before the first build' }),
    ),
    /** Of the newest revision. */
    files: Type.Integer(),
    bytes: Type.Integer(),
    findings: strictObject({ errors: Type.Integer(), warnings: Type.Integer(), notes: Type.Integer() }),
    publishedAt: nullable(Time),
    draftFiles: Type.Integer({ description: 'Files that the next build of an upload overlay would publish' }),
    /** What the newest revision lacks: the draft, the script or the items were changed since. */
    buildNeeded: Type.Boolean(),
    usedBy: strictObject({
      servers: Type.Array(strictObject({ id: Id, name: Type.String() })),
      blueprints: Type.Array(strictObject({ id: Id, name: Type.String() })),
    }),
    /** Its queued or running build. */
    jobId: nullable(Id),
    createdAt: Time,
    updatedAt: Time,
  },
  'Overlay',
)
export type Overlay = Static<typeof Overlay>

export const NewOverlay = strictObject({
  name: lineOfText(1, limits.overlayName),
  kind: oneOf(overlayKinds),
  shared: Type.Optional(Type.Boolean()),
  script: Type.Optional(Script),
  workshopIds: Type.Optional(WorkshopIds),
  indexUrl: Type.Optional(IndexUrl),
})
export type NewOverlay = Static<typeof NewOverlay>

export const OverlayChange = strictObject({
  name: Type.Optional(lineOfText(1, limits.overlayName)),
  shared: Type.Optional(Type.Boolean()),
  script: Type.Optional(Script),
  workshopIds: Type.Optional(WorkshopIds),
  indexUrl: Type.Optional(IndexUrl),
})
export type OverlayChange = Static<typeof OverlayChange>

export const OverlayFile = strictObject(
  { path: Type.String(), size: Type.Integer({ description: 'Bytes' }) },
  'OverlayFile',
)
export type OverlayFile = Static<typeof OverlayFile>

/** One immutable built result. */
export const OverlayRevision = strictObject(
  {
    revision: Type.Integer(),
    publishedAt: Time,
    files: Type.Integer(),
    bytes: Type.Integer(),
    /** SHA-256 of the whole content. */
    digest: Type.String(),
    findings: Type.Array(ContentFinding),
    /** Items of the Workshop, or archives of the index. */
    sources: Type.Array(
      strictObject({
        id: Type.String(),
        title: Type.String(),
        version: Type.String(),
        bytes: Type.Integer(),
      }),
    ),
    jobId: nullable(Id),
    /** Servers that run with it, and those that stay on it. */
    usedBy: Type.Array(
      strictObject({ id: Id, name: Type.String(), running: Type.Boolean(), held: Type.Boolean() }),
    ),
    newest: Type.Boolean(),
  },
  'OverlayRevision',
)
export type OverlayRevision = Static<typeof OverlayRevision>

/** An earlier text of a script overlay. */
export const OverlayScript = strictObject(
  { id: Id, script: Type.String(), username: nullable(Type.String()), savedAt: Time },
  'OverlayScript',
)
export type OverlayScript = Static<typeof OverlayScript>

/** A file on its way into the draft: sent in parts, and continued after a broken connection. */
export const OverlayUpload = strictObject(
  {
    id: Id,
    name: Type.String(),
    /** Bytes, as it was announced. */
    size: Type.Integer(),
    /** Bytes that are there: send on from here. */
    received: Type.Integer(),
    createdAt: Time,
  },
  'OverlayUpload',
)
export type OverlayUpload = Static<typeof OverlayUpload>

export const NewOverlayUpload = strictObject({
  /** The file's own name; what it is is told by its content. */
  name: Type.String({ minLength: 1, maxLength: 255, pattern: '^[^/\\\\\\u0000-\\u001f\\u007f-\\u009f]+$' }),
  size: Type.Integer({ minimum: 1, maximum: limits.uploadBytes }),
})
export type NewOverlayUpload = Static<typeof NewOverlayUpload>

/** Where a loose file goes, below the overlay's root; not needed for VPKs and archives. */
export const TakeUpload = strictObject({
  path: Type.Optional(Type.String({ minLength: 1, maxLength: 1024 })),
})
export type TakeUpload = Static<typeof TakeUpload>

/** One entry of a folder of a revision. */
export const RevisionFile = strictObject(
  {
    name: Type.String(),
    path: Type.String(),
    kind: oneOf(['file', 'folder'] as const),
    size: nullable(Type.Integer()),
  },
  'RevisionFile',
)
export type RevisionFile = Static<typeof RevisionFile>
