import type { FastifyRequest } from 'fastify'

/** RFC 6750; null when there is none. Browsers add other schemes (Basic) by themselves, this one never. */
export function bearerTokenOf(request: FastifyRequest): string | null {
  return /^Bearer +([\w.~+/-]+=*) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? null
}
