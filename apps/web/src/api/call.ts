import {
  type Problem,
  pathOf,
  type RouteName,
  type Routes,
  routes,
  type Static,
  type TSchema,
} from '@left4me/contract'
import { messages } from '../messages/messages.ts'
import { ProblemError } from './problem-error.ts'

type Part<Name extends RouteName, Key extends 'params' | 'query' | 'body'> =
  Routes[Name] extends Record<Key, infer Schema extends TSchema> ? Static<Schema> : never

type Member<Key extends string, Value> = [Value] extends [never]
  ? unknown
  : Partial<Record<string, never>> extends Value
    ? { [K in Key]?: Value }
    : { [K in Key]: Value }

/** What a route takes, as the contract says: `params`, `query` and `body`, each only where there is one. */
export type Input<Name extends RouteName> = Member<'params', Part<Name, 'params'>> &
  Member<'query', Part<Name, 'query'>> &
  Member<'body', Part<Name, 'body'>> & { signal?: AbortSignal }

/** What a route answers; null where it answers nothing. */
export type Answer<Name extends RouteName> = Routes[Name]['answer']['body'] extends infer Schema extends
  TSchema
  ? Static<Schema>
  : null

type Arguments<Name extends RouteName> =
  Record<never, never> extends Input<Name> ? [input?: Input<Name>] : [input: Input<Name>]

/**
 * Calls a route of the contract on the origin that the page came from, with the session's cookie.
 * Rejects with a ProblemError, or with the signal's reason. An answer isn't checked against its schema again: it comes
 * from the server that these files came from, and that checked it against the same contract.
 */
export async function call<Name extends RouteName>(
  name: Name,
  ...[input]: Arguments<Name>
): Promise<Answer<Name>> {
  const { params, query, body, signal } = (input ?? {}) as {
    params?: Record<string, string | number>
    query?: Record<string, string | number | undefined>
    body?: unknown
    signal?: AbortSignal
  }
  const { method, answer } = routes[name]
  let response: Response
  try {
    response = await fetch(pathOf(name, params, query), {
      method,
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    })
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw unreachable(cause)
  }
  if (!response.ok) throw await problemOf(response)
  if (answer.body === null) return null as Answer<Name>
  try {
    return (await response.json()) as Answer<Name>
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw unreadable(response.status, cause)
  }
}

/** There was no answer at all. */
export function unreachable(cause?: unknown): ProblemError {
  const { title, detail } = messages.errors.unreachable
  return new ProblemError({ code: 'unreachable', status: 0, title, detail, cause })
}

/** What an answer with this status and body (parsed JSON, or anything else) says. */
export function problemOfBody(status: number, body: unknown): ProblemError {
  return isProblemBody(body) ? new ProblemError(body) : unreadable(status)
}

async function problemOf(response: Response): Promise<ProblemError> {
  let body: unknown
  try {
    body = await response.json()
  } catch (cause) {
    return unreadable(response.status, cause)
  }
  return problemOfBody(response.status, body)
}

function isProblemBody(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'detail' in body &&
    typeof body.detail === 'string' &&
    'title' in body &&
    typeof body.title === 'string' &&
    'status' in body &&
    typeof body.status === 'number'
  )
}

function unreadable(status: number, cause?: unknown): ProblemError {
  const { title, detail } = messages.errors.unreadable(status)
  return new ProblemError({ code: 'unreadable', status, title, detail, cause })
}
