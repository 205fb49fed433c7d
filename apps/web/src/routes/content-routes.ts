import { overlayKinds } from '@left4me/contract'
import { createRoute, lazyRouteComponent } from '@tanstack/react-router'
import { page, parseId, text } from './app-route.tsx'

const overlaysRoute = createRoute({
  ...page,
  path: '/overlays',
  validateSearch: (
    search: Record<string, unknown>,
  ): { search?: string; kind?: (typeof overlayKinds)[number]; whose?: 'mine' | 'shared' } => {
    const wanted = text(search['search'])
    const kind = overlayKinds.find(known => known === search['kind'])
    const whose = (['mine', 'shared'] as const).find(known => known === search['whose'])
    return { ...(wanted ? { search: wanted } : {}), ...(kind ? { kind } : {}), ...(whose ? { whose } : {}) }
  },
  component: lazyRouteComponent(() => import('../overlays/overlays-page.tsx'), 'OverlaysPage'),
})

const newOverlayRoute = createRoute({
  ...page,
  path: '/overlays/new',
  validateSearch: (search: Record<string, unknown>): { kind?: (typeof overlayKinds)[number] } => {
    const kind = overlayKinds.find(known => known === search['kind'])
    return kind ? { kind } : {}
  },
  component: lazyRouteComponent(() => import('../overlays/new-overlay-page.tsx'), 'NewOverlayPage'),
})

const overlayRoute = createRoute({
  ...page,
  path: '/overlays/$overlayId',
  params: {
    parse: ({ overlayId }) => ({ overlayId: parseId(overlayId) }),
    stringify: ({ overlayId }) => ({ overlayId: String(overlayId) }),
  },
  component: lazyRouteComponent(() => import('../overlays/overlay-page.tsx'), 'OverlayPage'),
})

const overlayContentRoute = createRoute({
  getParentRoute: () => overlayRoute,
  path: '/',
  component: lazyRouteComponent(() => import('../overlays/content-tab.tsx'), 'ContentTab'),
})

const overlayLogRoute = createRoute({
  getParentRoute: () => overlayRoute,
  path: '/log',
  validateSearch: (search: Record<string, unknown>): { job?: number } => {
    const job = Number(search['job'])
    return Number.isSafeInteger(job) && job > 0 ? { job } : {}
  },
  component: lazyRouteComponent(() => import('../overlays/log-tab.tsx'), 'LogTab'),
})

const overlayRevisionsRoute = createRoute({
  getParentRoute: () => overlayRoute,
  path: '/revisions',
  validateSearch: (search: Record<string, unknown>): { revision?: number; path?: string } => {
    const revision = Number(search['revision'])
    const path = typeof search['path'] === 'string' ? search['path'].slice(0, 1024) : ''
    return {
      ...(Number.isSafeInteger(revision) && revision > 0 ? { revision } : {}),
      ...(path ? { path } : {}),
    }
  },
  component: lazyRouteComponent(() => import('../overlays/revisions-tab.tsx'), 'RevisionsTab'),
})

const overlayUsesRoute = createRoute({
  getParentRoute: () => overlayRoute,
  path: '/uses',
  component: lazyRouteComponent(() => import('../overlays/uses-tab.tsx'), 'UsesTab'),
})

const overlaySettingsRoute = createRoute({
  getParentRoute: () => overlayRoute,
  path: '/settings',
  component: lazyRouteComponent(() => import('../overlays/overlay-settings-tab.tsx'), 'OverlaySettingsTab'),
})

const libraryRoute = createRoute({
  ...page,
  path: '/library',
  validateSearch: (search: Record<string, unknown>): { search?: string } => {
    const wanted = text(search['search'])
    return wanted ? { search: wanted } : {}
  },
  component: lazyRouteComponent(() => import('../library/library-page.tsx'), 'LibraryPage'),
})

/** Two overlays may bring a campaign of the same name: `overlay` says whose is meant. */
const campaignRoute = createRoute({
  ...page,
  path: '/library/$campaignId',
  validateSearch: (search: Record<string, unknown>): { overlay?: number } => {
    const overlay = Number(search['overlay'])
    return Number.isSafeInteger(overlay) && overlay > 0 ? { overlay } : {}
  },
  component: lazyRouteComponent(() => import('../library/campaign-page.tsx'), 'CampaignPage'),
})

const diskRoute = createRoute({
  ...page,
  path: '/host/disk',
  component: lazyRouteComponent(() => import('../disk/disk-page.tsx'), 'DiskPage'),
})

/** What servers are made of: overlays, campaigns, the disk. */
export const contentRoutes = [
  overlaysRoute,
  newOverlayRoute,
  overlayRoute.addChildren([
    overlayContentRoute,
    overlayLogRoute,
    overlayRevisionsRoute,
    overlayUsesRoute,
    overlaySettingsRoute,
  ]),
  libraryRoute,
  campaignRoute,
  diskRoute,
] as const
