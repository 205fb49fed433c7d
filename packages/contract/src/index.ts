export * from './access.ts'
export * from './blueprint.ts'
export * from './content.ts'
export * from './events.ts'
export * from './host.ts'
export * from './installation.ts'
export * from './job.ts'
export * from './limits.ts'
export * from './overlay.ts'
export * from './path.ts'
export * from './problem.ts'
export type { RouteDefinition } from './routes/route.ts'
export * from './routes.ts'
export {
  Fraction,
  Id,
  type List,
  listOf,
  nullable,
  oneOf,
  type Static,
  strictObject,
  Time,
  type TSchema,
} from './schema.ts'
export * from './server.ts'
export * from './server-state.ts'
export * from './usage.ts'
export * from './user.ts'
export * from './workshop.ts'
