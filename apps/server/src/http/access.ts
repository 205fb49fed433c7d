import { type Caller, type ProblemCode, type RouteDefinition, rights } from '@left4me/contract'
import type { SignedIn } from './endpoints.ts'
import type { Owners } from './owners.ts'
import { ProblemError } from './problem-error.ts'

/** Decides whether `caller` may go on; rejects with the problem that contract's table names. */
export type Authorise = (caller: SignedIn | null, params: Record<string, unknown>) => Promise<void>

const nouns = { servers: 'server', blueprints: 'blueprint', overlays: 'overlay', jobs: 'job' } as const

/** The only place where rights are decided, from the table in contract. */
export function authoriseOf(route: RouteDefinition, owners: Owners): Authorise {
  const { access } = route
  const table = rights[access]
  if (access === 'owner' || access === 'reader') {
    const noun = nounOf(route)
    return async (caller, params) => {
      if (caller === null) return answer(table.anonymous, '')
      const id = params['id']
      // What isn't an id is refused by validation, which says why.
      if (typeof id !== 'number') return
      const ownership = await owners[noun](id)
      if (ownership === null) throw new ProblemError('not-found', `There is no ${noun} ${id}.`)
      const owns = ownership.ownerId === caller.userId || (access === 'reader' && ownership.shared)
      answer(table[callerOf(caller, owns)], `There is no ${noun} ${id}.`)
    }
  }
  return async caller => {
    if (caller === null) return answer(table.anonymous, '')
    const machine = access !== 'admin-token' || caller.by.kind === 'token'
    answer(
      caller.role === 'admin' && machine ? table.admin : table.otherUser,
      access === 'admin-token'
        ? 'This is for machines: use an API token of an admin.'
        : 'Only an admin may do this.',
    )
  }
}

function callerOf(caller: SignedIn, owns: boolean): Caller {
  if (caller.role === 'admin') return 'admin'
  return owns ? 'owner' : 'otherUser'
}

function answer(right: 'allow' | ProblemCode, detail: string): void {
  if (right === 'allow') return
  throw new ProblemError(right, right === 'not-signed-in' ? 'Sign in first.' : detail)
}

function nounOf(route: RouteDefinition): (typeof nouns)[keyof typeof nouns] {
  const segment = /^\/api\/v1\/(\w+)\/\{id\}/.exec(route.path)?.[1]
  for (const [plural, noun] of Object.entries(nouns)) if (plural === segment) return noun
  throw new TypeError(`${route.path} has access ${route.access}, but nothing that could have an owner`)
}
