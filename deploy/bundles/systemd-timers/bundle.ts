import { type Bundle, defineBundle, type Item, service, unit } from '@left4me/converge'
import type { SystemdTimersMetadata } from '../../src/metadata.ts'
import { environmentWord, execWords } from '../systemd/exec-words.ts'
import { parseSystemdTimers } from './metadata.ts'

/**
 * Commands at set times, from metadata: a oneshot service and a timer each, which makes up for what was missed while the
 * machine was off. Run as root; what they print is in the journal of `NAME.service`.
 */
export const systemdTimersBundle: Bundle<SystemdTimersMetadata> = defineBundle<SystemdTimersMetadata>({
  name: 'systemd-timers',
  requires: ['systemd'],
  defaults: { systemd_timers: {} },
  parse: parseSystemdTimers,
  items: timers => Object.entries(timers).map(([name, timer]) => timerItems(name, timer)),
})

function timerItems(name: string, timer: SystemdTimersMetadata[string]): Item[] {
  const { command, when, environment = {}, environment_file, spread = 0 } = timer
  const [program = ''] = command
  const started = unit(`${name}.service`, {
    // What it starts may come with a package later in the same run, which systemd-analyze would take amiss.
    verify: false,
    sections: {
      Unit: { Description: `Run by ${name}.timer` },
      Service: {
        Type: 'oneshot',
        Environment: Object.entries(environment)
          .sort(([one], [other]) => (one < other ? -1 : 1))
          .map(([variable, value]) => environmentWord(variable, value)),
        EnvironmentFile: environment_file ?? null,
        ExecStart: execWords(command),
      },
    },
  })
  return [
    { ...started, ties: { ...started.ties, wantsPaths: [...(started.ties.wantsPaths ?? []), program] } },
    unit(`${name}.timer`, {
      needs: [started.id],
      triggers: [`service:${name}.timer`],
      sections: {
        Unit: { Description: `When to run ${name}.service` },
        Timer: {
          OnCalendar: when,
          Persistent: true,
          RandomizedDelaySec: spread === 0 ? null : spread,
          FixedRandomDelay: spread === 0 ? null : true,
        },
        Install: { WantedBy: 'timers.target' },
      },
    }),
    service(`${name}.timer`, { enabled: true, running: true }),
  ]
}
