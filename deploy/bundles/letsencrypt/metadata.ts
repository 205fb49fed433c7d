import { isIPv4 } from 'node:net'
import { domainName } from '../domain-name.ts'
import { MetadataSection } from '../metadata-section.ts'

export interface Certificates {
  readonly domains: readonly { readonly name: string; readonly reload: string }[]
  readonly email: string | null
  /** The ACME directory that certificates come from; null when none does. */
  readonly directory: string | null
  readonly staging: boolean
  readonly authorityFile: string | null
}

/** https://letsencrypt.org/docs/staging-environment/ */
const letsEncrypt = 'https://acme-v02.api.letsencrypt.org/directory'
const letsEncryptStaging = 'https://acme-staging-v02.api.letsencrypt.org/directory'

const certifiedName = {
  ...domainName,
  wanted: 'a host’s name in small letters and at most 64 characters, such as l4d2.example.org',
  longest: 64,
}
const unitName = { pattern: /^[A-Za-z0-9][A-Za-z0-9:_.@-]*$/, wanted: 'a unit such as nginx' }
const address = {
  pattern: /^[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/,
  wanted: 'an address such as me@example.org',
}
const directoryUrl = {
  pattern: /^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?\/[A-Za-z0-9._~/-]*$/,
  wanted: `an https address such as ${letsEncrypt}`,
}
const path = { pattern: /^(\/[A-Za-z0-9._-]+)+$/, wanted: 'a path such as /etc/ssl/authority.pem' }

/** Throws a ConvergeError that names the key. */
export function parseLetsencrypt(metadata: Readonly<Record<string, unknown>>): Certificates {
  const section = MetadataSection.of(metadata, 'letsencrypt')
  section.refuseOthers(['domains', 'email', 'staging', 'directory_url', 'authority_file', 'enabled'])
  const enabled = section.flag('enabled')
  const staging = section.flag('staging')
  const other = section.textOrNull('directory_url', directoryUrl)
  if (other !== null && staging)
    throw section.refusal('staging', 'has no meaning beside directory_url', 'Remove one of the two')
  const domains = section.section('domains')
  return {
    domains: domains.sections(certifiedName).map(([name, domain]) => {
      if (enabled && (isIPv4(name) || !name.includes('.')))
        throw domains.refusal(
          name,
          'is no name that a public authority gives certificates for',
          'Take a domain, or set letsencrypt/enabled to false for a self-signed one',
        )
      domain.refuseOthers(['reload'])
      return { name, reload: domain.text('reload', unitName) }
    }),
    email: section.textOrNull('email', address),
    directory: enabled ? (other ?? (staging ? letsEncryptStaging : letsEncrypt)) : null,
    staging,
    authorityFile: section.textOrNull('authority_file', path),
  }
}
