import Type from 'typebox'
import { Health } from '../host.ts'
import { api, ok, route } from './route.ts'

export const healthRoutes = {
  health: route({
    method: 'GET',
    path: '/health',
    access: 'anyone',
    tag: 'health',
    summary: 'Whether left4me works; 503 when it does not',
    answer: ok(Health),
  }),
  metrics: route({
    method: 'GET',
    path: '/metrics',
    access: 'admin-token',
    tag: 'health',
    summary: 'Prometheus text',
    answer: { status: 200, body: Type.String(), contentType: 'text/plain' },
  }),
  openapi: route({
    method: 'GET',
    path: `${api}/openapi.json`,
    access: 'anyone',
    tag: 'health',
    summary: 'This API as OpenAPI 3.1',
    answer: ok(Type.Object({})),
  }),
} as const
