import { type LookupAddress, lookup as systemLookup } from 'node:dns'
import { type AgentOptions, Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import type { LookupFunction, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { HostError } from '../host-error.ts'
import { isPublicAddress } from './public-address.ts'

type SocketMade = NonNullable<Parameters<HttpsAgent['createConnection']>[1]>
type Resolve = (host: string, callback: (error: Error | null, addresses: LookupAddress[]) => void) => void

const resolveBySystem: Resolve = (host, callback) =>
  systemLookup(host, { all: true }, (error, addresses) => callback(error, addresses))

/**
 * An agent whose connections lead to public addresses only. A name is looked up once, by us: one address that isn't
 * public refuses it, and what was looked at is what is connected to, so that another answer a moment later (rebinding)
 * changes nothing. The connected socket's own address is looked at again before a byte of the request is sent.
 * `resolve` and `isAllowed` are for tests.
 */
export class PublicHttpsAgent extends HttpsAgent {
  readonly #isAllowed: (address: string) => boolean

  constructor(
    options: AgentOptions,
    resolve: Resolve = resolveBySystem,
    isAllowed: (address: string) => boolean = isPublicAddress,
  ) {
    super({ ...options, lookup: checkedLookup(resolve, isAllowed) })
    this.#isAllowed = isAllowed
  }

  override createConnection(...given: Parameters<HttpsAgent['createConnection']>): Duplex | null | undefined {
    const [options, callback] = given
    const socket = super.createConnection(options)
    if (!isSocket(socket)) throw new TypeError('no socket')
    return afterCheck(socket, this.#isAllowed, callback)
  }
}

/** For origins that the operator trusts: no check at all. */
export function trustedAgent(protocol: string, options: AgentOptions): HttpAgent {
  return protocol === 'https:' ? new HttpsAgent(options) : new HttpAgent(options)
}

function afterCheck(
  socket: Socket,
  isAllowed: (address: string) => boolean,
  callback: SocketMade | undefined,
): undefined {
  const settle = (error: Error | null) => {
    socket.off('connect', connected)
    socket.off('error', settle)
    if (error) socket.destroy()
    callback?.(error, socket)
  }
  const connected = () => {
    const address = socket.remoteAddress ?? ''
    settle(isAllowed(address) ? null : refused(address))
  }
  socket.once('connect', connected)
  socket.once('error', settle)
  return undefined
}

function checkedLookup(resolve: Resolve, isAllowed: (address: string) => boolean): LookupFunction {
  return (host, options, callback) => {
    resolve(host, (error, addresses) => {
      const bad = addresses?.find(({ address }) => !isAllowed(address))
      const [first] = addresses ?? []
      if (error || !first) callback(error ?? new Error(`${host} has no address`), '', 0)
      else if (bad) callback(refused(host), '', 0)
      else if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

function isSocket(value: Duplex | null | undefined): value is Socket {
  return value instanceof Object && 'remoteAddress' in value
}

function refused(host: string): HostError {
  return new HostError('download-refused', `“${host.slice(0, 200)}” leads to no public address.`, {
    remedy: 'Use a host that the whole internet can reach.',
  })
}
