import {
  debianPackage,
  defineBundle,
  defineReactor,
  directory,
  file,
  type Item,
  type Secret,
  service,
  symlink,
} from '@left4me/converge'
import type { NginxMetadata } from '../../src/metadata.ts'
import { hostScript } from '../host-script.ts'
import { type CheckedVirtualHost, parseNginx } from './metadata.ts'
import { otherNames, upstreamHeaders, upstreamHeadersPath, virtualHost } from './virtual-host.ts'

const sites = '/etc/nginx/sites-enabled'
const judge = hostScript(import.meta.dirname, 'judge.sh')

/** Web sites that are applications behind a proxy: each with a certificate of the bundle letsencrypt's. */
export const nginxBundle = defineBundle({
  name: 'nginx',
  requires: ['letsencrypt'],
  defaults: { nginx: { vhosts: {}, refuse_other_names: true } satisfies NginxMetadata },
  reactors: [
    defineReactor({
      name: 'certificates',
      provides: ['letsencrypt/domains'],
      react: metadata => ({
        letsencrypt: {
          domains: Object.fromEntries(
            Object.keys(metadata.get<NginxMetadata['vhosts']>('nginx/vhosts')).map(domain => [
              domain,
              { reload: 'nginx' },
            ]),
          ),
        },
      }),
    }),
    defineReactor({
      name: 'open-ports',
      provides: ['nftables/input'],
      react: metadata => {
        const some = Object.keys(metadata.get<NginxMetadata['vhosts']>('nginx/vhosts')).length > 0
        return { nftables: { input: new Set(some ? ['tcp dport { 80, 443 } accept'] : []) } }
      },
    }),
  ],
  parse: parseNginx,
  items: ({ vhosts, refuseOtherNames }) => [
    debianPackage('nginx'),
    directory('/etc/nginx/upstream-headers', {
      mode: '0700',
      owner: 'root',
      group: 'root',
      needs: ['package:nginx'],
    }),
    ...(refuseOtherNames ? [otherNamesRefused()] : []),
    ...vhosts.map(site),
    service('nginx', {
      enabled: true,
      running: true,
      onTrigger: 'reload',
      needs: ['package:nginx'],
      tags: ['serves-certificates'],
    }),
  ],
})

function site(vhost: CheckedVirtualHost): Item[] {
  const { domain } = vhost
  const headers = upstreamHeadersPath(domain)
  return [
    configuration(headers, { content: upstreamHeaders(vhost), mode: '0600' }),
    configuration(`${sites}/${domain}.conf`, {
      content: virtualHost(vhost),
      site: domain,
      needs: [`file:${headers}`, `action:self-signed-certificate-${domain}`],
    }),
  ]
}

/** Debian's own site answers to every name, as no two can. The link to it goes, the site itself stays. */
function otherNamesRefused(): Item[] {
  const debians = `${sites}/default`
  return [
    symlink(debians, { needs: ['package:nginx'], triggers: ['service:nginx'] }),
    configuration('/etc/nginx/conf.d/other-names.conf', {
      content: otherNames,
      needs: [`symlink:${debians}`],
    }),
  ]
}

/** A file that nginx reads: judged by it, and read again by it when it is live. `site` is the name that it must serve. */
function configuration(
  path: string,
  options: {
    readonly content: string | Secret
    readonly mode?: string
    readonly site?: string
    readonly needs?: readonly string[]
  },
): Item {
  return file(path, {
    content: options.content,
    mode: options.mode ?? '0644',
    owner: 'root',
    group: 'root',
    validate: ['sh', '-c', judge, 'judge', path, '%s', options.site ?? ''],
    needs: ['package:nginx', ...(options.needs ?? [])],
    triggers: ['service:nginx'],
  })
}
