import { debianPackage, defineBundle, directory, file } from '@left4me/converge'
import type { MonitoringMetadata } from '../../src/metadata.ts'
import { hostProgram } from '../host-script.ts'
import { MetadataSection } from '../metadata-section.ts'

const library = '/usr/local/lib/monitoring'
const program = '/usr/local/sbin/monitoring'
const root = { owner: 'root', group: 'root' }

const checkName = { pattern: /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, wanted: 'letters, digits, dots, _ and -' }
const url = {
  pattern: /^https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?(\/[A-Za-z0-9._~/%?&=-]*)?$/,
  wanted: 'an https address such as https://l4d2.example.org/health',
}

/**
 * Checks of addresses, whose result a person reads and Icinga understands: `monitoring NAME`, or the plugin
 * `/usr/local/lib/monitoring/check-https NAME URL`. A timer runs them all every five minutes: the journal of
 * `monitoring.service` says since when something is wrong, and the unit is failed while it is.
 */
export const monitoringBundle = defineBundle({
  name: 'monitoring',
  requires: ['systemd-timers'],
  defaults: {
    monitoring: { checks: {} } satisfies MonitoringMetadata,
    systemd_timers: { monitoring: { command: [program, '--only-critical'], when: '*:0/5' } },
  },
  parse: metadata => {
    const section = MetadataSection.of(metadata, 'monitoring')
    section.refuseOthers(['checks'])
    return section
      .section('checks')
      .sections(checkName)
      .map(([name, check]) => {
        check.refuseOthers(['url'])
        return { name, url: check.text('url', url) }
      })
  },
  items: checks => [
    debianPackage('curl'),
    directory(library, { mode: '0755', ...root }),
    directory('/etc/monitoring', { mode: '0755', ...root }),
    file(`${library}/check-https`, {
      content: hostProgram(import.meta.dirname, 'check-https'),
      mode: '0755',
      ...root,
    }),
    file(program, { content: hostProgram(import.meta.dirname, 'monitoring'), mode: '0755', ...root }),
    file('/etc/monitoring/checks', {
      content: [
        '# A check a line: name, address.',
        ...checks.map(check => `${check.name} ${check.url}`),
        '',
      ].join('\n'),
      mode: '0644',
      ...root,
    }),
  ],
})
