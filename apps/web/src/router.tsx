import { jobStates } from '@left4me/contract'
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  notFound,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { isProblem } from './api/problem-error.ts'
import { sessionQuery } from './api/queries.ts'
import { logKinds } from './console/read-log-line.ts'
import { ErrorPage, NotFoundPage } from './shell/error-page.tsx'
import { Shell } from './shell/shell.tsx'

const rootRoute = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
})

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value.slice(0, 200) : undefined)
/** Ids in addresses; another address is of nothing. */
const parseId = (value: string) => {
  const id = Number(value)
  if (!Number.isSafeInteger(id) || id < 1 || String(id) !== value) notFound({ throw: true })
  return id
}

const logInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/log-in',
  validateSearch: (search: Record<string, unknown>): { next?: string; expired?: true } => {
    const next = text(search['next'])
    return { ...(next ? { next } : {}), ...(search['expired'] ? { expired: true } : {}) }
  },
  component: lazyRouteComponent(() => import('./session/log-in-page.tsx'), 'LogInPage'),
})

const setUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/set-up',
  component: lazyRouteComponent(() => import('./session/set-up-page.tsx'), 'SetUpPage'),
})

const appRoute = createRoute({
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

const page = { getParentRoute: () => appRoute }

const serversRoute = createRoute({
  ...page,
  path: '/',
  validateSearch: (search: Record<string, unknown>): { search?: string } => {
    const wanted = text(search['search'])
    return wanted ? { search: wanted } : {}
  },
  component: lazyRouteComponent(() => import('./servers/servers-page.tsx'), 'ServersPage'),
})

const newServerRoute = createRoute({
  ...page,
  path: '/servers/new',
  component: lazyRouteComponent(() => import('./servers/new-server-page.tsx'), 'NewServerPage'),
})

const serverRoute = createRoute({
  ...page,
  path: '/servers/$serverId',
  params: {
    parse: ({ serverId }) => ({ serverId: parseId(serverId) }),
    stringify: ({ serverId }) => ({ serverId: String(serverId) }),
  },
  component: lazyRouteComponent(() => import('./server/server-page.tsx'), 'ServerPage'),
})

const overviewRoute = createRoute({
  getParentRoute: () => serverRoute,
  path: '/',
  component: lazyRouteComponent(() => import('./server/overview-tab.tsx'), 'OverviewTab'),
})

const consoleRoute = createRoute({
  getParentRoute: () => serverRoute,
  path: '/console',
  validateSearch: (
    search: Record<string, unknown>,
  ): { filter?: string; kind?: (typeof logKinds)[number]; line?: number } => {
    const filter = text(search['filter'])
    const kind = logKinds.find(known => known === search['kind'])
    const line = Number(search['line'])
    return {
      ...(filter ? { filter } : {}),
      ...(kind ? { kind } : {}),
      ...(Number.isSafeInteger(line) && line > 0 ? { line } : {}),
    }
  },
  component: lazyRouteComponent(() => import('./server/console-tab.tsx'), 'ConsoleTab'),
})

const configRoute = createRoute({
  getParentRoute: () => serverRoute,
  path: '/config',
  component: lazyRouteComponent(() => import('./server/config-tab.tsx'), 'ConfigTab'),
})

const settingsRoute = createRoute({
  getParentRoute: () => serverRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('./server/settings-tab.tsx'), 'SettingsTab'),
})

const jobsRoute = createRoute({
  ...page,
  path: '/jobs',
  validateSearch: (search: Record<string, unknown>): { state?: (typeof jobStates)[number] } => {
    const state = jobStates.find(known => known === search['state'])
    return state ? { state } : {}
  },
  component: lazyRouteComponent(() => import('./jobs/jobs-page.tsx'), 'JobsPage'),
})

const jobRoute = createRoute({
  ...page,
  path: '/jobs/$jobId',
  params: {
    parse: ({ jobId }) => ({ jobId: parseId(jobId) }),
    stringify: ({ jobId }) => ({ jobId: String(jobId) }),
  },
  component: lazyRouteComponent(() => import('./jobs/job-page.tsx'), 'JobPage'),
})

const installationRoute = createRoute({
  ...page,
  path: '/installation',
  component: lazyRouteComponent(() => import('./installation/installation-page.tsx'), 'InstallationPage'),
})

const peopleRoute = createRoute({
  ...page,
  path: '/people',
  component: lazyRouteComponent(() => import('./people/people-page.tsx'), 'PeoplePage'),
})

const auditRoute = createRoute({
  ...page,
  path: '/audit',
  component: lazyRouteComponent(() => import('./people/audit-page.tsx'), 'AuditPage'),
})

const accountRoute = createRoute({
  ...page,
  path: '/account',
  component: lazyRouteComponent(() => import('./account/account-page.tsx'), 'AccountPage'),
})

const routeTree = rootRoute.addChildren([
  logInRoute,
  setUpRoute,
  appRoute.addChildren([
    serversRoute,
    newServerRoute,
    serverRoute.addChildren([overviewRoute, consoleRoute, configRoute, settingsRoute]),
    jobsRoute,
    jobRoute,
    installationRoute,
    peopleRoute,
    auditRoute,
    accountRoute,
  ]),
])

/** The addresses of the application; each page is loaded when it is first gone to, or pointed at. */
export function makeRouter(queries: QueryClient) {
  return createRouter({
    routeTree,
    context: { queries },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: ErrorPage,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: true,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof makeRouter>
  }
}
