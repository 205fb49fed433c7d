import { jobStates, severities } from '@left4me/contract'
import type { QueryClient } from '@tanstack/react-query'
import { createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { logKinds } from './console/read-log-line.ts'
import {
  appRoute,
  idIn,
  logInRoute,
  longText,
  page,
  parseId,
  rootRoute,
  setUpRoute,
  text,
} from './routes/app-route.tsx'
import { contentRoutes } from './routes/content-routes.ts'
import { ErrorPage, NotFoundPage } from './shell/error-page.tsx'

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
  validateSearch: (search: Record<string, unknown>): { blueprint?: number } => {
    const blueprint = idIn(search['blueprint'])
    return blueprint ? { blueprint } : {}
  },
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

const layersRoute = createRoute({
  getParentRoute: () => serverRoute,
  path: '/layers',
  validateSearch: (search: Record<string, unknown>): { severity?: (typeof severities)[number] } => {
    const severity = severities.find(known => known === search['severity'])
    return severity ? { severity } : {}
  },
  component: lazyRouteComponent(() => import('./server/layers/layers-tab.tsx'), 'LayersTab'),
})

const filesRoute = createRoute({
  getParentRoute: () => serverRoute,
  path: '/files',
  validateSearch: (search: Record<string, unknown>): { path?: string; layer?: string; file?: string } => {
    const path = longText(search['path'])
    const layer = /^(?:upper|installation|[1-9]\d{0,15})$/.exec(String(search['layer']))?.[0]
    const file = longText(search['file'])
    return { ...(path ? { path } : {}), ...(layer ? { layer } : {}), ...(file ? { file } : {}) }
  },
  component: lazyRouteComponent(() => import('./server/files/files-tab.tsx'), 'FilesTab'),
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

const blueprintsRoute = createRoute({
  ...page,
  path: '/blueprints',
  validateSearch: (search: Record<string, unknown>): { search?: string } => {
    const wanted = text(search['search'])
    return wanted ? { search: wanted } : {}
  },
  component: lazyRouteComponent(() => import('./blueprints/blueprints-page.tsx'), 'BlueprintsPage'),
})

const newBlueprintRoute = createRoute({
  ...page,
  path: '/blueprints/new',
  component: lazyRouteComponent(() => import('./blueprints/new-blueprint-page.tsx'), 'NewBlueprintPage'),
})

const importBlueprintRoute = createRoute({
  ...page,
  path: '/blueprints/import',
  component: lazyRouteComponent(
    () => import('./blueprints/import-blueprint-page.tsx'),
    'ImportBlueprintPage',
  ),
})

const blueprintRoute = createRoute({
  ...page,
  path: '/blueprints/$blueprintId',
  params: {
    parse: ({ blueprintId }) => ({ blueprintId: parseId(blueprintId) }),
    stringify: ({ blueprintId }) => ({ blueprintId: String(blueprintId) }),
  },
  component: lazyRouteComponent(() => import('./blueprints/blueprint-page.tsx'), 'BlueprintPage'),
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

const hostRoute = createRoute({
  ...page,
  path: '/host',
  component: lazyRouteComponent(() => import('./host/host-page.tsx'), 'HostPage'),
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
    serverRoute.addChildren([
      overviewRoute,
      consoleRoute,
      layersRoute,
      filesRoute,
      configRoute,
      settingsRoute,
    ]),
    blueprintsRoute,
    newBlueprintRoute,
    importBlueprintRoute,
    blueprintRoute,
    ...contentRoutes,
    jobsRoute,
    jobRoute,
    installationRoute,
    hostRoute,
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
