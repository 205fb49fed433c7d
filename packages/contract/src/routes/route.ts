import Type, { type TSchema } from 'typebox'
import type { Access } from '../access.ts'
import { AcceptedJob } from '../job.ts'
import { limits } from '../limits.ts'
import { Id, strictObject } from '../schema.ts'

export interface RouteDefinition {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With `{name}` for parameters, as OpenAPI writes them. */
  readonly path: string
  readonly access: Access
  readonly summary: string
  readonly tag: string
  readonly params?: TSchema
  readonly query?: TSchema
  readonly body?: TSchema
  /** The body is this as it is, of any size up to a limit of the route's own, rather than JSON. */
  readonly bodyType?: 'application/octet-stream'
  /** Bytes that a JSON body may have, where that is more than `limits.requestBody`. */
  readonly bodyLimit?: number
  /** The status of success and the shape of its body; null: no body. Errors are always a Problem. */
  readonly answer: {
    readonly status: 200 | 201 | 202 | 204
    readonly body: TSchema | null
    readonly contentType?: string
  }
}

export const api = '/api/v1'
export const byId = strictObject({ id: Id })
export const page = {
  cursor: Type.Optional(Type.String({ maxLength: 200, description: 'nextCursor of the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.pageSize, default: 50 })),
}
export const ok = <Body extends TSchema>(body: Body) => ({ status: 200, body }) as const
export const created = <Body extends TSchema>(body: Body) => ({ status: 201, body }) as const
export const accepted = { status: 202, body: AcceptedJob } as const
export const done = { status: 204, body: null } as const
/** Keeps the literal types of a route, from which the calls of both sides are inferred. */
export const route = <const Definition extends RouteDefinition>(definition: Definition) => definition
