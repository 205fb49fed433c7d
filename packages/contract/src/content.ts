import Type from 'typebox'
import { Id, nullable, oneOf, type Static, strictObject } from './schema.ts'

/** What pre-flight says of a revision; docs/reference/content.md lists the codes. */
export const severities = ['error', 'warning', 'note'] as const

export const ContentFinding = strictObject({
  code: Type.String({ description: 'For example vpk-checksum' }),
  severity: oneOf(severities),
  path: nullable(Type.String()),
  message: Type.String(),
  remedy: Type.String(),
})
export type ContentFinding = Static<typeof ContentFinding>

/** A layer of a server as an answer names it: the installation (`overlayId` null), an overlay's revision, or the upper. */
export const LayerName = strictObject({
  kind: oneOf(['upper', 'overlay', 'installation'] as const),
  overlayId: nullable(Id),
  name: Type.String(),
  revision: nullable(Type.Integer()),
})
export type LayerName = Static<typeof LayerName>

/** A layer in a server's stack, and with which revision. */
export const ServerLayer = strictObject(
  {
    overlayId: Id,
    name: Type.String(),
    kind: Type.String({ description: 'Kind of the overlay' }),
    ownerName: nullable(Type.String()),
    /** Whether the server itself names it, or its blueprint. */
    from: oneOf(['server', 'blueprint'] as const),
    /** What the next start takes; null: it was never built. */
    revision: nullable(Type.Integer()),
    newest: nullable(Type.Integer()),
    /** What the running server has mounted; null: it isn't, or the server is stopped. */
    mounted: nullable(Type.Integer()),
    /** Stays on `revision` until somebody changes that. Else it takes the newest at each start. */
    held: Type.Boolean(),
    /** Somebody else's overlay: new revisions are taken only when the server's owner accepts them. */
    needsAcceptance: Type.Boolean(),
    files: Type.Integer(),
    bytes: Type.Integer(),
    findings: strictObject({ errors: Type.Integer(), warnings: Type.Integer() }),
  },
  'ServerLayer',
)
export type ServerLayer = Static<typeof ServerLayer>

/** `revision` null: take the newest at each start. A number: stay on it (which accepts it, for somebody else's overlay). */
export const ServerLayerChange = strictObject({ revision: nullable(Type.Integer({ minimum: 1 })) })
export type ServerLayerChange = Static<typeof ServerLayerChange>

export const LayerConflict = strictObject(
  {
    code: Type.String({ description: 'For example same-map' }),
    severity: oneOf(severities),
    places: Type.Array(
      strictObject({
        layer: LayerName,
        vpk: nullable(Type.String()),
        path: nullable(Type.String()),
      }),
    ),
    /** Index into `places`; null: which of them isn't certain. */
    winner: nullable(Type.Integer()),
    subjects: Type.Array(Type.String()),
    count: Type.Integer(),
    message: Type.String(),
    remedy: Type.String(),
  },
  'LayerConflict',
)
export type LayerConflict = Static<typeof LayerConflict>

export const LayerConflicts = strictObject(
  { items: Type.Array(LayerConflict), left: Type.Integer({ description: 'How many more there are' }) },
  'LayerConflicts',
)
export type LayerConflicts = Static<typeof LayerConflicts>

/** One entry of a folder of a server's merged tree. */
export const ServerFile = strictObject(
  {
    name: Type.String(),
    path: Type.String(),
    kind: oneOf(['file', 'folder', 'deleted', 'other'] as const),
    size: nullable(Type.Integer({ description: 'Bytes' })),
    /** Where it comes from; null for what isn't a part of the tree (links, sockets). */
    layer: nullable(LayerName),
    /** What lower layers have in its place, uppermost first. */
    hides: Type.Array(strictObject({ layer: LayerName, files: Type.Integer(), bytes: Type.Integer() })),
    /** It can be opened in the editor: a regular file, small enough. */
    editable: Type.Boolean(),
  },
  'ServerFile',
)
export type ServerFile = Static<typeof ServerFile>

export const PromoteFile = strictObject({
  path: Type.String({ minLength: 1, maxLength: 1024 }),
  /** An upload overlay of one's own; the file becomes part of its draft. */
  overlayId: Id,
  /** Take it out of the upper as well. */
  remove: Type.Optional(Type.Boolean()),
})
export type PromoteFile = Static<typeof PromoteFile>

