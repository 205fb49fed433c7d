import { isIPv4 } from 'node:net'
import type { FastifyRequest } from 'fastify'

/** The socket's address, an IPv4 one as itself also on a socket that takes both. */
export function clientAddressOf(request: FastifyRequest): string {
  const address = request.socket.remoteAddress ?? ''
  const mapped = address.replace(/^::ffff:/i, '')
  return isIPv4(mapped) ? mapped : address
}
