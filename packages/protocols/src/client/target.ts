import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { ProtocolError } from '../protocol-error.ts'

/** A server's address. `host` is an IPv4 address or a name that has one: the engine speaks nothing else. */
export interface Target {
  readonly host: string
  readonly port: number
}

export function checkTarget(target: Target): void {
  if (!Number.isInteger(target.port) || target.port < 1 || target.port > 65_535) {
    throw new ProtocolError('bad-input', `${target.port} is no port: it has to be between 1 and 65535.`)
  }
  if (isIP(target.host) === 6) {
    throw new ProtocolError('bad-input', 'The Source engine speaks IPv4 only.', {
      remedy: 'Use the IPv4 address of the server.',
    })
  }
  if (target.host === '' || target.host.length > 253)
    throw new ProtocolError('bad-input', 'The host name is empty or too long.')
}

/** The IPv4 address of a target. Rejects with `refused` when its name has none. */
export async function resolveHost(host: string): Promise<string> {
  if (isIP(host) === 4) return host
  try {
    return (await lookup(host, { family: 4 })).address
  } catch (cause) {
    throw new ProtocolError('refused', `The name ${host} has no IPv4 address.`, {
      remedy: 'Check the spelling, or use the address itself.',
      cause,
    })
  }
}
