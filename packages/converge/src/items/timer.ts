import type { Item, Relations } from './item.ts'
import { service } from './service.ts'
import { type UnitSection, unit } from './unit.ts'

export interface TimerAttributes extends Relations {
  /** What is run, as `ExecStart=` has it. */
  readonly command: string
  /** When, as `OnCalendar=` has it. */
  readonly onCalendar: string
  readonly description?: string
  /** More of the service, such as `User` or a hardening directive. */
  readonly service?: UnitSection
  /** More of the timer, such as `RandomizedDelaySec`. */
  readonly timer?: UnitSection
  readonly folder?: string
  readonly verify?: boolean
}

/** A command at set times: `unit:NAME.service`, `unit:NAME.timer` and `service:NAME.timer`, which it returns. */
export function timer(name: string, attributes: TimerAttributes): Item[] {
  const {
    command,
    onCalendar,
    description = name,
    folder,
    verify,
    service: more,
    timer: when,
    ...relations
  } = attributes
  const where = { ...(folder === undefined ? {} : { folder }), ...(verify === undefined ? {} : { verify }) }
  return [
    unit(`${name}.service`, {
      ...relations,
      ...where,
      sections: {
        Unit: { Description: description },
        Service: { Type: 'oneshot', ExecStart: command, ...more },
      },
    }),
    unit(`${name}.timer`, {
      ...relations,
      ...where,
      triggers: [...(relations.triggers ?? []), `service:${name}.timer`],
      sections: {
        Unit: { Description: `When to run: ${description}` },
        Timer: { OnCalendar: onCalendar, Persistent: true, ...when },
        Install: { WantedBy: 'timers.target' },
      },
    }),
    service(`${name}.timer`, { ...relations, enabled: true, running: true }),
  ]
}
