import {
  eventSchemas,
  Problem,
  type RouteDefinition,
  type RouteName,
  rights,
  routes,
} from '@left4me/contract'
import { version } from '../version.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type JsonObject = { [key: string]: Json }

/** https://spec.openapis.org/oas/v3.1.1 */
export interface OpenApiDocument extends JsonObject {
  openapi: '3.1.1'
}

/** The contract's routes as OpenAPI 3.1. The same call always gives the same document. */
export function buildOpenApi(): OpenApiDocument {
  const components = new Components()
  const problemSchema = components.reference(Problem)
  const paths: Record<string, JsonObject> = {}
  for (const name of Object.keys(routes) as RouteName[]) {
    const route: RouteDefinition = routes[name]
    const methods = paths[route.path] ?? {}
    paths[route.path] = { ...methods, [route.method.toLowerCase()]: operation(name, route, components) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'left4me',
      version,
      description:
        'Runs many Left 4 Dead 2 servers on one machine. `x-access` says who may call a route, `x-rights` what that means for each kind of caller. Lists are paged by `nextCursor`; times are RFC 3339 in UTC; long work answers 202 with a job.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(Object.values(routes).map(({ tag }) => tag))].map(name => ({ name })),
    paths,
    components: {
      schemas: components.schemas(),
      responses: {
        Problem: {
          description: 'What went wrong and what to do about it (RFC 9457).',
          content: { 'application/problem+json': { schema: problemSchema } },
        },
      },
      securitySchemes: {
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'left4me_session',
          description: 'Set by logIn. Unsafe methods are refused when they come from another site.',
        },
        token: { type: 'http', scheme: 'bearer', description: 'An API token, made by createMyToken.' },
      },
    },
    'x-rights': rights,
  }
}

function operation(name: RouteName, route: RouteDefinition, components: Components): JsonObject {
  const { status, body, contentType } = route.answer
  const content =
    body === null
      ? {}
      : { content: { [contentType ?? 'application/json']: { schema: components.reference(body) } } }
  const parameters = [
    ...parametersOf(route.params, 'path', components),
    ...parametersOf(route.query, 'query', components),
  ]
  return {
    operationId: name,
    summary: route.summary,
    tags: [route.tag],
    'x-access': route.access,
    security: securityOf(route),
    ...(parameters.length > 0 ? { parameters } : {}),
    ...requestBodyOf(route, components),
    responses: {
      [status]: { description: descriptions[status], ...content },
      ...(name === 'health' ? { 503: { description: 'It does not work', ...content } } : {}),
      ...Object.fromEntries(problemStatuses(route).map(code => [code, problemReference])),
      default: problemReference,
    },
    ...(contentType === 'text/event-stream' ? { 'x-events': eventsOf(components) } : {}),
  }
}

const descriptions = {
  200: 'Done',
  201: 'Made',
  202: 'Accepted: the job says how it goes on',
  204: 'Done',
} as const
const problemReference = { $ref: '#/components/responses/Problem' }

function securityOf({ access }: RouteDefinition): Json[] {
  if (access === 'anyone') return []
  return access === 'admin-token' ? [{ token: [] }] : [{ session: [] }, { token: [] }]
}

function problemStatuses(route: RouteDefinition): number[] {
  const hasInput = route.params ?? route.query ?? route.body
  return [
    ...(hasInput ? [400] : []),
    ...(route.access === 'anyone' ? [] : [401]),
    ...(route.access === 'admin' || route.access === 'admin-token' ? [403] : []),
    ...(route.path.includes('{') ? [404] : []),
  ]
}

function requestBodyOf(route: RouteDefinition, components: Components): JsonObject {
  if (route.bodyType !== undefined) {
    return { requestBody: { required: true, content: { [route.bodyType]: {} } } }
  }
  if (route.body === undefined) return {}
  return {
    requestBody: {
      required: true,
      content: { 'application/json': { schema: components.reference(route.body) } },
    },
  }
}

function parametersOf(schema: unknown, place: 'path' | 'query', components: Components): Json[] {
  const { properties = {}, required = [] } = (schema ?? {}) as {
    properties?: Record<string, { description?: string }>
    required?: string[]
  }
  return Object.entries(properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    ...(property.description === undefined ? {} : { description: property.description }),
    schema: components.reference(property),
  }))
}

function eventsOf(components: Components): JsonObject {
  return Object.fromEntries(
    Object.entries(eventSchemas).map(([name, schema]) => [name, components.reference(schema)]),
  )
}

/** Schemas with a title are told once, under that name. */
class Components {
  readonly #schemas = new Map<string, Json>()

  schemas(): JsonObject {
    return Object.fromEntries([...this.#schemas].sort(([one], [other]) => (one < other ? -1 : 1)))
  }

  reference(schema: unknown): Json {
    return this.#replace(JSON.parse(JSON.stringify(schema)) as Json)
  }

  #replace(schema: Json): Json {
    if (Array.isArray(schema)) return schema.map(item => this.#replace(item))
    if (typeof schema !== 'object' || schema === null) return schema
    const { title } = schema
    const replaced = Object.fromEntries(
      Object.entries(schema).map(([key, value]) => [key, this.#replace(value)]),
    )
    if (typeof title !== 'string' || schema['type'] !== 'object') return replaced
    this.#schemas.set(title, replaced)
    return { $ref: `#/components/schemas/${title}` }
  }
}
