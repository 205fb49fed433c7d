import Type from 'typebox'
import { limits } from './limits.ts'
import { Id, lineOfText, nullable, type Static, strictObject, Time } from './schema.ts'

/** One argument of srcds_run, for example `+map` or `c2m1_highway`. The engine has no escapes, so quotes can't be passed. */
export const Argument = Type.String({
  minLength: 1,
  maxLength: limits.argumentLength,
  pattern: '^[^\\u0000-\\u0020\\u007f-\\u009f\\u2028\\u2029"\'`\\\\;$]+$',
  description:
    'One launch argument: no blanks, quotes, semicolons, backslashes, dollars or control characters',
})

export const Arguments = Type.Array(Argument, { maxItems: limits.argumentsPerServer })

/** One line of server.cfg. */
export const ConfigLine = Type.String({
  maxLength: limits.configLineLength,
  pattern: '^[^\\u0000-\\u0008\\u000a-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$',
  description: 'One line of server.cfg: no control characters but the tab',
})

export const Config = Type.Array(ConfigLine, { maxItems: limits.configLines })

export const OverlayIds = Type.Array(Id, {
  maxItems: limits.overlaysPerServer,
  uniqueItems: true,
  description: 'Uppermost first: of two layers that bring the same file the earlier one wins',
})

const changeable = {
  name: lineOfText(1, limits.blueprintName),
  description: Type.String({ maxLength: 2000 }),
  shared: Type.Boolean({ description: 'Whether every user may make servers from it' }),
  overlayIds: OverlayIds,
  arguments: Arguments,
  config: Config,
}

export const Blueprint = strictObject(
  {
    id: Id,
    ownerId: nullable(Id),
    ...changeable,
    serverCount: Type.Integer(),
    createdAt: Time,
    updatedAt: Time,
  },
  'Blueprint',
)
export type Blueprint = Static<typeof Blueprint>

export const NewBlueprint = strictObject({
  name: changeable.name,
  description: Type.Optional(changeable.description),
  shared: Type.Optional(changeable.shared),
  overlayIds: Type.Optional(changeable.overlayIds),
  arguments: Type.Optional(changeable.arguments),
  config: Type.Optional(changeable.config),
})
export type NewBlueprint = Static<typeof NewBlueprint>

export const BlueprintChange = Type.Partial(NewBlueprint, { additionalProperties: false })
export type BlueprintChange = Static<typeof BlueprintChange>

/** What `export` answers and `import` takes: the blueprint and the definitions of its overlays as one text. */
export const BlueprintText = strictObject(
  { text: Type.String({ minLength: 1, maxLength: limits.blueprintText }) },
  'BlueprintText',
)
export type BlueprintText = Static<typeof BlueprintText>

/** What came of an import: overlays with the same definition are reused, others are made anew. */
export const ImportedBlueprint = strictObject(
  {
    blueprint: Blueprint,
    overlays: Type.Array(strictObject({ id: Id, name: Type.String(), made: Type.Boolean() })),
    /** What the text can't bring: files of upload overlays, code that one may not bring. */
    notes: Type.Array(Type.String()),
  },
  'ImportedBlueprint',
)
export type ImportedBlueprint = Static<typeof ImportedBlueprint>
