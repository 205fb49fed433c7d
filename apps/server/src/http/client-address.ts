import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP, isIPv4 } from 'node:net'
import type { FastifyRequest } from 'fastify'

/**
 * Where requests come from, for limits and sessions. Behind a proxy every socket is the proxy's, and any program of this
 * machine can connect as it does: only who sends the secret along as X-Left4me-Proxy is believed what it says in
 * X-Forwarded-For. Anybody else's is passed over; without a secret (null) everybody's.
 */
export class ClientAddresses {
  readonly #proof: Buffer | null

  constructor({ proxySecret }: { readonly proxySecret: string | null }) {
    this.#proof = proxySecret === null ? null : digestOf(proxySecret)
  }

  /** An IPv4 address as itself also on a socket that takes both; IPv6 without brackets. */
  of({ headers, socket }: Pick<FastifyRequest, 'headers' | 'socket'>): string {
    const told = this.#isProxy(headers['x-left4me-proxy']) ? lastOf(headers['x-forwarded-for']) : null
    return told ?? plain(socket.remoteAddress ?? '')
  }

  /** Compared by digests, which have one length and tell nothing by how long that takes. */
  #isProxy(proof: string | string[] | undefined): boolean {
    return this.#proof !== null && typeof proof === 'string' && timingSafeEqual(digestOf(proof), this.#proof)
  }
}

/** What the nearest proxy added; what stands before it came with the request. Null when it is no address. */
function lastOf(header: string | string[] | undefined): string | null {
  const last = plain(
    String(header ?? '')
      .split(',')
      .at(-1)
      ?.trim() ?? '',
  )
  return isIP(last) === 0 ? null : last
}

function plain(address: string): string {
  const mapped = address.replace(/^::ffff:/i, '')
  return isIPv4(mapped) ? mapped : address
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
