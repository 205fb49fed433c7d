import { blueprintRoutes } from './routes/blueprint-routes.ts'
import { contentRoutes } from './routes/content-routes.ts'
import { healthRoutes } from './routes/health-routes.ts'
import { machineRoutes } from './routes/machine-routes.ts'
import { overlayRoutes } from './routes/overlay-routes.ts'
import type { RouteDefinition } from './routes/route.ts'
import { serverRoutes } from './routes/server-routes.ts'
import { sessionRoutes } from './routes/session-routes.ts'
import { userRoutes } from './routes/user-routes.ts'

/** Every route of the HTTP API: its rights, what it takes, what it answers. The server registers exactly these. */
export const routes = {
  ...healthRoutes,
  ...sessionRoutes,
  ...userRoutes,
  ...serverRoutes,
  ...blueprintRoutes,
  ...overlayRoutes,
  ...contentRoutes,
  ...machineRoutes,
} as const satisfies Record<string, RouteDefinition>

export type Routes = typeof routes
export type RouteName = keyof Routes
