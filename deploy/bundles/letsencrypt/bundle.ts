import { isIPv4 } from 'node:net'
import {
  action,
  debianPackage,
  defineBundle,
  directory,
  dropIn,
  file,
  type Item,
  service,
} from '@left4me/converge'
import type { LetsencryptMetadata } from '../../src/metadata.ts'
import { hostProgram, hostScript } from '../host-script.ts'
import { certificatesFolder, challengeFolder } from './certificate-paths.ts'
import { type Certificates, parseLetsencrypt } from './metadata.ts'

const renewedProgram = '/usr/local/libexec/certificate-renewed'

/**
 * Certificates by certbot: a self-signed one at once, so that a web server can start, then one from the authority, asked
 * for over the web server that runs by then. Debian's certbot.timer renews it.
 *
 * Who serves certificates tags its service `serves-certificates`: it reacts when a self-signed one was made, and the
 * authority is asked after it runs.
 */
export const letsencryptBundle = defineBundle({
  name: 'letsencrypt',
  tags: ['serves-certificates'],
  defaults: {
    letsencrypt: {
      domains: {},
      email: null,
      staging: false,
      directory_url: null,
      authority_file: null,
      enabled: true,
    } satisfies LetsencryptMetadata,
  },
  parse: parseLetsencrypt,
  items: certificates => [
    debianPackage('openssl'),
    directory(challengeFolder, { mode: '0755', owner: 'root', group: 'root' }),
    directory(certificatesFolder, { mode: '0700', owner: 'root', group: 'root' }),
    certificates.domains.map(({ name }) => selfSigned(name)),
    fromAuthority(certificates),
  ],
})

function selfSigned(name: string): Item {
  return action(`self-signed-certificate-${name}`, {
    command: hostScript(import.meta.dirname, 'self-signed.sh'),
    arguments: [name, `${certificatesFolder}/${name}`, `${isIPv4(name) ? 'IP' : 'DNS'}:${name}`],
    unless: hostScript(import.meta.dirname, 'has-certificate.sh'),
    needs: ['package:openssl', `directory:${certificatesFolder}`],
    triggers: ['tag:serves-certificates'],
  })
}

function fromAuthority({ domains, email, directory: url, staging, authorityFile }: Certificates): Item[] {
  if (url === null) return []
  // What certbot's HTTP library (Python's requests) checks by instead of the system's authorities.
  const environment = authorityFile === null ? {} : { REQUESTS_CA_BUNDLE: authorityFile }
  return [
    debianPackage('certbot'),
    file(renewedProgram, {
      content: hostProgram(import.meta.dirname, 'certificate-renewed'),
      mode: '0755',
      owner: 'root',
      group: 'root',
    }),
    ...(authorityFile === null
      ? []
      : [
          dropIn('certbot.service/50-authority', {
            sections: { Service: { Environment: `REQUESTS_CA_BUNDLE=${authorityFile}` } },
          }),
        ]),
    service('certbot.timer', { enabled: true, running: true, needs: ['package:certbot'] }),
    ...domains.map(({ name, reload }) =>
      action(`certificate-${name}`, {
        command: hostScript(import.meta.dirname, 'issue.sh'),
        arguments: [
          ...[
            name,
            `${certificatesFolder}/${name}`,
            url,
            email ?? '',
            challengeFolder,
            renewedProgram,
            reload,
          ],
          // Openly asked for, also where there is a certificate that is believed.
          ...(staging ? ['--break-my-certs'] : []),
        ],
        environment,
        unless: hostScript(import.meta.dirname, 'is-issued.sh'),
        needs: ['package:certbot', `file:${renewedProgram}`, `directory:${challengeFolder}`],
        after: [`action:self-signed-certificate-${name}`, 'tag:serves-certificates'],
      }),
    ),
  ]
}
