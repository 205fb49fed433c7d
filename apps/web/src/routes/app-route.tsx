import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { isProblem } from '../api/problem-error.ts'
import { sessionQuery } from '../api/queries.ts'
import { NotFoundPage } from '../shell/error-page.tsx'
import { Shell } from '../shell/shell.tsx'

export const rootRoute = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
})

/** What is typed into a filter, as it stands behind the `?`; undefined where there is none. */
export const text = (value: unknown) =>
  typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined
/** The same for a path of a file. */
export const longText = (value: unknown) =>
  typeof value === 'string' && value !== '' ? value.slice(0, 1024) : undefined
/** The same for an address to go back to; cut, it would be another one. */
const address = (value: unknown) =>
  typeof value === 'string' && value !== '' && value.length <= 2000 ? value : undefined
/** Ids in addresses; another address is of nothing. */
export const parseId = (value: string) => {
  const id = Number(value)
  if (!Number.isSafeInteger(id) || id < 1 || String(id) !== value) notFound({ throw: true })
  return id
}

/** An id in the part behind `?`; undefined where there is none. */
export const idIn = (value: unknown) => {
  const id = Number(value)
  return Number.isSafeInteger(id) && id > 0 ? id : undefined
}

export const logInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/log-in',
  validateSearch: (search: Record<string, unknown>): { next?: string; expired?: true } => {
    const next = address(search['next'])
    return { ...(next ? { next } : {}), ...(search['expired'] ? { expired: true } : {}) }
  },
  component: lazyRouteComponent(() => import('../session/log-in-page.tsx'), 'LogInPage'),
})

export const setUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/set-up',
  component: lazyRouteComponent(() => import('../session/set-up-page.tsx'), 'SetUpPage'),
})

/** Everything that needs a session. */
export const appRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: 'app',
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData({ ...sessionQuery, retry: false })
    } catch (error) {
      if (isProblem(error, 'not-signed-in'))
        redirect({ to: '/log-in', search: { next: location.href }, replace: true, throw: true })
      throw error
    }
  },
  component: Shell,
})

export const page = { getParentRoute: () => appRoute }