export const CampaignChapter = strictObject({
  number: Type.Integer(),
  map: Type.String(),
  title: nullable(Type.String()),
  /** Whether a layer has the map. */
  present: Type.Boolean(),
})

export const Campaign = strictObject(
  {
    id: Type.String({ description: 'Name of the mission, for example L4D2C1' }),
    title: Type.String(),
    official: Type.Boolean(),
    description: nullable(Type.String()),
    author: nullable(Type.String()),
    version: nullable(Type.String()),
    website: nullable(Type.String()),
    modes: Type.Array(strictObject({ mode: Type.String(), chapters: Type.Array(CampaignChapter) })),
    missingMaps: Type.Array(Type.String()),
    /** Bytes. */
    size: Type.Integer(),
    /** Path of its picture on this host (`/api/v1/…`); null: draw one. */
    picture: nullable(Type.String()),
    layer: nullable(LayerName),
    workshopUrl: nullable(Type.String()),
  },
  'Campaign',
)
export type Campaign = Static<typeof Campaign>

/** What a server's layers really hold. */
export const ServerCampaigns = strictObject(
  {
    campaigns: Type.Array(Campaign),
    /** Maps that no campaign lists, which only start by their name. */
    looseMaps: Type.Array(Type.String()),
    /** Campaigns that the library left out because of its limits. */
    left: Type.Integer(),
  },
  'ServerCampaigns',
)
export type ServerCampaigns = Static<typeof ServerCampaigns>

/** What players see without an account, where the owner wants that. */
export const PublicServer = strictObject(
  {
    id: Id,
    name: Type.String(),
    state: Type.String(),
    map: nullable(Type.String()),
    players: Type.Integer(),
    maxPlayers: nullable(Type.Integer()),
    address: Type.String(),
    connectUrl: Type.String(),
    simulated: Type.Boolean(),
    /** Only those that don't come with the game. */
    campaigns: Type.Array(
      strictObject({
        id: Type.String(),
        title: Type.String(),
        description: nullable(Type.String()),
        author: nullable(Type.String()),
        size: Type.Integer(),
        chapters: Type.Integer(),
        picture: nullable(Type.String()),
        workshopUrl: nullable(Type.String()),
      }),
    ),
  },
  'PublicServer',
)
export type PublicServer = Static<typeof PublicServer>

/** One console variable, as the config editor explains it. */
export const Cvar = strictObject(
  {
    name: Type.String(),
    type: oneOf(['boolean', 'integer', 'decimal', 'text'] as const),
    default: nullable(Type.String()),
    minimum: nullable(Type.Number()),
    maximum: nullable(Type.Number()),
    cheat: Type.Boolean(),
    hidden: Type.Boolean(),
    description: Type.String(),
  },
  'Cvar',
)
export type Cvar = Static<typeof Cvar>

/** One launch argument that srcds knows. */
export const LaunchArgument = strictObject(
  {
    name: Type.String({ description: 'For example -tickrate' }),
    /** What follows it; null: nothing. */
    value: nullable(Type.String({ description: 'For example number, map, path' })),
    description: Type.String(),
    /** Set by left4me; can't be given. */
    reserved: Type.Boolean(),
  },
  'LaunchArgument',
)
export type LaunchArgument = Static<typeof LaunchArgument>

/** What the disk is used for. Bytes; what is shared is counted once. */
export const DiskUse = strictObject(
  {
    total: Type.Integer(),
    available: Type.Integer(),
    installation: Type.Integer(),
    overlays: Type.Array(
      strictObject({
        overlayId: Id,
        /** null: no overlay is known by that number. */
        name: nullable(Type.String()),
        draft: Type.Integer(),
        uploads: Type.Integer(),
        revisions: Type.Array(
          strictObject({
            revision: Type.Integer(),
            bytes: Type.Integer(),
            /** What deleting it would free. */
            own: Type.Integer(),
            /** Who keeps it: names of servers. */
            keptBy: Type.Array(Type.String()),
            canGo: Type.Boolean(),
          }),
        ),
      }),
    ),
    servers: Type.Array(strictObject({ serverId: nullable(Id), name: Type.String(), upper: Type.Integer() })),
    workshopCache: strictObject({ bytes: Type.Integer(), unused: Type.Integer(), items: Type.Integer() }),
    leftovers: Type.Integer(),
    /** What cleaning up would free. */
    canGo: Type.Integer(),
  },
  'DiskUse',
)
export type DiskUse = Static<typeof DiskUse>
