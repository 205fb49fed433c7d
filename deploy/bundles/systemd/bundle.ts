import { type Bundle, defineBundle, dropIn, service } from '@left4me/converge'
import type { SystemdMetadata } from '../../src/metadata.ts'
import { parseContainer, parseSystemd } from './metadata.ts'

/**
 * Drop-ins from metadata, in /usr/local/lib/systemd/system, and services that are to run. A service of `running` is
 * restarted when a drop-in of its changes. One that comes with a package belongs into the bundle that brings the package:
 * nothing here knows which it is.
 */
export const systemdBundle: Bundle<SystemdMetadata> = defineBundle<SystemdMetadata>({
  name: 'systemd',
  defaults: { systemd: { drop_ins: {}, running: new Set<string>() } },
  facts: [
    // It says `none` and exits with 1 on a machine with a kernel of its own.
    { path: 'host/container', script: 'systemd-detect-virt --container || true', parse: parseContainer },
  ],
  parse: parseSystemd,
  items: ({ drop_ins, running }) => [
    ...Object.entries(drop_ins).flatMap(([unit, files]) =>
      Object.entries(files).map(([name, sections]) =>
        dropIn(`${unit}/${name}`, {
          sections,
          triggers: running.has(unit) ? [`service:${unit}`] : [],
        }),
      ),
    ),
    ...[...running].sort().map(unit => service(unit, { enabled: true, running: true })),
  ],
})
