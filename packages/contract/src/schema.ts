import Type, { type Static, type TSchema } from 'typebox'

/** A string out of a closed list. Emitted as `enum`, which reads better in OpenAPI than a union of constants. */
export function oneOf<const Values extends readonly string[]>(values: Values, description?: string) {
  return Type.Unsafe<Values[number]>({
    type: 'string',
    enum: [...values],
    ...(description ? { description } : {}),
  })
}

export function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()])
}

/** An object that refuses members it doesn't know: a typo in a request is an error, never silently ignored. */
export function strictObject<Members extends Record<string, TSchema>>(members: Members, title?: string) {
  return Type.Object(members, { additionalProperties: false, ...(title ? { title } : {}) })
}

/** What every list answers. `nextCursor` is null on the last page. */
export function listOf<Item extends TSchema>(item: Item) {
  return strictObject({ items: Type.Array(item), nextCursor: nullable(Type.String()) })
}

/** One line of text as a person types it: no control characters, no line or paragraph separators, no surrounding blanks. */
export function lineOfText(minLength: number, maxLength: number, description?: string) {
  return Type.String({
    minLength,
    maxLength,
    pattern: '^(?! )[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*(?<! )$',
    ...(description ? { description } : {}),
  })
}

export const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
/** RFC 3339, UTC. */
export const Time = Type.String({ format: 'date-time' })
/** 0 to 1. */
export const Fraction = Type.Number({ minimum: 0, maximum: 1 })

export type List<Item> = { items: Item[]; nextCursor: string | null }
export type { Static, TSchema }
