import { command } from '../shell/quote.ts'
import { checkAttributes, checkName } from './attributes.ts'
import type { Item, Relations } from './item.ts'

export interface ServiceAttributes extends Relations {
  /** Started at boot. Left out: not managed. */
  readonly enabled?: boolean
  /** Running now. Left out: not managed. */
  readonly running?: boolean
  /** What a trigger does to a running service; `restart` when left out. */
  readonly onTrigger?: 'restart' | 'reload'
}

/**
 * Whether a unit (`name.service` and others) is enabled and running. A trigger restarts or reloads it, unless this run
 * has started it anyway or it isn't meant to run.
 */
export function service(name: string, attributes: ServiceAttributes): Item {
  const full = name.includes('.') ? name : `${name}.service`
  const id = `service:${name}`
  const relations = checkAttributes(id, attributes, ['enabled', 'running', 'onTrigger'])
  checkName(id, full, /^[A-Za-z0-9][A-Za-z0-9:_.\\@-]*\.[a-z]+$/)
  const { enabled, running, onTrigger = 'restart' } = attributes
  const systemctl = (...words: string[]) => command(['systemctl', ...words, '--', full])
  // Our own starts don't count among those of a crash loop, and end one (systemd.unit(5), StartLimitIntervalSec=).
  const countAnew = `${systemctl('reset-failed')} 2>/dev/null || true`
  return {
    id,
    type: 'service',
    name,
    relations,
    ties: { unit: full, runsUnit: true },
    identity: { enabled: enabled ?? null, running: running ?? null, onTrigger },
    requests: [{ kind: 'unit', name: full }],
    expected: () => ({
      ...(enabled === undefined ? {} : { enabled }),
      ...(running === undefined ? {} : { running }),
    }),
    actual: facts => {
      const fact = facts.unit(full)
      if (fact === null || fact.loadState === 'not-found') return null
      const isRunning =
        ['active', 'reloading'].includes(fact.activeState) ||
        (fact.activeState === 'activating' && fact.subState !== 'auto-restart')
      return { enabled: fact.unitFileState === 'enabled', running: isRunning, state: fact.activeState }
    },
    fix: keys => {
      const wanted = (key: string) => keys.has(key) || keys.has('exists')
      return [
        // systemd would read all its files after each of them; it does so once, after those of this level.
        ...(wanted('enabled') && enabled !== undefined
          ? [systemctl(enabled ? 'enable' : 'disable', '--no-reload'), ': >"$W/reload-due"']
          : []),
        ...(wanted('running') && running === true ? [countAnew, systemctl('start')] : []),
        ...(wanted('running') && running === false ? [systemctl('stop')] : []),
      ].join('\n')
    },
    react: () =>
      running === false
        ? 'true'
        : onTrigger === 'reload'
          ? systemctl('reload-or-restart')
          : `${countAnew}\n${systemctl(running === true ? 'restart' : 'try-restart')}`,
    reactToUndo: systemctl(onTrigger === 'reload' ? 'try-reload-or-restart' : 'try-restart'),
    fixSatisfiesTrigger: actual => running === true && actual?.['running'] !== true,
    uncertain: true,
  }
}

/** systemd reads its files again: once, after the last change to one, and when it says itself that it must. */
export function daemonReload(units: readonly string[]): Item {
  return {
    id: 'systemd:daemon-reload',
    type: 'systemd',
    name: 'daemon-reload',
    relations: {},
    ties: {},
    identity: { units },
    requests: units.map(name => ({ kind: 'unit', name })),
    expected: () => ({ outdated: [] }),
    actual: facts => ({ outdated: units.filter(name => facts.unit(name)?.needsReload === true) }),
    fix: () => 'systemctl daemon-reload',
    react: () => 'systemctl daemon-reload',
    fixSatisfiesTrigger: () => true,
  }
}
