import { limits, type RouteDefinition, type RouteName, routes, strictObject } from '@left4me/contract'
import { ProtocolError } from '@left4me/protocols'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { auditActionOf } from '../audit/audit-actions.ts'
import { type Authorise, authoriseOf } from './access.ts'
import type { AuditNote, Call, Endpoint } from './endpoints.ts'
import type { HttpAppDependencies } from './http-dependencies.ts'
import { ProblemError } from './problem-error.ts'
import { responseSchema } from './response-schema.ts'
import { type Check, checkOf, numbersOf } from './validation.ts'

const nothing = strictObject({})

/**
 * One route of the contract: who calls, whether they may, whether their input is right, what the endpoint does, and
 * what the audit keeps of it, in this order.
 */
export function registerRoute(
  app: FastifyInstance,
  name: RouteName,
  dependencies: HttpAppDependencies,
): void {
  const route: RouteDefinition = routes[name]
  const endpoint = dependencies.endpoints[name] as Endpoint<RouteName> | undefined
  if (endpoint === undefined) throw new TypeError(`The route ${name} has no endpoint`)
  const authorise = authoriseOf(route, dependencies.owners)
  const input = inputOf(route)
  const record = recorderOf(name, route, dependencies)
  const streams = route.answer.contentType === 'text/event-stream'

  const register = (scope: FastifyInstance) =>
    scope.route({
      method: route.method,
      url: route.path.replace(/\{(\w+)\}/g, ':$1'),
      exposeHeadRoute: route.method === 'GET' && !streams,
      ...(route.bodyLimit === undefined ? {} : { bodyLimit: route.bodyLimit }),
      ...(route.answer.body === null || route.answer.contentType !== undefined
        ? {}
        : { schema: { response: { [route.answer.status]: responseSchema(route.answer.body) } } }),
      onRequest: (request, reply) => admit(request, reply, input, authorise, dependencies),
      onResponse: async (request, reply) => {
        const seconds = reply.elapsedTime / 1000
        dependencies.onAnswer({ route: name, status: reply.statusCode, seconds })
        request.log.debug({ route: name, status: reply.statusCode, seconds, userId: request.caller?.userId })
      },
      handler: async (request, reply) => {
        input.checkBody(request.body)
        const notes: AuditNote = {}
        const call = {
          params: request.params,
          query: request.query,
          body: request.body,
          caller: request.caller,
          clientAddress: dependencies.clientAddresses.of(request),
          note: (entry: AuditNote) => void Object.assign(notes, entry),
          request,
          reply,
        }
        reply.code(route.answer.status)
        // The contract's schemas were just checked: the parts are what the endpoint's type says.
        let answer: unknown
        try {
          answer = await endpoint(call as unknown as Call<RouteName>)
        } catch (error) {
          if (notes.sent && error instanceof ProtocolError && error.code !== 'bad-input') {
            await record(request, null, { ...notes, detail: `${notes.detail}, not answered` })
          }
          throw error
        }
        await record(request, answer, notes)
        if (reply.sent) return reply
        return reply.send(answer)
      },
    })

  if (route.bodyType === undefined) register(app)
  else app.register(async scope => takeRawBody(scope, register))
}

/** Before the body is read: a stranger's megabytes are refused unread. */
async function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  input: Input,
  authorise: Authorise,
  { identify }: HttpAppDependencies,
): Promise<void> {
  reply.header('cache-control', 'no-store')
  request.caller = await identify(request)
  const params = object(request.params)
  input.coerceParams(params)
  await authorise(request.caller, params)
  input.checkParams(params)
  const query = object(request.query)
  input.coerceQuery(query)
  input.checkQuery(query)
}

interface Input {
  readonly coerceParams: (values: Record<string, unknown>) => void
  readonly coerceQuery: (values: Record<string, unknown>) => void
  readonly checkParams: Check
  readonly checkQuery: Check
  readonly checkBody: Check
}

function inputOf(route: RouteDefinition): Input {
  const query: TSchema = route.query ?? nothing
  const checkBody = checkOf(route.body ?? nothing)
  const raw = route.bodyType !== undefined
  return {
    coerceParams: numbersOf(route.params ?? nothing),
    coerceQuery: numbersOf(query),
    checkParams: checkOf(route.params ?? nothing),
    checkQuery: checkOf(query),
    checkBody: body => {
      if (raw || (route.body === undefined && body === undefined)) return
      checkBody(body)
    },
  }
}

/** The body goes to the endpoint unread, as `call.request.raw`. */
function takeRawBody(scope: FastifyInstance, register: (scope: FastifyInstance) => void): void {
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (request, _payload, done) => {
    const length = Number(request.headers['content-length'] ?? 0)
    if (length <= limits.uploadedFile) return done(null, undefined)
    done(
      new ProblemError(
        'body-too-large',
        `A file may have at most ${limits.uploadedFile / 1024 / 1024} MiB, and this one has ${Math.ceil(length / 1024 / 1024)}.`,
      ),
    )
  })
  register(scope)
}

function recorderOf(name: RouteName, route: RouteDefinition, { audit }: HttpAppDependencies) {
  const action = auditActionOf(name)
  const noun = /^\/api\/v1\/(\w+?)s?\/\{id\}/.exec(route.path)?.[1]
  return async (request: FastifyRequest, answer: unknown, notes: AuditNote): Promise<void> => {
    if (action === null) return
    const id = object(request.params)['id'] ?? object(answer)['id']
    const kind = noun ?? action.split('.', 1)[0]
    await audit.record({
      user: notes.user ?? request.caller,
      action,
      target: notes.target ?? (typeof id === 'number' ? `${kind}:${id}` : null),
      detail: notes.detail ?? null,
    })
  }
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
