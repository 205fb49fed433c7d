import Type from 'typebox'
import { limits } from './limits.ts'
import { Id, lineOfText, nullable, oneOf, type Static, strictObject, Time } from './schema.ts'

export const overlayKinds = ['script', 'workshop', 'map-index', 'upload'] as const
export type OverlayKind = (typeof overlayKinds)[number]

/** A named layer of files over the installation. Its root is the game's root: the folder that holds `srcds_run` and `left4dead2/`. */
export const Overlay = strictObject(
  {
    id: Id,
    name: Type.String(),
    kind: oneOf(overlayKinds),
    ownerId: nullable(Id),
    shared: Type.Boolean(),
    revision: nullable(
      Type.Integer({ description: 'Number of the newest revision, null before the first build' }),
    ),
    draftFiles: Type.Integer({ description: 'Files that the next build would publish' }),
    createdAt: Time,
    updatedAt: Time,
  },
  'Overlay',
)
export type Overlay = Static<typeof Overlay>

export const NewOverlay = strictObject({
  name: lineOfText(1, limits.overlayName),
  kind: oneOf(['upload'] as const),
  shared: Type.Optional(Type.Boolean()),
})
export type NewOverlay = Static<typeof NewOverlay>

export const OverlayChange = strictObject({
  name: Type.Optional(lineOfText(1, limits.overlayName)),
  shared: Type.Optional(Type.Boolean()),
})
export type OverlayChange = Static<typeof OverlayChange>

export const OverlayFile = strictObject(
  { path: Type.String(), size: Type.Integer({ description: 'Bytes' }) },
  'OverlayFile',
)
export type OverlayFile = Static<typeof OverlayFile>
