import type { Role, RouteName, Routes, Static } from '@left4me/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'

/** Who calls: what the session cookie or the API token says. */
export interface SignedIn {
  readonly userId: number
  readonly username: string
  readonly role: Role
  /** May make script overlays and bring native code; an admin always may. */
  readonly mayBringCode: boolean
  /** `session`: id of the cookie's session; `token`: id of the API token. */
  readonly by: { readonly kind: 'session' | 'token'; readonly id: number }
}

type Part<Name extends RouteName, Key extends 'params' | 'query' | 'body'> = Routes[Name] extends {
  [K in Key]: infer Schema extends TSchema
}
  ? Static<Schema>
  : undefined

/** `anyone` routes may be called without; every other route is only reached by somebody who is signed in. */
type CallerOf<Name extends RouteName> = Routes[Name]['access'] extends 'anyone' ? SignedIn | null : SignedIn

export interface AuditNote {
  readonly target?: string
  readonly detail?: string
  /** Where the caller only becomes somebody by the call. */
  readonly user?: { readonly userId: number; readonly username: string }
  /** Sent to a game server, which may have done it: the call leaves its entry also when the answer is lost. */
  readonly sent?: boolean
}

export interface Call<Name extends RouteName> {
  readonly params: Part<Name, 'params'>
  readonly query: Part<Name, 'query'>
  readonly body: Part<Name, 'body'>
  readonly caller: CallerOf<Name>
  /** The client's address, for limits and the audit. */
  readonly clientAddress: string
  /**
   * Adds to the audit entry that every successful call of an unsafe method leaves: `target` where it isn't the path's
   * own (a new server), `detail` for what action and target don't say. Never anything secret.
   */
  note(entry: AuditNote): void
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

type Answer<Name extends RouteName> = Routes[Name]['answer'] extends {
  body: infer Schema extends TSchema
}
  ? Static<Schema>
  : undefined

/** What a route does once rights and input were checked. Streams (`text/event-stream`, files) write to `reply` themselves and answer undefined. */
export type Endpoint<Name extends RouteName> = (
  call: Call<Name>,
) => Promise<Answer<Name> | undefined> | Answer<Name> | undefined

/** Each feature contributes the endpoints of its noun; together they must be all routes of the contract. */
export type Endpoints = { [Name in RouteName]: Endpoint<Name> }

/** Types a feature's part of the endpoints: `endpoints({ getServer: call => … })`. */
export function endpoints<const Names extends RouteName>(part: { [Name in Names]: Endpoint<Name> }) {
  return part
}
