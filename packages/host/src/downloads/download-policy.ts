import { isIP } from 'node:net'
import { HostError } from '../host-error.ts'
import { isPublicAddress } from './public-address.ts'

/** Where content may come from. */
export interface DownloadPolicy {
  /** Hosts that Workshop files may be fetched from: whole names, or with a leading dot everything below a name. */
  readonly workshopHosts: readonly string[]
  /**
   * Origins (`http://127.0.0.1:8090`) that are exempt from https, from the list of hosts and from the check of addresses:
   * simulated services and tests only. Nobody but the operator sets them.
   */
  readonly trustedOrigins: readonly string[]
}

/**
 * Steam's own: files uploaded before SteamPipe have a URL at one of these.
 * Seen in answers of ISteamRemoteStorage/GetPublishedFileDetails; no document of Valve's lists them.
 */
export const defaultDownloadPolicy: DownloadPolicy = {
  workshopHosts: ['.steamusercontent.com', 'steamusercontent-a.akamaihd.net'],
  trustedOrigins: [],
}

/** `workshop`: only from the policy's hosts. `index`: from any public one. */
export type DownloadPurpose = 'workshop' | 'index'

const longestUrl = 2048

/** Parses and judges a URL, also each one that a redirect leads to. Throws `download-refused`. */
export function allowedUrl(text: string, purpose: DownloadPurpose, policy: DownloadPolicy): URL {
  const url = text.length <= longestUrl ? URL.parse(text) : null
  if (!url) throw refused('isn’t a URL', text, 'Correct it.')
  if (url.username !== '' || url.password !== '')
    throw refused('holds a name or password', url.host, 'Leave them out.')
  if (isTrusted(url, policy)) return url
  if (url.protocol !== 'https:') throw refused('doesn’t begin with https', text, 'Use an https address.')
  const host = hostOf(url)
  if (purpose === 'workshop') {
    const listed = policy.workshopHosts.some(name =>
      name.startsWith('.') ? host.endsWith(name) : host === name,
    )
    if (!listed || url.port !== '')
      throw refused('is none of Steam’s', url.host, 'Only Steam’s own hosts are fetched from.')
  }
  if (isIP(host) !== 0 && !isPublicAddress(host))
    throw refused('is no public address', host, 'Use a host that the whole internet can reach.')
  return url
}

/** Simulated services: exempt from everything that is checked of a host. */
export function isTrusted(url: URL, policy: DownloadPolicy): boolean {
  return policy.trustedOrigins.includes(url.origin)
}

/** Without the brackets of an IPv6 address. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '')
}

function refused(why: string, what: string, remedy: string): HostError {
  return new HostError('download-refused', `${JSON.stringify(what.slice(0, 200))} ${why}.`, { remedy })
}
