import type { FastifyRequest } from 'fastify'
import { bearerTokenOf } from './bearer-token.ts'
import { ProblemError } from './problem-error.ts'

const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Refuses what a browser sends on behalf of another site. Applies to unsafe methods that a browser could be made to
 * send with its cookie, log-in included (or a victim could be logged in as the attacker); a request with a bearer token
 * is nobody's who doesn't know the token, and its cookie isn't looked at. Clients that aren't browsers send neither header and pass: they hold no one else's
 * cookies. https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function refuseForeignOrigin(request: FastifyRequest): void {
  if (safeMethods.has(request.method) || bearerTokenOf(request) !== null) return
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw foreign()
  const { origin } = request.headers
  if (origin === undefined) return
  // Only the authority is compared: behind a proxy that ends TLS the scheme differs.
  const url = URL.parse(origin)
  if (
    url === null ||
    url.host === '' ||
    url.host !== URL.parse(`${url.protocol}//${request.headers.host}`)?.host
  ) {
    throw foreign()
  }
}

/** Refuses a Host that is no authority: nothing that is built from it can then hold markup or another address. */
export function refuseMalformedHost(request: FastifyRequest): void {
  const host = request.headers.host ?? ''
  if (host.length <= 261 && /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/.test(host)) return
  throw new ProblemError('invalid-input', 'The Host header is not a host name.')
}

function foreign(): ProblemError {
  return new ProblemError(
    'origin-refused',
    'This request came from another site. Open left4me itself and try again.',
  )
}
