import { type RouteName, routes } from '@left4me/contract'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'
import { startTestServer } from '../testing/test-server.ts'
import { buildOpenApi } from './openapi.ts'

type Operation = { operationId: string; 'x-access': string; responses: Record<string, unknown> }

const document = JSON.parse(JSON.stringify(buildOpenApi())) as {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, unknown> }
}

test('the document names every route of the contract with its rights and the status of its success', () => {
  for (const name of Object.keys(routes) as RouteName[]) {
    const { path, method, access, answer } = routes[name]
    const operation = document.paths[path]?.[method.toLowerCase()]
    expect(operation).toMatchObject({ operationId: name, 'x-access': access })
    expect(Object.keys(operation?.responses ?? {})).toContain(String(answer.status))
  }
})

test('every reference in it leads somewhere', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) =>
    path.split('/'),
  )
  expect(references.length).toBeGreaterThan(50)
  for (const path of references) {
    let place: unknown = document
    for (const step of path) place = (place as Record<string, unknown>)[step]
    expect(place, path.join('/')).toBeTypeOf('object')
  }
})

test('its schemas are JSON schemas, which accept what they describe and refuse what they don’t', () => {
  const ajv = new Ajv({ strict: false, formats: { 'date-time': true } })
  ajv.addSchema({ $id: 'document', ...document })
  for (const name of Object.keys(document.components.schemas)) {
    expect(ajv.getSchema(`document#/components/schemas/${name}`), name).toBeTypeOf('function')
  }
  const user = ajv.getSchema('document#/components/schemas/Session')
  const session = {
    user: {
      id: 1,
      username: 'zoey',
      role: 'user',
      mayBringCode: false,
      createdAt: '2026-01-01T00:00:00Z',
      lastSeenAt: null,
    },
    expiresAt: '2026-01-01T00:00:00Z',
  }
  expect(user?.(session)).toBe(true)
  expect(user?.({ ...session, user: { ...session.user, role: 'king' } })).toBe(false)
})

test('it is the same every time, and what the server serves', async () => {
  expect(JSON.stringify(buildOpenApi())).toBe(JSON.stringify(document))
  await using server = await startTestServer()
  const answer = await server.anonymous().get('/api/v1/openapi.json')
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(answer.json).toEqual(document)
})
