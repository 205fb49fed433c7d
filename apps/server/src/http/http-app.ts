import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { limits, type RouteDefinition, type RouteName, routes } from '@left4me/contract'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { HttpAppDependencies } from './http-dependencies.ts'
import { ProblemError } from './problem-error.ts'
import { problem, problemOf } from './problem-of.ts'
import { refuseForeignOrigin, refuseMalformedHost } from './request-origin.ts'
import { registerRoute } from './route.ts'
import { securityHeaders } from './security-headers.ts'
import type { WebFiles } from './web-files.ts'

/**
 * The HTTP API and the browser application. Registers exactly the routes of the contract; throws at once when one of
 * them has no endpoint. Nothing is listened to yet.
 */
export function createHttpApp(dependencies: HttpAppDependencies): FastifyInstance {
  const app = fastify({
    loggerInstance: dependencies.log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.requestBody,
    // ClientAddresses knows who is the proxy; Fastify would believe anybody or an address.
    trustProxy: false,
    exposeHeadRoutes: false,
    // Milliseconds for a whole request, uploads included.
    requestTimeout: 300_000,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => void sendProblem(error, request, reply),
    clientErrorHandler: answerMalformedRequest,
  })
  app.decorateRequest('caller', null)
  app.setErrorHandler(sendProblem)
  useJsonBodies(app)

  const headers = securityHeaders(dependencies.webFiles.indexPage)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headers)
    refuseMalformedHost(request)
    refuseForeignOrigin(request)
    dependencies.readOnly.guard(request.method)
  })

  const paths = new KnownPaths()
  for (const name of Object.keys(routes) as RouteName[]) {
    registerRoute(app, name, dependencies)
    paths.add(routes[name])
  }
  app.setNotFoundHandler((request, reply) => answerUnknownPath(request, reply, paths, dependencies.webFiles))
  return app
}

function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { problem: answer, unexpected, retryAfter } = problemOf(error)
  if (unexpected) request.log.error({ err: error, route: request.routeOptions?.url }, 'request failed')
  if (retryAfter !== null) reply.header('retry-after', retryAfter)
  if (answer.code === 'not-signed-in') reply.header('www-authenticate', 'Bearer')
  // What is left of a body that nobody wants isn't read to its end, however long it may be.
  if (!request.raw.complete) reply.header('connection', 'close')
  return reply
    .code(answer.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .serializer(JSON.stringify)
    .send(answer)
}

/** A body that is empty is no body, whatever type it claims to have. */
function useJsonBodies(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') done(null, undefined)
    else void parse(request, body.toString(), done)
  })
}

class KnownPaths {
  readonly #methods = new Map<string, string[]>()
  readonly #patterns: { matches: RegExp; methods: string[] }[] = []

  add(route: RouteDefinition): void {
    const known = this.#methods.get(route.path)
    if (known) return void known.push(route.method)
    const methods = [route.method]
    this.#methods.set(route.path, methods)
    this.#patterns.push({
      matches: new RegExp(`^${route.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
      methods,
    })
  }

  methodsOf(path: string): readonly string[] | null {
    return this.#patterns.find(({ matches }) => matches.test(path))?.methods ?? null
  }
}

async function answerUnknownPath(
  request: FastifyRequest,
  reply: FastifyReply,
  paths: KnownPaths,
  webFiles: WebFiles,
): Promise<FastifyReply> {
  const path = request.url.split('?', 1)[0] ?? '/'
  const methods = paths.methodsOf(path)
  if (methods !== null) {
    reply.header('allow', methods.join(', '))
    throw new ProblemError('method-not-allowed', `This address takes ${methods.join(' and ')}.`)
  }
  const readable = request.method === 'GET' || request.method === 'HEAD'
  if (path === '/api' || path.startsWith('/api/') || !readable) {
    throw new ProblemError(
      'not-found',
      'There is nothing at this address. /api/v1/openapi.json lists what there is.',
    )
  }
  const file = webFiles.find(path)
  if (file !== null) return webFiles.send(file, request, reply)
  throw webFiles.indexPage === ''
    ? new ProblemError('not-ready', 'The browser application isn’t built. “npm start” builds it.')
    : new ProblemError('not-found', 'There is no such file.')
}

/** What isn't HTTP never becomes a request; the answer is written to the bare socket. */
function answerMalformedRequest(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const tooLarge = error.code === 'HPE_HEADER_OVERFLOW'
  const status = tooLarge ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
  const body = JSON.stringify({
    ...problem(
      'invalid-input',
      tooLarge ? 'The request headers are too large.' : 'This is not an HTTP request.',
    ),
    status,
  })
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/problem+json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
