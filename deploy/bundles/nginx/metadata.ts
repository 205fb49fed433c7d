import type { Secret } from '@left4me/converge'
import { domainName } from '../domain-name.ts'
import { MetadataSection } from '../metadata-section.ts'

/** A vhost whose metadata were checked. */
export interface CheckedVirtualHost {
  readonly domain: string
  readonly upstream: string
  readonly checkPath: string
  readonly denied: readonly string[]
  readonly proxySecret: Secret | null
  readonly largestBody: string
}

interface CheckedNginx {
  readonly vhosts: readonly CheckedVirtualHost[]
  readonly refuseOtherNames: boolean
}

const upstream = {
  pattern: /^([a-z0-9][a-z0-9.-]*|\[[0-9a-f:]+\]):([1-9]\d{0,4})$/,
  wanted: 'a host and a port such as 127.0.0.1:8000',
}
const location = { pattern: /^(\/[A-Za-z0-9._~-]+)+$/, wanted: 'a path such as /health' }
const size = { pattern: /^[1-9]\d{0,8}[kmg]?$/, wanted: 'a size such as 1g' }
// What stands between quotes in nginx's configuration and means itself.
const headerText = { pattern: /^[A-Za-z0-9._~+/=-]{16,200}$/, wanted: '32 random bytes as base64' }

/** Throws a ConvergeError that names the key. */
export function parseNginx(metadata: Readonly<Record<string, unknown>>): CheckedNginx {
  const section = MetadataSection.of(metadata, 'nginx')
  section.refuseOthers(['vhosts', 'refuse_other_names'])
  return {
    refuseOtherNames: section.flag('refuse_other_names'),
    vhosts: section
      .section('vhosts')
      .sections(domainName)
      .map(([domain, vhost]) => {
        vhost.refuseOthers(['upstream', 'check_path', 'denied', 'proxy_secret', 'largest_body'])
        const address = vhost.text('upstream', upstream)
        if (Number(address.slice(address.lastIndexOf(':') + 1)) > 65_535)
          throw vhost.refusal('upstream', 'has a port above 65535', `Write ${upstream.wanted}`)
        return {
          domain,
          upstream: address,
          checkPath: vhost.text('check_path', location),
          denied: vhost.texts('denied', location),
          proxySecret: vhost.secretOrNull('proxy_secret', headerText),
          largestBody: vhost.text('largest_body', size),
        }
      }),
  }
}
